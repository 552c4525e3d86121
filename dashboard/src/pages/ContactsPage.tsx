import { useState } from "react";
import { useFresh } from "../api/useFresh";
import { useChange } from "../api/useChange";
import { ContactsDocument, type EntryFragment, RestoreContactDocument } from "../graphql";
import { Heading } from "../parts/Heading";
import { Loading } from "../parts/Loading";
import { More } from "../parts/More";
import { PersonLine } from "../parts/PersonLine";
import { text } from "../text";
import { useViewer } from "../viewer";
import { ArchiveContact, EditContact, MergeContact, NewContact } from "./ContactDialogs";

/** The people outside whom the organisation knows. */
export function ContactsPage() {
  const viewer = useViewer();
  const [search, setSearch] = useState("");
  const [archived, setArchived] = useState(false);
  const [adding, setAdding] = useState(false);
  return (
    <div className="narrow">
      <div className="page-head">
        <Heading>{text.contacts}</Heading>
        <input
          type="search"
          aria-label={text.search}
          placeholder={text.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <label className="check">
          <input type="checkbox" checked={archived} onChange={(event) => setArchived(event.target.checked)} />{" "}
          {text.archivedContacts}
        </label>
        {viewer && viewer.role !== "VIEWER" && (
          <button type="button" className="primary" onClick={() => setAdding(true)}>
            <span aria-hidden="true">+</span> {text.addContact}
          </button>
        )}
      </div>
      <ul className="inbox">
        <Entries key={`${archived} ${search}`} search={search} archived={archived} />
      </ul>
      {adding && <NewContact onClose={() => setAdding(false)} />}
    </div>
  );
}

function Entries({ search, archived, after }: { search: string; archived: boolean; after?: string }) {
  const [{ data, error }, again] = useFresh(ContactsDocument, { search, archived, after });
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
        <Entry key={contact.id} contact={contact} archived={archived} />
      ))}
      <More pageInfo={pageInfo}>{(end) => <Entries search={search} archived={archived} after={end} />}</More>
    </>
  );
}

const DIALOGS = { edit: EditContact, archive: ArchiveContact, merge: MergeContact };

function Entry({ contact, archived }: { contact: EntryFragment; archived: boolean }) {
  const viewer = useViewer();
  const { change } = useChange();
  const [doing, setDoing] = useState<keyof typeof DIALOGS | null>(null);
  const { id, fullName, jobTitle, company, email, phone } = contact;
  const detail = [jobTitle, company, email ?? text.noEmail, phone].filter(Boolean).join(" · ");
  const Doing = doing && DIALOGS[doing];
  const act = (label: string, words: string, onClick: () => unknown) => (
    <button type="button" aria-label={label} onClick={onClick}>
      {words}
    </button>
  );
  return (
    <li className="read wide">
      <PersonLine name={fullName} detail={detail}>
        {viewer && viewer.role !== "VIEWER" && (
          <p className="row">
            {archived ? (
              act(text.restoreName(fullName), text.restore, () => change(RestoreContactDocument, { id }))
            ) : (
              <>
                {act(text.editName(fullName), text.edit, () => setDoing("edit"))}
                {viewer.role === "ADMIN" && act(text.mergeName(fullName), text.merge, () => setDoing("merge"))}
                {act(text.archiveName(fullName), text.archive, () => setDoing("archive"))}
              </>
            )}
          </p>
        )}
      </PersonLine>
      {Doing && <Doing contact={contact} onClose={() => setDoing(null)} />}
    </li>
  );
}
