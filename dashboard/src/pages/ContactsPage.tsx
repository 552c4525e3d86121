import { useState } from "react";
import { useQuery } from "urql";
import { useChange } from "../api/useChange";
import { ContactsDocument, CreateContactDocument, type EntryFragment, UpdateContactDocument } from "../graphql";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Loading } from "../parts/Loading";
import { More } from "../parts/More";
import { PersonLine } from "../parts/PersonLine";
import { useVersioned } from "../parts/useVersioned";
import { text } from "../text";
import { useViewer } from "../viewer";

/** The people outside whom the organisation knows. */
export function ContactsPage() {
  const viewer = useViewer();
  const [search, setSearch] = useState("");
  const [adding, setAdding] = useState(false);
  return (
    <div className="narrow">
      <div className="page-head">
        <h1>{text.contacts}</h1>
        <input
          type="search"
          aria-label={text.search}
          placeholder={text.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        {viewer && viewer.role !== "VIEWER" && (
          <button type="button" className="primary" onClick={() => setAdding(true)}>
            + {text.addContact}
          </button>
        )}
      </div>
      <ul className="inbox">
        <Entries key={search} search={search} />
      </ul>
      {adding && <NewContact onClose={() => setAdding(false)} />}
    </div>
  );
}

function Entries({ search, after }: { search: string; after?: string }) {
  const [{ data, error }, again] = useQuery({ query: ContactsDocument, variables: { search, after } });
  if (!data) {
    return (
      <li className="loading">
        <Loading failed={error} again={again} />
      </li>
    );
  }
  const { nodes, pageInfo } = data.contacts;
  return (
    <>
      {nodes.length === 0 && <li className="loading">{text.nothingFound}</li>}
      {nodes.map((contact) => (
        <Entry key={contact.id} contact={contact} />
      ))}
      <More pageInfo={pageInfo}>{(end) => <Entries search={search} after={end} />}</More>
    </>
  );
}

function Entry({ contact }: { contact: EntryFragment }) {
  const viewer = useViewer();
  const [editing, setEditing] = useState(false);
  const { fullName, jobTitle, company, email, phone } = contact;
  const detail = [jobTitle, company, email ?? text.noEmail, phone].filter(Boolean).join(" · ");
  return (
    <li className="read wide">
      <PersonLine name={fullName} detail={detail}>
        {viewer && viewer.role !== "VIEWER" && (
          <button type="button" aria-label={text.editName(fullName)} onClick={() => setEditing(true)}>
            {text.edit}
          </button>
        )}
      </PersonLine>
      {editing && <EditContact contact={contact} onClose={() => setEditing(false)} />}
    </li>
  );
}

function NewContact({ onClose }: { onClose(): void }) {
  const { change, busy } = useChange();
  const create = async (form: FormData) => {
    const payload = await change(CreateContactDocument, { input: given(form) });
    if (payload?.contact) onClose();
  };
  return (
    <Dialog title={text.addContact} busy={busy} onClose={onClose} onSubmit={create}>
      <Fields />
    </Dialog>
  );
}

function EditContact({ contact, onClose }: { contact: EntryFragment; onClose(): void }) {
  const [seen] = useState(contact);
  const { save, conflict, busy } = useVersioned(UpdateContactDocument, contact, onClose);
  const submit = (form: FormData) => save({ id: contact.id, ...given(form), expectedVersion: seen.version });
  return (
    <Dialog title={text.edit} busy={busy} onClose={onClose} onSubmit={submit}>
      {conflict}
      <Fields seen={seen} />
    </Dialog>
  );
}

function Fields({ seen }: { seen?: EntryFragment }) {
  return (
    <>
      <Field label={text.name} name="fullName" defaultValue={seen?.fullName} required maxLength={200} autoFocus />
      <Field label={text.email} name="email" type="email" defaultValue={seen?.email ?? ""} />
      <Field label={text.phone} name="phone" type="tel" defaultValue={seen?.phone ?? ""} maxLength={200} />
      <Field label={text.jobTitle} name="jobTitle" defaultValue={seen?.jobTitle ?? ""} maxLength={200} />
      <Field label={text.company} name="company" defaultValue={seen?.company ?? ""} maxLength={200} />
    </>
  );
}

const given = (form: FormData) => ({
  fullName: String(form.get("fullName")),
  email: String(form.get("email")) || null,
  phone: String(form.get("phone")) || null,
  jobTitle: String(form.get("jobTitle")) || null,
  company: String(form.get("company")) || null,
});
