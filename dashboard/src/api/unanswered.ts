/** What was sent and not answered, and the key that it went under. */

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

/** Signing out: it holds what was written. */
export function dropUnanswered(): void {
  inForms.clear();
  store();
}
