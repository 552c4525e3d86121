/** One copy of everything: whatever brings a deal, each place that shows it changes. */

import { type UpdateResolver, cacheExchange } from "@urql/exchange-graphcache";
import {
  type BoardUpdatesSubscription,
  type DealUpdatesSubscription,
  type InboxUpdatesSubscription,
  SummaryDocument,
  type SummaryUpdatesSubscription,
} from "../graphql";
import { append, forget } from "./lists";
import { placeDeal, placeEvent, placeNotification } from "./news";

type Item = BoardUpdatesSubscription["opportunityUpdates"];

// Parts of their parent, with no id of their own.
const PARTS = [
  "Participant",
  "Subscriber",
  "ViewerSubscription",
  "Money",
  "FieldChange",
  "PageInfo",
  "UserError",
  "DealUpdate",
  "NotificationUpdate",
  "PipelineUpdate",
  "PipelineSummary",
  "StageSummary",
  "MessageDraft",
  "Recipient",
  "OpportunityConnection",
  "LeadConnection",
  "ContactConnection",
  "UserConnection",
  "DealConnection",
  "CommentConnection",
  "MessageConnection",
  "ContributionConnection",
  "DealEventConnection",
  "NotificationConnection",
  "OpportunityPayload",
  "LeadPayload",
  "DealPayload",
  "CommentPayload",
  "MessagePayload",
  "ContributionPayload",
  "NotificationsPayload",
  "ContactPayload",
  "DealChanges",
  "UserPayload",
];

/** Pages after the first are joined to it. */
const nextPage: UpdateResolver = (_, { after }, cache, { fieldName }) => {
  if (after) append(cache, "Query", fieldName, after as string);
};

/** What changes who is in a list has it asked for again. */
const changes =
  (list: "contacts" | "users"): UpdateResolver =>
  (_, __, cache) =>
    forget(cache, "Query", list);

export const cache = cacheExchange({
  keys: Object.fromEntries(PARTS.map((type) => [type, () => null])),
  // A deal's id outlives its conversion: a lead and the opportunity that it becomes are one entry.
  globalIDs: ["Opportunity", "Lead"],
  possibleTypes: {
    Deal: ["Opportunity", "Lead"],
    Node: ["User", "Contact", "Stage", "Opportunity", "Lead", "Pipeline", "Organisation", "Viewer"],
  },
  updates: {
    Query: {
      opportunities: nextPage,
      leads: nextPage,
    },
    Mutation: {
      createContact: changes("contacts"),
      updateContact: changes("contacts"),
      archiveContact: changes("contacts"),
      restoreContact: changes("contacts"),
      mergeContacts: changes("contacts"),
      deactivateUser: changes("users"),
      reactivateUser: changes("users"),
    },
    Subscription: {
      opportunityUpdates: (result, _, cache) => placeDeal(cache, "opportunities", result.opportunityUpdates as Item),
      leadUpdates: (result, _, cache) => placeDeal(cache, "leads", result.leadUpdates as Item),
      dealUpdates: (result, _, cache) =>
        placeEvent(cache, result.dealUpdates as DealUpdatesSubscription["dealUpdates"]),
      notificationUpdates: (result, _, cache) =>
        placeNotification(cache, (result as unknown as InboxUpdatesSubscription).notificationUpdates),
      pipelineUpdates: (result, { pipelineId }, cache) => {
        const { summary } = result.pipelineUpdates as SummaryUpdatesSubscription["pipelineUpdates"];
        if (!summary) return;
        const variables = { pipelineId: pipelineId as string };
        cache.updateQuery({ query: SummaryDocument, variables }, () => ({ pipelineSummary: summary }));
      },
    },
  },
});
