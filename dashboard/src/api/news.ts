/** Puts what streams bring where it is listed: deals, what happens around them, notifications. */

import type { Cache } from "@urql/exchange-graphcache";
import type { BoardUpdatesSubscription, DealUpdatesSubscription, InboxUpdatesSubscription } from "../graphql";
import { dealKey, forget, prepend, remove } from "./lists";

type BoardItem = BoardUpdatesSubscription["opportunityUpdates"];
type DealItem = DealUpdatesSubscription["dealUpdates"];
type InboxItem = InboxUpdatesSubscription["notificationUpdates"];

/** A deal enters its list or leaves it; what it looks like there follows by itself. */
export function placeDeal(cache: Cache, list: "opportunities" | "leads", { kind, dealId, deal }: BoardItem): void {
  if (!dealId) return;
  if (kind === "REMOVED") remove(cache, "Query", list, dealKey(cache, dealId));
  if (kind !== "CHANGED" || !deal) return;
  prepend(cache, "Query", list, deal);
  // It could not be seen when its page was opened.
  if (cache.resolve("Query", "deal", { id: dealId }) === null) cache.invalidate("Query", "deal", { id: dealId });
}

export function placeEvent(cache: Cache, { kind, event, dealId }: DealItem): void {
  if (kind === "REMOVED" && dealId) cache.link("Query", "deal", { id: dealId }, null);
  if (!event || !dealId) return;
  const deal = dealKey(cache, dealId);
  prepend(cache, deal, "timeline", { __typename: "DealEvent", id: event.id });
  if (event.comment) prepend(cache, deal, "comments", { __typename: "Comment", id: event.comment.id });
  if (event.message) prepend(cache, deal, "messages", { __typename: "Message", id: event.message.id });
  if (event.contribution) {
    prepend(cache, deal, "contributions", { __typename: "Contribution", id: event.contribution.id });
  }
  // The log does not say which one it was: it keeps nothing of it.
  if (event.kind === "COMMENT_DELETED") forget(cache, deal, "comments");
}

/** The newest of each deal stands for it; what is assigned to one keeps its own line. */
export function placeNotification(cache: Cache, { kind, notification }: InboxItem): void {
  // What was missed cannot be told any more.
  if (kind === "RESYNC") forget(cache, "Query", "notifications");
  if (!notification) return;
  const deal = notification.deal && dealKey(cache, notification.deal.id);
  prepend(
    cache,
    "Query",
    "notifications",
    { __typename: "Notification", id: notification.id },
    (other) => cache.resolve(other, "deal") !== deal || cache.resolve(other, "reason") === "ASSIGNED",
  );
}
