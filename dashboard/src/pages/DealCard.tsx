import { memo } from "react";
import type { OpportunityCard } from "../deals";
import { day, money } from "../format";
import { useRecent } from "../news";
import { Avatar } from "../parts/Avatar";
import { StageChoice } from "../parts/StageChoice";
import { href } from "../route";
import { text } from "../text";
import type { Stage } from "../viewer";

interface Props {
  deal: OpportunityCard;
  stages: Stage[];
  onMove(id: string, stage: Stage): void;
}

/** Drawn anew when its deal changes, not with each of thousands beside it. */
export const DealCard = memo(function DealCard({ deal, stages, onMove }: Props) {
  const recent = useRecent(deal.id);
  return (
    <li
      className={`card${recent ? " recent" : ""}`}
      draggable={deal.viewerCanEdit}
      onDragStart={(event) => event.dataTransfer.setData("text/plain", deal.id)}
    >
      <a id={`card-${deal.id}`} href={href({ page: "deal", id: deal.id })} draggable={false}>
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
            <StageChoice deal={deal} stages={stages} label={text.moveTo(deal.name)} onMove={onMove} />
          </span>
        )}
      </p>
      {recent && <p className="said">{recent}</p>}
    </li>
  );
});
