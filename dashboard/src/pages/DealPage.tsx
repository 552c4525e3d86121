import { useQuery, useSubscription } from "urql";
import { useState } from "react";
import { DealDocument, DealUpdatesDocument, type OwnDealFragment } from "../graphql";
import { tell } from "../news";
import { Loading } from "../parts/Loading";
import { Missing } from "../parts/Missing";
import { href } from "../route";
import { text } from "../text";
import { useViewer } from "../viewer";
import { AccessPanel } from "./AccessPanel";
import { CommentsPanel } from "./CommentsPanel";
import { ContributionsPanel } from "./ContributionsPanel";
import { ContactPanel } from "./ContactPanel";
import { FactsPanel } from "./FactsPanel";
import { MessagesPanel } from "./MessagesPanel";
import { ParticipantsPanel } from "./ParticipantsPanel";
import { SinceBanner } from "./SinceBanner";
import { SubscribersPanel } from "./SubscribersPanel";
import { TimelinePanel } from "./TimelinePanel";

export type Deal = OwnDealFragment;

export function DealPage({ id }: { id: string }) {
  const viewer = useViewer();
  const [shown, setShown] = useState(false);
  const [{ data, error }, again] = useQuery({ query: DealDocument, variables: { id } });
  if (data?.deal && !shown) setShown(true);
  // What is no id at all is an error to the API.
  if (error?.graphQLErrors.some(({ extensions }) => extensions.code === "INVALID")) return <Missing words={text.absent} />;
  if (!data || !viewer) return <Loading page={text.deal} failed={error} again={again} />;
  if (!data.deal) return <Missing words={shown ? text.gone : text.absent} again={again} />;
  return <LiveDeal deal={data.deal} viewerId={viewer.id} />;
}

function LiveDeal({ deal, viewerId }: { deal: Deal; viewerId: string }) {
  // Without a cursor it begins with the deal as it stands, so the page needs no place in the log.
  useSubscription({ query: DealUpdatesDocument, variables: { dealId: deal.id } }, (_, news) => {
    const { event, deal } = news.dealUpdates;
    if (event) tell(event, viewerId, deal?.name);
    return news;
  });
  const list = deal.__typename === "Lead" ? "leads" : "board";
  return (
    <article className="deal" aria-labelledby="deal-name">
      <p className="crumb">
        <a href={href({ page: list })}>‹ {text[list]}</a>
      </p>
      {deal.archivedAt && <p className="banner">{text.archivedHint}</p>}
      {!deal.viewerCanEdit && <p className="banner">{text.readOnly}</p>}
      <SinceBanner dealId={deal.id} />
      <FactsPanel deal={deal} />
      <div className="roles">
        <ContactPanel deal={deal} />
        <ParticipantsPanel deal={deal} />
        <SubscribersPanel deal={deal} />
      </div>
      <div className="around">
        <CommentsPanel deal={deal} />
        <div className="stacked">
          <MessagesPanel deal={deal} />
          <ContributionsPanel deal={deal} />
        </div>
        <TimelinePanel dealId={deal.id} />
      </div>
      <AccessPanel deal={deal} />
    </article>
  );
}
