import type { DocumentNode } from "graphql";
import { type CombinedError, type DocumentInput, useClient } from "urql";
import { useCallback, useState } from "react";
import type { RefusalFragment } from "../graphql";
import { notify } from "../news";
import { text } from "../text";
import { underKey } from "./keys";
import { type Slots, type Unanswered, ofForms } from "./unanswered";

interface Payload {
  userErrors: RefusalFragment[];
  cursor?: string | null;
}

/** What a mutation answers under its one field. */
type PayloadOf<Data> = Extract<Data[keyof Data], Payload>;

export interface Refused {
  code: RefusalFragment["code"] | "UNANSWERED";
  /** The field of the input that it is about, or nothing. */
  field: string;
  words: string;
}

const UNANSWERED: Refused = { code: "UNANSWERED", field: "", words: text.unanswered };

/** The server's no to a request that it did not even begin; nothing where it may have done it. */
function turnedAway({ graphQLErrors }: CombinedError): Refused | undefined {
  const code = graphQLErrors[0]?.extensions.code;
  return code === "INVALID" ? { code, field: "", words: text.refused[code] } : undefined;
}

const refused = ({ code, field }: RefusalFragment): Refused => ({ code, field: field?.[0] ?? "", words: text.refused[code] });

function useMutations(slots: Slots) {
  const client = useClient();
  const [running, setRunning] = useState(0);
  const run = useCallback(
    async <Data, Variables extends object>(document: DocumentInput<Data, Variables>, variables: Variables) => {
      setRunning((n) => n + 1);
      const keyed = underKey(slots, document as DocumentNode, variables);
      const { data, error } = await client.mutation(document, keyed.variables);
      setRunning((n) => n - 1);
      const payload = data && (Object.values(data).find((v) => v && typeof v === "object") as PayloadOf<Data> | undefined);
      const refusal = error && turnedAway(error);
      if (payload || refusal) keyed.answered();
      if (error || !payload) return { payload: null, refusals: [refusal ?? UNANSWERED] };
      return { payload, refusals: payload.userErrors.map(refused) };
    },
    [client, slots],
  );
  return { run, busy: running > 0 };
}

/** Runs mutations that have no form: what is refused is told in a notice. Null where nothing was answered. */
export function useChange() {
  const [slots] = useState(() => new Map<string, Unanswered>());
  const { run, busy } = useMutations(slots);
  const change = useCallback(
    async <Data, Variables extends object>(document: DocumentInput<Data, Variables>, variables: Variables) => {
      const { payload, refusals } = await run(document, variables);
      // After another change, the same one is meant anew: to add somebody again who was removed.
      if (payload) slots.clear();
      for (const { words } of refusals) notify({ kind: "refusal", what: words });
      return payload;
    },
    [run, slots],
  );
  return { change, busy };
}

/** Runs those of a form, which shows what is refused. */
export function useSubmit() {
  const { run, busy } = useMutations(ofForms);
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
