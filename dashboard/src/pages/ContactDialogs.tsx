import { useEffect, useState } from "react";
import { useQuery } from "urql";
import { useSubmit } from "../api/useChange";
import {
  ArchiveContactDocument,
  ContactDealsDocument,
  CreateContactDocument,
  type EntryFragment,
  MergeContactsDocument,
  UpdateContactDocument,
} from "../graphql";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { type Person, Picker } from "../parts/Picker";
import { differing, useVersioned } from "../parts/useVersioned";
import { text } from "../text";

interface Props {
  contact: EntryFragment;
  onClose(): void;
}

const FIELDS = ["fullName", "email", "phone", "jobTitle", "company"] as const;
const NAMES = { fullName: text.name, email: text.email, phone: text.phone, jobTitle: text.jobTitle, company: text.company };
const TYPES: Partial<Record<(typeof FIELDS)[number], string>> = { email: "email", phone: "tel" };

export function NewContact({ onClose }: { onClose(): void }) {
  const { submit, ...form } = useSubmit();
  const create = async (given: FormData) => {
    const payload = await submit(CreateContactDocument, { input: entered(given) });
    if (payload?.contact) onClose();
  };
  return (
    <Dialog title={text.addContact} {...form} onClose={onClose} onSubmit={create}>
      <Fields />
    </Dialog>
  );
}

export function EditContact({ contact, onClose }: Props) {
  const [seen] = useState(contact);
  // The list of contacts keeps no history: what stands there now is what can be said.
  const meanwhile = (
    <ul>
      {FIELDS.filter((name) => seen[name] !== contact[name]).map((name) => (
        <li key={name}>{text.pair(NAMES[name], `${seen[name] ?? text.none} → ${contact[name] ?? text.none}`)}</li>
      ))}
    </ul>
  );
  const { save, ...form } = useVersioned(UpdateContactDocument, contact, meanwhile, onClose);
  const submit = (given: FormData) => save({ id: contact.id, ...differing(seen, entered(given)), expectedVersion: seen.version });
  return (
    <Dialog title={text.editName(seen.fullName)} {...form} onClose={onClose} onSubmit={submit}>
      <Fields seen={seen} />
    </Dialog>
  );
}

/** Says first whom it takes from how many deals. */
export function ArchiveContact({ contact: { id, fullName }, onClose }: Props) {
  const { submit, ...form } = useSubmit();
  const [{ data }] = useQuery({ query: ContactDealsDocument, variables: { id }, requestPolicy: "network-only" });
  const archive = async () => {
    const payload = await submit(ArchiveContactDocument, { id });
    if (payload?.userErrors.length === 0) onClose();
  };
  const deals = data?.contact?.deals.totalCount;
  return (
    <Dialog
      title={text.archiveName(fullName)}
      submit={text.archive}
      {...form}
      ready={deals !== undefined}
      onClose={onClose}
      onSubmit={archive}
    >
      {deals !== undefined && <p>{text.archiveContactHint(deals)}</p>}
    </Dialog>
  );
}

/** Tries it first, to say what would come of it. */
export function MergeContact({ contact: { id, fullName }, onClose }: Props) {
  const { submit, ...form } = useSubmit();
  const [into, setInto] = useState<Person | null>(null);
  const [deals, setDeals] = useState<number | null>(null);
  useEffect(() => {
    if (!into) return;
    void submit(MergeContactsDocument, { input: { from: id, into: into.id, dryRun: true } }).then((payload) => {
      setDeals(payload?.userErrors.length === 0 ? payload.dealChanges.length : null);
    });
  }, [submit, id, into]);
  const merge = async () => {
    if (!into) return;
    const payload = await submit(MergeContactsDocument, { input: { from: id, into: into.id } });
    if (payload?.userErrors.length === 0) onClose();
  };
  return (
    <Dialog title={text.mergeName(fullName)} submit={text.merge} {...form} ready={deals !== null} onClose={onClose} onSubmit={merge}>
      <p className="quiet">{text.mergeHint(fullName)}</p>
      <Picker of="contacts" label={text.mergeInto} without={[id]} onPick={setInto} />
      {into && deals !== null && <p role="status">{text.mergeEffect(fullName, into.fullName, deals)}</p>}
    </Dialog>
  );
}

function Fields({ seen }: { seen?: EntryFragment }) {
  return FIELDS.map((name) => (
    <Field
      key={name}
      label={NAMES[name]}
      name={name}
      type={TYPES[name]}
      defaultValue={seen?.[name] ?? ""}
      maxLength={200}
      required={name === "fullName"}
      autoFocus={name === "fullName"}
    />
  ));
}

const entered = (form: FormData) => {
  const given = (name: (typeof FIELDS)[number]) => String(form.get(name)) || null;
  return {
    fullName: String(form.get("fullName")),
    email: given("email"),
    phone: given("phone"),
    jobTitle: given("jobTitle"),
    company: given("company"),
  };
};
