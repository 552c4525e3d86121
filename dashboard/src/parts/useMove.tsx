import { type ReactNode, useCallback, useState } from "react";
import { useChange } from "../api/useChange";
import { MoveOpportunityDocument } from "../graphql";
import type { Stage } from "../viewer";
import { LostDialog } from "./LostDialog";

/** Moves a deal to a stage, at once on the screen; asks for the reason where it is lost. */
export function useMove(): { move(id: string, stage: Stage): void; dialog: ReactNode } {
  const { change } = useChange();
  const [lost, setLost] = useState<{ id: string; stageId: string } | null>(null);
  const move = useCallback(
    (id: string, stage: Stage) => {
      if (stage.type === "LOST") setLost({ id, stageId: stage.id });
      else void change(MoveOpportunityDocument, { input: { id, stageId: stage.id } });
    },
    [change],
  );
  return {
    move,
    dialog: lost && <LostDialog {...lost} onClose={() => setLost(null)} />,
  };
}
