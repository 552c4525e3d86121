import { useEffect } from "react";
import { useQuery, useSubscription } from "urql";
import {
  BoardDocument,
  BoardUpdatesDocument,
  InboxDocument,
  InboxUpdatesDocument,
  LeadUpdatesDocument,
  LeadsDocument,
} from "../graphql";
import { unread } from "../inbox";
import { tell } from "../news";
import { useViewer } from "../viewer";
import { useFirst, useRemainingPages } from "./usePages";

/** Keeps the lists of deals live, whatever page is shown: queried once, then followed after their cursor. */
export function LiveLists() {
  const viewer = useViewer();
  const [board, queryBoard] = useQuery({ query: BoardDocument });
  const [leads, queryLeads] = useQuery({ query: LeadsDocument });
  useRemainingPages(BoardDocument, board.data?.opportunities);
  useRemainingPages(LeadsDocument, leads.data?.leads);

  const after = useFirst(board.data?.opportunities.cursor);
  useSubscription({ query: BoardUpdatesDocument, variables: { after: after ?? null }, pause: !after }, (_, data) => {
    const { kind, event, deal } = data.opportunityUpdates;
    // What was missed cannot be told any more: the list is read anew.
    if (kind === "RESYNC") queryBoard({ requestPolicy: "network-only" });
    if (event) tell(event, viewer?.id, deal?.name);
    return data;
  });

  const afterLeads = useFirst(leads.data?.leads.cursor);
  useSubscription(
    { query: LeadUpdatesDocument, variables: { after: afterLeads ?? null }, pause: !afterLeads },
    (_, data) => {
      const { kind, event, deal } = data.leadUpdates;
      if (kind === "RESYNC") queryLeads({ requestPolicy: "network-only" });
      if (event) tell(event, viewer?.id, deal?.name);
      return data;
    },
  );
  return null;
}

/** Keeps the inbox and its count live. */
export function LiveInbox() {
  const [{ data }] = useQuery({ query: InboxDocument, variables: { unreadOnly: false } });
  const count = data?.notifications.unreadDealCount;
  useEffect(() => {
    if (count !== undefined) unread.set(count);
  }, [count]);
  useEffect(() => () => unread.set(0), []);

  const after = useFirst(data?.notifications.cursor);
  useSubscription({ query: InboxUpdatesDocument, variables: { after: after ?? null }, pause: !after }, (_, news) => {
    unread.set(news.notificationUpdates.unreadDealCount);
    return news;
  });
  return null;
}
