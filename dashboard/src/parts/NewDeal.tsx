import { useState } from "react";
import { useChange } from "../api/useChange";
import { CreateLeadDocument, CreateOpportunityDocument } from "../graphql";
import { href } from "../route";
import { text } from "../text";
import { AmountFields, amountOf } from "./AmountFields";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

/** A button and its dialog: a new opportunity or lead, then its page. */
export function NewDeal({ kind }: { kind: "opportunity" | "lead" }) {
  const [open, setOpen] = useState(false);
  const { change, busy } = useChange();
  const title = kind === "lead" ? text.newLead : text.newOpportunity;

  const create = async (form: FormData) => {
    const name = String(form.get("name"));
    const company = String(form.get("company") ?? "");
    const id =
      kind === "lead"
        ? (await change(CreateLeadDocument, { input: { name, company: company || null } }))?.lead?.id
        : (
            await change(CreateOpportunityDocument, {
              input: { name, amount: amountOf(form) },
            })
          )?.opportunity?.id;
    if (!id) return;
    setOpen(false);
    location.hash = href({ page: "deal", id });
  };
  return (
    <>
      <button type="button" className="primary" onClick={() => setOpen(true)}>
        + {title}
      </button>
      {open && (
        <Dialog title={title} busy={busy} onClose={() => setOpen(false)} onSubmit={create}>
          <Field label={text.name} name="name" required maxLength={200} autoFocus />
          {kind === "lead" ? (
            <Field label={text.company} name="company" maxLength={200} />
          ) : (
            <AmountFields />
          )}
        </Dialog>
      )}
    </>
  );
}
