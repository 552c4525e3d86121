/**
 * What was sent and not answered may have been done: sent again as it was, it goes under the same key,
 * by which the server does it once at the most.
 */

import type { DocumentNode } from "graphql";
import { getOperationName } from "urql";
import { KEYED } from "../graphql";

export interface Unanswered {
  sent: string;
  key: string;
}

/** The last change of each kind that was not answered. */
export type Slots = Map<string, Unanswered>;

/** Those of forms outlive them: who closes one and fills in the same again means the same change. */
export const ofForms: Slots = new Map();

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
