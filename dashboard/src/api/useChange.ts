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

export const saying = (refusal: RefusalFragment): string => text.refused[refusal.code];

/** Runs mutations; what is refused is told, unless the caller says it shows that itself. */
export function useChange() {
  const client = useClient();
  const [busy, setBusy] = useState(0);

  const change = useCallback(
    async <Data, Variables extends object>(
      document: DocumentInput<Data, Variables>,
      variables: Variables,
      shown: RefusalFragment["code"][] = [],
    ): Promise<PayloadOf<Data> | null> => {
      setBusy((n) => n + 1);
      const { data, error } = await client.mutation(document, variables);
      setBusy((n) => n - 1);
      const payload = data && (Object.values(data).find((v) => v && typeof v === "object") as PayloadOf<Data>);
      if (error || !payload) {
        notify({ kind: "refusal", what: text.unreachable });
        return null;
      }
      for (const refusal of payload.userErrors) {
        if (!shown.includes(refusal.code)) notify({ kind: "refusal", what: saying(refusal) });
      }
      return payload;
    },
    [client],
  );
  return { change, busy: busy > 0 };
}
