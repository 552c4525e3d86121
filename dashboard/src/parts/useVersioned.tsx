import { type ReactNode, useState } from "react";
import type { DocumentInput } from "urql";
import { type Refused, useSubmit } from "../api/useChange";
import { Conflict } from "./Conflict";

interface Versioned {
  expectedVersion?: number | null;
}

interface Form<Input> {
  save(input: Input): Promise<void>;
  conflict: ReactNode;
  refusals: Refused[];
  busy: boolean;
}

/**
 * A change based on the version that was seen when editing began; refused if there is a newer one, and then decided anew.
 * `meanwhile` says what others did.
 */
export function useVersioned<Data, Input extends Versioned>(
  document: DocumentInput<Data, { input: Input }>,
  current: { version: number },
  meanwhile: ReactNode,
  onDone: () => void,
): Form<Input> {
  const { submit, refusals, busy } = useSubmit();
  const [wanted, setWanted] = useState<Input | null>(null);
  const faster = refusals.some(({ code }) => code === "CONFLICT");

  const save = async (input: Input) => {
    setWanted(input);
    const payload = await submit(document, { input });
    if (payload?.userErrors.length === 0) onDone();
  };
  const conflict = faster && wanted && (
    <Conflict onApply={() => save({ ...wanted, expectedVersion: current.version })} onDiscard={onDone}>
      {meanwhile}
    </Conflict>
  );
  return { save, conflict, refusals, busy };
}

/** What was changed of what was seen. The rest is not sent: others may have changed it meanwhile. */
export function differing<Given extends object>(seen: Record<keyof Given, unknown>, given: Given): Partial<Given> {
  const same = (name: keyof Given) => JSON.stringify(seen[name]) === JSON.stringify(given[name]);
  const names = (Object.keys(given) as (keyof Given)[]).filter((name) => !same(name));
  return Object.fromEntries(names.map((name) => [name, given[name]])) as Partial<Given>;
}
