import { type ReactNode, useCallback, useState } from "react";
import { useChange } from "../api/useChange";
import { AtOnce } from "../atOnce";
import { MoveOpportunityDocument } from "../graphql";
import { useStore } from "../store";
import type { Stage } from "../viewer";
import { LostDialog } from "./LostDialog";

const moving = new AtOnce<Stage>();

/** Moves a deal to a stage, at once on the screen; asks for the reason where it is lost. */
export function useMove(): { move(id: string, stage: Stage): void; dialog: ReactNode } {
  const { change } = useChange();
  const [lost, setLost] = useState<{ id: string; stageId: string } | null>(null);
  const move = useCallback(
    (id: string, stage: Stage) => {
      if (stage.type === "LOST") setLost({ id, stageId: stage.id });
      else void moving.until(change(MoveOpportunityDocument, { input: { id, stageId: stage.id } }), id, stage);
    },
    [change],
  );
  return {
    move,
    dialog: lost && <LostDialog {...lost} onClose={() => setLost(null)} />,
  };
}

/** A deal in the stage to which it is being moved. */
export function useMoved(): <Deal extends { id: string; stage: Pick<Stage, "id" | "name" | "type"> }>(deal: Deal) => Deal {
  const stages = useStore(moving.shown);
  return useCallback(
    (deal) => {
      const stage = stages.get(deal.id);
      return stage ? { ...deal, stage } : deal;
    },
    [stages],
  );
}
