import { useState } from "react";
import { UpdateLeadDocument, UpdateOpportunityDocument } from "../graphql";
import { AmountFields, amountOf, asGiven } from "../parts/AmountFields";
import { Dialog } from "../parts/Dialog";
import { Field } from "../parts/Field";
import { Meanwhile } from "../parts/Meanwhile";
import { differing, useVersioned } from "../parts/useVersioned";
import { text } from "../text";
import type { Deal } from "./DealPage";

type Kind<Name extends Deal["__typename"]> = Extract<Deal, { __typename: Name }>;

export function EditDialog({ deal, onClose }: { deal: Deal; onClose(): void }) {
  return deal.__typename === "Lead" ? <EditLead deal={deal} onClose={onClose} /> : <EditOpportunity deal={deal} onClose={onClose} />;
}

/** The deal as it stood when editing began: what is saved says what it is based on. */
const useSeen = <T,>(deal: T): T => useState(deal)[0];

function EditOpportunity({ deal, onClose }: { deal: Kind<"Opportunity">; onClose(): void }) {
  const seen = useSeen(deal);
  const { save, ...form } = useVersioned(UpdateOpportunityDocument, deal, <Meanwhile seen={seen} current={deal} />, onClose);
  const submit = (given: FormData) =>
    save({
      id: deal.id,
      expectedVersion: seen.version,
      ...differing(
        { ...seen, amount: asGiven(seen.amount) },
        {
          name: String(given.get("name")),
          amount: amountOf(given),
          expectedCloseDate: String(given.get("expectedCloseDate")) || null,
        },
      ),
    });
  return (
    <Dialog title={text.edit} {...form} onClose={onClose} onSubmit={submit}>
      <Field label={text.name} name="name" defaultValue={seen.name} required maxLength={200} autoFocus />
      <AmountFields seen={seen.amount} />
      <Field label={text.expectedClose} name="expectedCloseDate" type="date" defaultValue={seen.expectedCloseDate ?? ""} />
    </Dialog>
  );
}

function EditLead({ deal, onClose }: { deal: Kind<"Lead">; onClose(): void }) {
  const seen = useSeen(deal);
  const { save, ...form } = useVersioned(UpdateLeadDocument, deal, <Meanwhile seen={seen} current={deal} />, onClose);
  const submit = (given: FormData) =>
    save({
      id: deal.id,
      expectedVersion: seen.version,
      ...differing(seen, {
        name: String(given.get("name")),
        company: String(given.get("company")) || null,
        source: String(given.get("source")) || null,
      }),
    });
  return (
    <Dialog title={text.edit} {...form} onClose={onClose} onSubmit={submit}>
      <Field label={text.name} name="name" defaultValue={seen.name} required maxLength={200} autoFocus />
      <Field label={text.company} name="company" defaultValue={seen.company ?? ""} maxLength={200} />
      <Field label={text.source} name="source" defaultValue={seen.source ?? ""} maxLength={200} />
    </Dialog>
  );
}
