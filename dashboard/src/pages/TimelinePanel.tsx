import { useState } from "react";
import { useQuery } from "urql";
import { describe, difference, who } from "../describe";
import { ago, time } from "../format";
import { TimelineDocument } from "../graphql";
import { Avatar } from "../parts/Avatar";
import { More } from "../parts/More";
import { Panel } from "../parts/Panel";
import { text } from "../text";

const PAGE = 10;

export function TimelinePanel({ dealId }: { dealId: string }) {
  const [first, setFirst] = useState(PAGE);
  const [{ data }] = useQuery({ query: TimelineDocument, variables: { id: dealId, first } });
  const timeline = data?.deal?.timeline;
  // One's own change of level is for one's own eyes, and no part of the deal's history.
  const events = (timeline?.nodes ?? []).filter(
    ({ kind, changes }) => kind !== "SUBSCRIBERS_CHANGED" || changes.length > 0,
  );
  return (
    <Panel title={text.timeline}>
      <ol className="timeline">
        {events.map((event) => (
          <li key={event.id} className={event.important ? "important" : ""}>
            <Avatar name={who(event)} />
            <div>
              <p>
                <strong>{who(event)}</strong> {describe(event)}{" "}
                <time dateTime={event.at} title={time(event.at)}>
                  {ago(event.at)}
                </time>
              </p>
              {event.kind !== "CREATED" && event.changes.length > 0 && (
                <ul>
                  {event.changes.map((change) => (
                    <li key={`${change.field} ${change.before} ${change.after}`}>
                      {text.fields[change.field]}: {difference(change)}
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </li>
        ))}
      </ol>
      <More more={timeline?.pageInfo.hasNextPage} first={first} onMore={setFirst} />
    </Panel>
  );
}
