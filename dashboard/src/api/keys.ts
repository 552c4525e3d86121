/**
 * What was sent and not answered may have been done: sent again as it was, it goes under the same key,
 * by which the server does it once at the most.
 */

import type { DocumentNode } from "graphql";
import { getOperationName } from "urql";
import { KEYED } from "../graphql";
import type { Slots } from "./unanswered";

const newKey = () => Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");

/** What to send, under a key where the mutation takes one, and what to call once it is answered. */
export function underKey<Variables extends object>(
  slots: Slots,
  document: DocumentNode,
  variables: Variables,
): { variables: Variables; answered(): void } {
  const kind = getOperationName(document);
  if (!kind || !KEYED.has(kind) || !("input" in variables)) return { variables, answered: () => undefined };
  const sent = JSON.stringify(variables);
  const last = slots.get(kind);
  const unanswered = last?.sent === sent ? last : { sent, key: newKey() };
  slots.set(kind, unanswered);
  return {
    variables: { ...variables, input: { ...(variables.input as object), idempotencyKey: unanswered.key } },
    answered() {
      if (slots.get(kind) === unanswered) slots.delete(kind);
    },
  };
}
