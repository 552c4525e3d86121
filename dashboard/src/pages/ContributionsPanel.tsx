import { type SubmitEvent, useId } from "react";
import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import { ago, time } from "../format";
import { type ContributionKind, ContributionsDocument, RecordContributionDocument } from "../graphql";
import { useRecentKind } from "../news";
import { Avatar } from "../parts/Avatar";
import { More } from "../parts/More";
import { Panel } from "../parts/Panel";
import { text } from "../text";
import type { Deal } from "./DealPage";

const KINDS: ContributionKind[] = ["CALL", "MEETING", "MESSAGE", "NOTE"];

/** What the people outside did, and a place to note it. */
export function ContributionsPanel({ deal }: { deal: Deal }) {
  const recent = useRecentKind(deal.id, "CONTRIBUTION");
  return (
    <Panel title={text.tracked} hint={text.trackedHint} recent={recent}>
      <ul className="comments">
        <Contributions dealId={deal.id} />
      </ul>
      {deal.viewerCanEdit && <RecordForm deal={deal} />}
    </Panel>
  );
}

function Contributions({ dealId, after }: { dealId: string; after?: string }) {
  const [{ data }] = useQuery({ query: ContributionsDocument, variables: { id: dealId, after } });
  const contributions = data?.deal?.contributions;
  return (
    <>
      {contributions?.nodes.map(({ id, contact, kind, at, body }) => (
        <li key={id}>
          <Avatar name={contact.fullName} />
          <div>
            <p>
              <strong>{contact.fullName}</strong> <span className="badge">{text.kinds[kind]}</span>{" "}
              <time dateTime={at} title={time(at)}>
                {ago(at)}
              </time>
            </p>
            <p className="body">{body}</p>
          </div>
        </li>
      ))}
      <More pageInfo={contributions?.pageInfo}>{(end) => <Contributions dealId={dealId} after={end} />}</More>
    </>
  );
}

function RecordForm({ deal }: { deal: Deal }) {
  const id = useId();
  const { change, busy } = useChange();
  const people = [...(deal.contact ? [deal.contact] : []), ...deal.otherParticipants.map(({ contact }) => contact)];
  if (people.length === 0) return null;
  const record = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const given = new FormData(form);
    const payload = await change(RecordContributionDocument, {
      input: {
        dealId: deal.id,
        contactId: String(given.get("contact")),
        kind: given.get("kind") as ContributionKind,
        body: String(given.get("body")),
      },
    });
    if (payload?.userErrors.length === 0) form.reset();
  };
  return (
    <details>
      <summary>{text.record}</summary>
      <form className="composer" onSubmit={record}>
        <p className="field">
          <label htmlFor={`${id}-who`}>{text.contributor}</label>
          <select id={`${id}-who`} name="contact">
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {person.fullName}
              </option>
            ))}
          </select>
        </p>
        <p className="field">
          <label htmlFor={`${id}-kind`}>{text.kind}</label>
          <select id={`${id}-kind`} name="kind">
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {text.kinds[kind]}
              </option>
            ))}
          </select>
        </p>
        <p className="field">
          <label htmlFor={`${id}-body`}>{text.what}</label>
          <textarea id={`${id}-body`} name="body" rows={3} required />
        </p>
        <p className="row">
          <button className="primary" disabled={busy}>
            {text.record}
          </button>
        </p>
      </form>
    </details>
  );
}
