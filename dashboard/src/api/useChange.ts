import { type DocumentInput, useClient } from "urql";
import { useCallback, useState } from "react";
import type { RefusalFragment } from "../graphql";
import { notify } from "../news";
import { text } from "../text";

interface Payload {
  userErrors: RefusalFragment[];
  cursor?: string | null;
}

/** What a mutation answers under its one field. */
type PayloadOf<Data> = Extract<Data[keyof Data], Payload>;

export interface Refused {
  code: RefusalFragment["code"] | "UNREACHABLE";
  /** The field of the input that it is about, or nothing. */
  field: string;
  words: string;
}

const UNREACHABLE: Refused = { code: "UNREACHABLE", field: "", words: text.unreachable };

const refused = ({ code, field }: RefusalFragment): Refused => ({ code, field: field?.[0] ?? "", words: text.refused[code] });

function useMutations() {
  const client = useClient();
  const [running, setRunning] = useState(0);
  const run = useCallback(
    async <Data, Variables extends object>(document: DocumentInput<Data, Variables>, variables: Variables) => {
      setRunning((n) => n + 1);
      const { data, error } = await client.mutation(document, variables);
      setRunning((n) => n - 1);
      const payload = data && (Object.values(data).find((v) => v && typeof v === "object") as PayloadOf<Data> | undefined);
      if (error || !payload) return { payload: null, refusals: [UNREACHABLE] };
      return { payload, refusals: payload.userErrors.map(refused) };
    },
    [client],
  );
  return { run, busy: running > 0 };
}

/** Runs mutations that have no form: what is refused is told in a notice. Null where nothing was answered. */
export function useChange() {
  const { run, busy } = useMutations();
  const change = useCallback(
    async <Data, Variables extends object>(document: DocumentInput<Data, Variables>, variables: Variables) => {
      const { payload, refusals } = await run(document, variables);
      for (const { words } of refusals) notify({ kind: "refusal", what: words });
      return payload;
    },
    [run],
  );
  return { change, busy };
}

/** Runs those of a form, which shows what is refused. */
export function useSubmit() {
  const { run, busy } = useMutations();
  const [refusals, setRefusals] = useState<Refused[]>([]);
  const submit = useCallback(
    async <Data, Variables extends object>(document: DocumentInput<Data, Variables>, variables: Variables) => {
      const { payload, refusals } = await run(document, variables);
      setRefusals(refusals);
      return payload;
    },
    [run],
  );
  return { submit, refusals, busy };
}
