/** What somebody began to write and has not sent: in this window it outlasts the page, a reload, and their session. */

import { kept } from "./kept";

export interface Draft {
  subject?: string;
  body: string;
  mentions?: { id: string; fullName: string }[];
}

const stored = kept(() => sessionStorage, "dealcast.drafts");
let drafts = JSON.parse(stored.get() ?? "{}") as Record<string, Draft | undefined>;

/** Whose it is, and of what. */
export const draftKey = (userId: string, what: "comment" | "message", dealId: string): string =>
  `${userId} ${what} ${dealId}`;

export const readDraft = (key: string): Draft | undefined => drafts[key];

/** None where there is nothing left of it. */
export function keepDraft(key: string, draft: Draft | undefined): void {
  drafts[key] = draft;
  stored.set(JSON.stringify(drafts));
}

export function dropDrafts(): void {
  drafts = {};
  stored.set(null);
}
