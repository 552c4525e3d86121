import { useState } from "react";
import { useSubmit } from "../api/useChange";
import { CreateLeadDocument, CreateOpportunityDocument } from "../graphql";
import { href } from "../route";
import { text } from "../text";
import { AmountFields, amountOf } from "./AmountFields";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

type Kind = "opportunity" | "lead";

/** A button and its dialog: a new opportunity or lead, then its page. */
export function NewDeal({ kind }: { kind: Kind }) {
  const [open, setOpen] = useState(false);
  const title = kind === "lead" ? text.newLead : text.newOpportunity;
  return (
    <>
      <button type="button" className="primary" onClick={() => setOpen(true)}>
        <span aria-hidden="true">+</span> {title}
      </button>
      {open && <NewDealDialog kind={kind} title={title} onClose={() => setOpen(false)} />}
    </>
  );
}

function NewDealDialog({ kind, title, onClose }: { kind: Kind; title: string; onClose(): void }) {
  const { submit, refusals, busy } = useSubmit();
  const create = async (form: FormData) => {
    const name = String(form.get("name"));
    const company = String(form.get("company") ?? "") || null;
    const id =
      kind === "lead"
        ? (await submit(CreateLeadDocument, { input: { name, company } }))?.lead?.id
        : (await submit(CreateOpportunityDocument, { input: { name, amount: amountOf(form) } }))?.opportunity?.id;
    if (!id) return;
    onClose();
    location.hash = href({ page: "deal", id });
  };
  return (
    <Dialog title={title} refusals={refusals} busy={busy} onClose={onClose} onSubmit={create}>
      <Field label={text.name} name="name" required maxLength={200} autoFocus />
      {kind === "lead" ? <Field label={text.company} name="company" maxLength={200} /> : <AmountFields />}
    </Dialog>
  );
}
