import { stageName } from "../text";
import type { Stage } from "../viewer";
import { Choice } from "./Choice";

interface Props {
  deal: { id: string; stage: { id: string } };
  stages: Stage[];
  label: string;
  className?: string;
  onMove(id: string, stage: Stage): void;
}

/** Where a deal stands, and where else it could. */
export function StageChoice({ deal, stages, label, className, onMove }: Props) {
  return (
    <Choice
      id={`stage-${deal.id}`}
      label={label}
      className={className}
      value={deal.stage.id}
      options={stages.map((stage) => [stage.id, stageName(stage)])}
      onChoose={(id) => onMove(deal.id, stages.find((stage) => stage.id === id)!)}
    />
  );
}
