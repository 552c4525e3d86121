import { type ReactNode, useState } from "react";
import type { DocumentInput } from "urql";
import { useChange } from "../api/useChange";
import { Conflict } from "./Conflict";

interface Versioned {
  expectedVersion?: number | null;
}

/** A change based on the version that was seen when editing began; refused if the deal has moved on, and then decided anew. */
export function useVersioned<Data, Input extends Versioned>(
  document: DocumentInput<Data, { input: Input }>,
  current: { version: number },
  onDone: () => void,
): { save(input: Input): Promise<void>; conflict: ReactNode; busy: boolean } {
  const { change, busy } = useChange();
  const [refused, setRefused] = useState<Input | null>(null);

  const save = async (input: Input) => {
    const payload = await change(document, { input }, ["CONFLICT"]);
    if (!payload) return;
    const conflict = payload.userErrors.some((error) => error.code === "CONFLICT");
    setRefused(conflict ? input : null);
    if (payload.userErrors.length === 0) onDone();
  };
  const conflict = refused && (
    <Conflict
      version={current.version}
      onApply={() => save({ ...refused, expectedVersion: current.version })}
      onDiscard={() => {
        setRefused(null);
        onDone();
      }}
    />
  );
  return { save, conflict, busy };
}
