import { useQuery } from "urql";
import { describe, difference, who } from "../describe";
import { ago } from "../format";
import { MeanwhileDocument } from "../graphql";
import { text } from "../text";

const MOST = 20;

/** Who changed what of a deal since it was seen so: as many events as its revision counts more. */
export function Meanwhile({ seen, current }: { seen: { id: string; revision: number }; current: { revision: number } }) {
  const first = Math.min(current.revision - seen.revision, MOST);
  const [{ data }] = useQuery({
    query: MeanwhileDocument,
    variables: { id: seen.id, first },
    pause: first < 1,
    requestPolicy: "network-only",
  });
  // Comments and the like are no reason for a conflict.
  const events = data?.deal?.timeline.nodes.filter(({ changes }) => changes.length > 0) ?? [];
  return (
    <ul>
      {events.map((event) => (
        <li key={event.id}>
          {text.byOthers(who(event), describe(event))}, {ago(event.at)}
          <ul>
            {event.changes.map((change) => (
              <li key={`${change.field} ${change.before} ${change.after}`}>{difference(change)}</li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
