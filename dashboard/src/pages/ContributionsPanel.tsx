import { useQuery } from "urql";
import { useSubmit } from "../api/useChange";
import { type ContributionKind, ContributionsDocument, RecordContributionDocument } from "../graphql";
import { useRecentKind } from "../news";
import { Ago } from "../parts/Ago";
import { Avatar } from "../parts/Avatar";
import { SelectField, TextField } from "../parts/Field";
import { Form } from "../parts/Form";
import { More } from "../parts/More";
import { Panel } from "../parts/Panel";
import { LONGEST_TEXT, atMost } from "../parts/atMost";
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
              <Ago at={at} />
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
  const { submit, refusals, busy } = useSubmit();
  const people = [...(deal.contact ? [deal.contact] : []), ...deal.otherParticipants.map(({ contact }) => contact)];
  if (people.length === 0) return null;
  const record = async (given: FormData, form: HTMLFormElement) => {
    const payload = await submit(RecordContributionDocument, {
      input: {
        dealId: deal.id,
        contactId: String(given.get("contactId")),
        kind: given.get("kind") as ContributionKind,
        body: String(given.get("body")),
      },
    });
    if (payload?.userErrors.length === 0) form.reset();
  };
  return (
    <details>
      <summary>{text.record}</summary>
      <Form
        className="composer"
        refusals={refusals}
        busy={busy}
        onSubmit={record}
        actions={
          <p className="row">
            <button className="primary">{text.record}</button>
          </p>
        }
      >
        <SelectField label={text.contributor} name="contactId" options={people.map(({ id, fullName }) => [id, fullName])} />
        <SelectField label={text.kind} name="kind" options={KINDS.map((kind) => [kind, text.kinds[kind]!])} />
        <TextField label={text.what} name="body" rows={3} required {...atMost(LONGEST_TEXT)} />
      </Form>
    </details>
  );
}
