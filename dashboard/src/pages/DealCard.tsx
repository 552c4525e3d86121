import type { OpportunityCard } from "../deals";
import { day, money } from "../format";
import { useRecent } from "../news";
import { Avatar } from "../parts/Avatar";
import { href } from "../route";
import { stageName, text } from "../text";
import type { Stage } from "../viewer";

interface Props {
  deal: OpportunityCard;
  stages: Stage[];
  onMove(id: string, stage: Stage): void;
}

export function DealCard({ deal, stages, onMove }: Props) {
  const recent = useRecent(deal.id);
  return (
    <li
      className={`card${recent ? " recent" : ""}`}
      draggable={deal.viewerCanEdit}
      onDragStart={(event) => event.dataTransfer.setData("text/plain", deal.id)}
    >
      <a href={href({ page: "deal", id: deal.id })} draggable={false}>
        {deal.name}
      </a>
      <p className="facts">
        <strong>{deal.amount ? money(deal.amount) : text.noAmount}</strong>
        {deal.expectedCloseDate && <span>{day(deal.expectedCloseDate)}</span>}
        {deal.visibility === "RESTRICTED" && <span className="badge">{text.restrictedBadge}</span>}
      </p>
      <p className="who">
        <Avatar name={deal.owner.fullName} label />
        <span>{deal.contact?.fullName ?? text.noContact}</span>
        {deal.viewerCanEdit && (
          <span className="move">
            <span aria-hidden="true">⇄</span>
            <select
              aria-label={text.moveTo(deal.name)}
              value={deal.stage.id}
              onChange={(event) => onMove(deal.id, stages.find((stage) => stage.id === event.target.value)!)}
            >
              {stages.map((stage) => (
                <option key={stage.id} value={stage.id}>
                  {stageName(stage)}
                </option>
              ))}
            </select>
          </span>
        )}
      </p>
      {recent && <p className="said">{recent}</p>}
    </li>
  );
}
