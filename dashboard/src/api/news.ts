/** Puts what streams bring where it is listed: deals, what happens around them, notifications. */

import type { Cache } from "@urql/exchange-graphcache";
import type { BoardUpdatesSubscription, DealUpdatesSubscription, InboxUpdatesSubscription } from "../graphql";
import { dealKey, forget, isListed, prepend, prependByTime, remove } from "./lists";

type BoardItem = BoardUpdatesSubscription["opportunityUpdates"];
type DealItem = DealUpdatesSubscription["dealUpdates"];
type InboxItem = InboxUpdatesSubscription["notificationUpdates"];

/** In these, a change names people by their ids. */
const IN_IDS = new Set(["CONTACT", "PARTICIPANT"]);

/** The other kinds tell of one that is there. */
const BRINGS_MESSAGE = new Set(["MESSAGE_SENT", "MESSAGE_RECEIVED"]);

/** A deal enters its list or leaves it; what it looks like there follows by itself. */
export function placeDeal(cache: Cache, list: "opportunities" | "leads", { kind, dealId, deal, event }: BoardItem): void {
  if (dealId && kind === "REMOVED") {
    const deal = dealKey(cache, dealId);
    remove(cache, "Query", list, deal);
    // What one was told of it goes with the sight of it. Who was told nothing does not ask: all hear of this at once.
    if (isListed(cache, "Query", "notifications", (one) => cache.resolve(one, "deal") === deal)) {
      forget(cache, "Query", "notifications");
    }
  }
  // And comes with it.
  if (event?.kind === "VISIBILITY_CHANGED") forget(cache, "Query", "notifications");
  // A role that changed gives other sight of everything.
  if (kind === "RESYNC") cache.invalidate("Query", "viewer");
  if (kind !== "CHANGED" || !deal || !dealId) return;
  prepend(cache, "Query", list, deal);
  // It could not be seen when its page was opened.
  if (cache.resolve("Query", "deal", { id: dealId }) === null) cache.invalidate("Query", "deal", { id: dealId });
}

export function placeEvent(cache: Cache, { kind, event, dealId }: DealItem): void {
  if (kind === "REMOVED" && dealId) cache.link("Query", "deal", { id: dealId }, null);
  if (!event || !dealId) return;
  const deal = dealKey(cache, dealId);
  prepend(cache, deal, "timeline", { __typename: "DealEvent", id: event.id });
  const { comment, message, contribution } = event;
  if (comment && event.kind === "COMMENTED") prepend(cache, deal, "comments", { __typename: "Comment", id: comment.id });
  if (message && BRINGS_MESSAGE.has(event.kind)) {
    prependByTime(cache, deal, "messages", { __typename: "Message", id: message.id, at: message.at });
  }
  if (contribution) {
    prependByTime(cache, deal, "contributions", { __typename: "Contribution", id: contribution.id, at: contribution.at });
  }
  // The log does not say which one it was: it keeps nothing of it.
  if (event.kind === "COMMENT_DELETED") forget(cache, deal, "comments");
  if (mayTellOfMerging(event)) {
    forget(cache, deal, "contributions");
    forget(cache, deal, "timeline");
  }
  // What one does to one's own following: it may be that another window of one's own says what it has seen.
  if (event.kind === "SUBSCRIBERS_CHANGED" && event.changes.length === 0) forgetUnseen(cache, deal);
}

/** Whoever was merged into another is the other by now, and so is who did what they did. */
const mayTellOfMerging = ({ kind, changes }: NonNullable<DealItem["event"]>): boolean =>
  kind === "CONTACT_EDITED" ||
  changes.some(({ field, before, beforeNode }) => IN_IDS.has(field) && beforeNode && beforeNode.id !== before);

function forgetUnseen(cache: Cache, deal: string): void {
  const own = cache.resolve(deal, "viewerSubscription") as string | null;
  const shown = own && cache.resolve(own, "unseenChanges");
  if (Array.isArray(shown) && shown.length) cache.invalidate(own, "unseenChanges");
}

/** The newest of each deal stands for it; what is assigned to one keeps its own line. */
export function placeNotification(cache: Cache, { kind, notification }: InboxItem): void {
  // What was missed cannot be told any more; and what was read, put off or is out of sight is not told of.
  if (kind === "RESYNC" || (kind === "CHANGED" && !notification)) forget(cache, "Query", "notifications");
  if (!notification) return;
  const deal = notification.deal && dealKey(cache, notification.deal.id);
  const assigned: string[] = [];
  prepend(cache, "Query", "notifications", { __typename: "Notification", id: notification.id }, (other) => {
    if (cache.resolve(other, "deal") !== deal) return true;
    const isAssigned = cache.resolve(other, "reason") === "ASSIGNED";
    if (isAssigned) assigned.push(other);
    return isAssigned;
  });
  // Its number is another now.
  if (assigned.length) forget(cache, "Query", "notifications");
}
