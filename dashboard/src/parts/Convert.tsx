import { useState } from "react";
import { useSubmit } from "../api/useChange";
import { ConvertLeadDocument } from "../graphql";
import { href } from "../route";
import { stageName, text } from "../text";
import { useStages } from "../viewer";
import { AmountFields, amountOf } from "./AmountFields";
import { Dialog } from "./Dialog";
import { SelectField } from "./Field";

/** A lead becomes an opportunity, under the same id and with everything that it has. */
export function Convert({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {text.convert}
      </button>
      {open && <ConvertDialog id={id} onClose={() => setOpen(false)} />}
    </>
  );
}

function ConvertDialog({ id, onClose }: { id: string; onClose(): void }) {
  const stages = useStages().filter((stage) => stage.type === "OPEN");
  const { submit, refusals, busy } = useSubmit();
  const convert = async (form: FormData) => {
    const amount = amountOf(form);
    const payload = await submit(ConvertLeadDocument, {
      input: { id, stageId: String(form.get("stageId")), ...(amount && { amount }) },
    });
    if (!payload?.opportunity) return;
    onClose();
    location.hash = href({ page: "deal", id });
  };
  return (
    <Dialog title={text.convertTitle} submit={text.convert} refusals={refusals} busy={busy} onClose={onClose} onSubmit={convert}>
      <p className="quiet">{text.convertHint}</p>
      <SelectField label={text.stage} name="stageId" options={stages.map((stage) => [stage.id, stageName(stage)])} />
      <AmountFields />
    </Dialog>
  );
}
