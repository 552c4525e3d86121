/**
 * What was sent and not answered may have been done: sent again as it was, it goes under the same key,
 * by which the server does it once at the most.
 */

import type { DocumentNode } from "graphql";
import { getOperationName } from "urql";
import { KEYED } from "../graphql";
import { kept } from "../kept";

export interface Unanswered {
  sent: string;
  key: string;
}

/** The last change of each kind that was not answered. */
export interface Slots {
  get(kind: string): Unanswered | undefined;
  set(kind: string, unanswered: Unanswered): void;
  delete(kind: string): void;
}

const stored = kept(() => sessionStorage, "dealcast.unanswered");
const inForms = new Map(JSON.parse(stored.get() ?? "[]") as [string, Unanswered][]);
const store = () => stored.set(inForms.size ? JSON.stringify([...inForms]) : null);

/** Those of forms outlive them, and the page as drafts do: who sends the same again means the same change. */
export const ofForms: Slots = {
  get: (kind) => inForms.get(kind),
  set(kind, unanswered) {
    inForms.set(kind, unanswered);
    store();
  },
  delete(kind) {
    inForms.delete(kind);
    store();
  },
};

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
