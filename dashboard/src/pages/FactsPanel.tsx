import { useState } from "react";
import { UndoConversionDocument } from "../graphql";
import { day, money, percent } from "../format";
import { useChange } from "../api/useChange";
import { useRecent } from "../news";
import { Avatar } from "../parts/Avatar";
import { Convert } from "../parts/Convert";
import { Heading } from "../parts/Heading";
import { StageChoice } from "../parts/StageChoice";
import { useMove, useMoved } from "../parts/useMove";
import { stageName, text } from "../text";
import { useStages } from "../viewer";
import type { Deal } from "./DealPage";
import { EditDialog } from "./EditDialog";

/** What the deal itself is: its name, where it stands, what it is worth. */
export function FactsPanel({ deal }: { deal: Deal }) {
  const [editing, setEditing] = useState(false);
  const { change } = useChange();
  const recent = useRecent(deal.id, (field) => !/^(CONTACT|PARTICIPANT|SUBSCRIBER)/.test(field));
  return (
    <header className={`facts-panel${recent ? " recent" : ""}`}>
      <div>
        <Heading id="deal-name">{deal.name}</Heading>
        <p className="facts">
          {deal.__typename === "Lead" ? <span className="badge">{text.leadStatus[deal.leadStatus]}</span> : <StageOf deal={deal} />}
          {deal.visibility === "RESTRICTED" && <span className="badge">{text.restrictedBadge}</span>}
          {deal.archivedAt && <span className="badge">{text.archived}</span>}
        </p>
      </div>
      <dl>
        {deal.__typename === "Opportunity" && (
          <>
            <Fact name={text.amount}>{deal.amount ? money(deal.amount) : text.noAmount}</Fact>
            <Fact name={text.probability}>{percent(deal.probability)}</Fact>
            <Fact name={text.expectedClose}>{deal.expectedCloseDate ? day(deal.expectedCloseDate) : "–"}</Fact>
            {deal.lostReason && <Fact name={text.lostReason}>{deal.lostReason}</Fact>}
          </>
        )}
        {deal.company && <Fact name={text.company}>{deal.company}</Fact>}
        {deal.source && <Fact name={text.source}>{deal.source}</Fact>}
        <Fact name={text.owner}>
          <Avatar name={deal.owner.fullName} /> {deal.owner.fullName}
        </Fact>
      </dl>
      {deal.viewerCanEdit && (
        <p className="row">
          <button type="button" onClick={() => setEditing(true)}>
            {text.edit}
          </button>
          {deal.__typename === "Lead" && <Convert id={deal.id} />}
          {deal.__typename === "Opportunity" && deal.convertedAt && (
            <button type="button" className="bare" onClick={() => change(UndoConversionDocument, { id: deal.id })}>
              {text.undoConversion}
            </button>
          )}
        </p>
      )}
      {recent && <p className="said">{recent}</p>}
      {editing && <EditDialog deal={deal} onClose={() => setEditing(false)} />}
    </header>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function StageOf({ deal }: { deal: Extract<Deal, { __typename: "Opportunity" }> }) {
  const stages = useStages();
  const { move, dialog } = useMove();
  const moved = useMoved();
  if (!deal.viewerCanEdit) return <span className="badge">{stageName(deal.stage)}</span>;
  return (
    <>
      <StageChoice deal={moved(deal)} stages={stages} label={text.stage} className="stage" onMove={move} />
      {dialog}
    </>
  );
}
