import { useQuery } from "urql";
import { describe, difference, who } from "../describe";
import { TimelineDocument } from "../graphql";
import { Ago } from "../parts/Ago";
import { Avatar } from "../parts/Avatar";
import { More } from "../parts/More";
import { Panel } from "../parts/Panel";
import { text } from "../text";

export function TimelinePanel({ dealId }: { dealId: string }) {
  return (
    <Panel title={text.timeline}>
      <ol className="timeline">
        <Events dealId={dealId} />
      </ol>
    </Panel>
  );
}

function Events({ dealId, after }: { dealId: string; after?: string }) {
  const [{ data }] = useQuery({ query: TimelineDocument, variables: { id: dealId, after } });
  const timeline = data?.deal?.timeline;
  // One's own change of level is for one's own eyes, and no part of the deal's history.
  const events = (timeline?.nodes ?? []).filter(
    ({ kind, changes }) => kind !== "SUBSCRIBERS_CHANGED" || changes.length > 0,
  );
  return (
    <>
      {events.map((event) => (
        <li key={event.id} className={event.important ? "important" : ""}>
          <Avatar name={who(event)} />
          <div>
            <p>
              <strong>{who(event)}</strong> {describe(event)}{" "}
              <Ago at={event.at} />
            </p>
            {event.kind !== "CREATED" && event.changes.length > 0 && (
              <ul>
                {event.changes.map((change) => (
                  <li key={`${change.field} ${change.before} ${change.after}`}>
                    {difference(change)}
                  </li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
      <More pageInfo={timeline?.pageInfo}>{(end) => <Events dealId={dealId} after={end} />}</More>
    </>
  );
}
