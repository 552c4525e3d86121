import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import { difference } from "../describe";
import { MarkDealSeenDocument, MarkReadDocument, UnseenDocument } from "../graphql";
import { text } from "../text";

/** What a follower has not seen yet, each field once: from what they last knew to what stands. */
export function SinceBanner({ dealId }: { dealId: string }) {
  const [{ data }] = useQuery({ query: UnseenDocument, variables: { dealId }, requestPolicy: "network-only" });
  const { change } = useChange();
  const changes = data?.deal?.viewerSubscription?.unseenChanges ?? [];
  if (changes.length === 0) return null;
  const seen = () =>
    Promise.all([change(MarkDealSeenDocument, { dealId }), change(MarkReadDocument, { dealId })]);
  return (
    <section className="since" aria-label={text.sinceLastLooked}>
      <h2>{text.sinceLastLooked}</h2>
      <ul>
        {changes.map((one) => (
          <li key={`${one.field} ${one.before} ${one.after}`}>
            {difference(one)}
          </li>
        ))}
      </ul>
      <p className="row">
        <button type="button" onClick={seen}>
          {text.seen}
        </button>
      </p>
    </section>
  );
}
