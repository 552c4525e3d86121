import { useEffect, useRef, useState } from "react";
import { useQuery } from "urql";
import { useSubmit } from "../api/useChange";
import { keepDraft, readDraft } from "../drafts";
import { type AddresseeFragment, DraftDocument, SendMessageDocument } from "../graphql";
import { Field, TextField } from "../parts/Field";
import { Form } from "../parts/Form";
import { Loading } from "../parts/Loading";
import { LONGEST_TEXT, LONGEST_SUBJECT, atMost } from "../parts/atMost";
import { notify } from "../news";
import { text } from "../text";
import type { Deal } from "./DealPage";

/** A message to the people of the deal. It starts from the draft, and follows the roles while it is open. */
export function Composer({ deal, draftKey, onClose }: { deal: Deal; draftKey: string; onClose(): void }) {
  const [begun] = useState(() => readDraft(draftKey));
  const [{ data, error }, again] = useQuery({
    query: DraftDocument,
    variables: { dealId: deal.id },
    requestPolicy: "network-only",
  });
  const { submit, refusals, busy } = useSubmit();
  const [changed, setChanged] = useState(false);
  const draft = data?.messageDraft;
  const key = useKeyChanges(draft?.key, () => setChanged(true));

  // Whoever has a role decides to whom it goes: with other people it is another draft.
  const people = [deal.contact, ...deal.otherParticipants.map((participant) => participant.contact)];
  const roles = people.map((person) => `${person?.id} ${person?.email}`).join();
  const asked = useRef(roles);
  useEffect(() => {
    if (asked.current === roles) return;
    asked.current = roles;
    again({ requestPolicy: "network-only" });
  }, [again, roles]);

  if (!draft) return <Loading failed={error} again={again} />;
  const send = async (form: FormData) => {
    const payload = await submit(SendMessageDocument, {
      input: { dealId: deal.id, subject: String(form.get("subject")), body: String(form.get("body")), draftKey: key ?? null },
    });
    if (payload?.userErrors.some((refusal) => refusal.code === "CONFLICT")) {
      // Nothing was sent: nobody's mail goes to another person than they saw.
      setChanged(true);
      again({ requestPolicy: "network-only" });
    } else if (payload?.userErrors.length === 0) {
      notify({ kind: "news", what: text.sent });
      onClose();
    }
  };
  const keep = (form: FormData) =>
    keepDraft(draftKey, { subject: String(form.get("subject")), body: String(form.get("body")) });
  const actions = (
    <p className="row">
      <button className="primary" disabled={draft.to.length === 0}>
        {text.send}
      </button>
      <button type="button" onClick={onClose}>
        {text.cancel}
      </button>
    </p>
  );
  return (
    <Form className="composer" refusals={refusals} busy={busy} onInput={keep} onSubmit={send} actions={actions}>
      {changed && (
        <p className="banner" role="alert">
          {text.draftChanged}
        </p>
      )}
      <Recipients label={text.to} people={draft.to} />
      <Recipients label={text.cc} people={draft.cc} />
      {draft.warnings.map((warning) => (
        <p key={warning} className="banner">
          {text.warnings[warning]}
        </p>
      ))}
      <Field label={text.subject} name="subject" defaultValue={begun?.subject ?? draft.subject} required {...atMost(LONGEST_SUBJECT)} />
      <TextField
        label={text.body}
        name="body"
        rows={5}
        required
        {...atMost(LONGEST_TEXT)}
        defaultValue={begun?.body}
        autoFocus={!begun}
      />
    </Form>
  );
}

function Recipients({ label, people }: { label: string; people: AddresseeFragment[] }) {
  return (
    <p className="recipients">
      <span className="quiet">{label}</span>
      {people.length === 0 && <span className="quiet">{text.noRecipients}</span>}
      {people.map(({ email, reason, contact }) => (
        <span key={email} className="badge" title={email}>
          {contact.fullName} · {reason === "CONTACT" ? text.asContact : text.asParticipant}
        </span>
      ))}
    </p>
  );
}

/** The key, and a word when another one takes its place. */
function useKeyChanges(key: string | undefined, onChange: () => void): string | undefined {
  const known = useRef(key);
  useEffect(() => {
    if (key === undefined || key === known.current) return;
    if (known.current !== undefined) onChange();
    known.current = key;
  }, [key, onChange]);
  return key;
}
