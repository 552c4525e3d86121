/** What others did a moment ago, and what did not work: shown for a while, and told to screen readers. */

import { describe, who } from "./describe";
import type { DealEventKind, DealField, EventFragment } from "./graphql";
import { createStore, useStore } from "./store";
import { text } from "./text";

export interface Notice {
  id: number;
  kind: "news" | "refusal";
  what: string;
  dealId?: string;
  dealName?: string;
}

export interface Recent {
  what: string;
  kind: DealEventKind;
  fields: DealField[];
}

const MOMENT = 8_000;
const MOST = 4;
/** Of a window that stays open for weeks, what still comes on another stream is among the last. */
const REMEMBERED = 10_000;

export const notices = createStore<Notice[]>([]);
const recent = createStore<ReadonlyMap<string, Recent>>(new Map());
const told = new Set<string>();
let last = 0;

export function dismiss(id: number): void {
  notices.set(notices.get().filter((notice) => notice.id !== id));
}

export function notify(notice: Omit<Notice, "id">): void {
  const id = ++last;
  notices.set([...notices.get(), { ...notice, id }].slice(-MOST));
  setTimeout(() => dismiss(id), MOMENT);
}

/** An event that somebody else caused; it may come on several streams. */
export function tell(event: EventFragment, viewerId: string | undefined, dealName?: string): void {
  if (told.has(event.id) || event.actor?.id === viewerId) return;
  told.add(event.id);
  if (told.size > REMEMBERED) told.delete(told.values().next().value!);
  const news = {
    what: text.byOthers(who(event), describe(event)),
    kind: event.kind,
    fields: event.changes.map((change) => change.field),
  };
  recent.set(new Map(recent.get()).set(event.dealId, news));
  setTimeout(() => {
    const left = new Map(recent.get());
    if (left.get(event.dealId) === news) left.delete(event.dealId);
    recent.set(left);
  }, MOMENT);
  notify({ kind: "news", what: news.what, dealId: event.dealId, dealName });
}

/** What others just did to a deal, in words; of some fields, or of any. */
export function useRecent(dealId: string, about?: (field: DealField) => boolean): string | undefined {
  const news = useStore(recent).get(dealId);
  if (!about) return news?.what;
  return news?.fields.some(about) ? news.what : undefined;
}

/** The same for what has no fields: comments and messages. */
export function useRecentKind(dealId: string, about: "COMMENT" | "MESSAGE" | "CONTRIBUTION"): string | undefined {
  const news = useStore(recent).get(dealId);
  return news?.kind.startsWith(about) ? news.what : undefined;
}
