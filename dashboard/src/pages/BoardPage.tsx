import { useState } from "react";
import { useQuery } from "urql";
import { type OpportunityCard, isOpportunity, newestFirst } from "../deals";
import { BoardDocument, type CardFragment } from "../graphql";
import { Heading } from "../parts/Heading";
import { Cut } from "../parts/Cut";
import { Loading } from "../parts/Loading";
import { NewDeal } from "../parts/NewDeal";
import { useMove, useMoved } from "../parts/useMove";
import { stageName, text } from "../text";
import { type Stage, usePipelineId, useStages, useViewer } from "../viewer";
import { DealCard } from "./DealCard";
import { type Sums, inWords, sumsOf, useSummary } from "./sums";

export function BoardPage() {
  const viewer = useViewer();
  const stages = useStages();
  const [{ data, error }, again] = useQuery({ query: BoardDocument });
  const editor = viewer && viewer.role !== "VIEWER";
  const [mine, setMine] = useState(false);
  const [search, setSearch] = useState("");
  const { move, dialog } = useMove();
  const moved = useMoved();
  const summary = useSummary(usePipelineId());
  if (!data || !stages.length) return <Loading page={text.board} failed={error} again={again} />;

  const all = !mine && search.trim() === "";
  const complete = !data.opportunities.pageInfo.hasNextPage;
  const shown = newestFirst(data.opportunities.nodes.filter(isOpportunity))
    .filter((deal) => (!mine || deal.owner.id === viewer?.id) && matches(deal, search))
    .map(moved);
  return (
    <>
      <div className="page-head">
        <Heading>{text.board}</Heading>
        <input
          type="search"
          aria-label={text.filter}
          placeholder={text.filter}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={mine} onChange={(event) => setMine(event.target.checked)} /> {text.mine}
        </label>
        {editor && <NewDeal kind="opportunity" />}
      </div>
      <p className="quiet hint">
        {editor && text.moveHint} <Cut list={data.opportunities} />
      </p>
      <div className="board">
        {stages.map((stage) => {
          const deals = shown.filter((deal) => deal.stage.id === stage.id);
          const pushed = all ? summary.get(stage.id) : undefined;
          // Where every card is here, the count is theirs: it lags behind none of them.
          const sums = pushed && { ...pushed, count: complete ? deals.length : pushed.count };
          return <Column key={stage.id} stage={stage} stages={stages} deals={deals} sums={sums ?? sumsOf(deals)} onMove={move} />;
        })}
      </div>
      {dialog}
    </>
  );
}

function matches(deal: CardFragment, search: string): boolean {
  const words = search.toLocaleLowerCase().split(/\s+/);
  const held = `${deal.name} ${deal.company ?? ""} ${deal.contact?.fullName ?? ""} ${deal.owner.fullName}`.toLocaleLowerCase();
  return words.every((word) => held.includes(word));
}

interface ColumnProps {
  stage: Stage;
  stages: Stage[];
  deals: OpportunityCard[];
  sums: Sums;
  onMove(id: string, stage: Stage): void;
}

function Column({ stage, stages, deals, sums, onMove }: ColumnProps) {
  const [over, setOver] = useState(false);
  return (
    <section
      className={`column ${stage.type.toLowerCase()}${over ? " over" : ""}`}
      aria-labelledby={stage.id}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const id = event.dataTransfer.getData("text/plain");
        if (id && !deals.some((deal) => deal.id === id)) onMove(id, stage);
      }}
    >
      <header>
        <h2 id={stage.id}>{stageName(stage)}</h2>
        <p className="count">{text.deals(sums.count)}</p>
        <p className="sums">
          {inWords(sums.amounts)}
          {stage.type === "OPEN" && <span>{text.weighted(inWords(sums.weightedAmounts))}</span>}
        </p>
      </header>
      <ul>
        {deals.map((deal) => (
          <DealCard key={deal.id} deal={deal} stages={stages} onMove={onMove} />
        ))}
        {deals.length === 0 && <li className="quiet empty">{text.emptyStage}</li>}
      </ul>
    </section>
  );
}
