import { useState } from "react";
import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import { describe, who } from "../describe";
import { InboxDocument, MarkReadDocument, type NewsFragment, SnoozeDocument } from "../graphql";
import { unread } from "../inbox";
import { Ago } from "../parts/Ago";
import { Avatar } from "../parts/Avatar";
import { Heading } from "../parts/Heading";
import { Loading } from "../parts/Loading";
import { More } from "../parts/More";
import { href } from "../route";
import { useStore } from "../store";
import { text } from "../text";

const HOUR = 3_600_000;

export function InboxPage() {
  const [unreadOnly, setUnreadOnly] = useState(false);
  const count = useStore(unread);
  const { change } = useChange();
  return (
    <div className="narrow">
      <div className="page-head">
        <Heading>{text.inbox}</Heading>
        <p className="quiet">{text.unread(count)}</p>
        <label className="check">
          <input type="checkbox" checked={unreadOnly} onChange={(event) => setUnreadOnly(event.target.checked)} />{" "}
          {text.unreadOnly}
        </label>
        <button type="button" aria-disabled={count === 0} onClick={() => change(MarkReadDocument, { all: true })}>
          {text.markAllRead}
        </button>
      </div>
      <ul className="inbox">
        <Lines unreadOnly={unreadOnly} />
      </ul>
    </div>
  );
}

function Lines({ unreadOnly, after }: { unreadOnly: boolean; after?: string }) {
  const [{ data, error }, again] = useQuery({ query: InboxDocument, variables: { unreadOnly, after } });
  if (!data) {
    return (
      <li className="loading">
        <Loading failed={error} again={again} />
      </li>
    );
  }
  const { nodes, pageInfo } = data.notifications;
  const shown = nodes.filter((news) => !unreadOnly || isUnread(news));
  return (
    <>
      {shown.length === 0 && !after && <li className="loading">{text.inboxEmpty}</li>}
      {shown.map((news) => (
        <Line key={news.id} news={news} />
      ))}
      <More pageInfo={pageInfo}>{(end) => <Lines unreadOnly={unreadOnly} after={end} />}</More>
    </>
  );
}

/** What is put off does not count until then. */
const isUnread = ({ readAt, snoozedUntil }: NewsFragment): boolean =>
  readAt === null && (snoozedUntil === null || Date.parse(snoozedUntil) <= Date.now());

function Line({ news }: { news: NewsFragment }) {
  const { change } = useChange();
  const { event, deal } = news;
  return (
    <li className={news.readAt ? "news read" : "news"}>
      <Avatar name={who(event)} />
      <div className="name">
        <p>
          <strong>{who(event)}</strong> {describe(event)}
          {news.groupUnreadCount > 1 && <span className="number">{news.groupUnreadCount}</span>}
        </p>
        <p className="facts">
          <span className="badge">{text.reasons[news.reason]}</span>
          {deal && <a href={href({ page: "deal", id: deal.id })}>{deal.name}</a>}
          <Ago at={news.createdAt} />
        </p>
      </div>
      {!news.readAt && (
        <p className="row">
          <button
            type="button"
            onClick={() => change(MarkReadDocument, deal ? { dealId: deal.id } : { ids: [news.id] })}
          >
            {text.markRead}
          </button>
          <button
            type="button"
            className="bare"
            onClick={() =>
              change(SnoozeDocument, { ids: [news.id], until: new Date(Date.now() + HOUR).toISOString() })
            }
          >
            {text.snooze}
          </button>
        </p>
      )}
    </li>
  );
}
