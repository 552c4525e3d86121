import { useState } from "react";
import { useChange } from "../api/useChange";
import { ConvertLeadDocument } from "../graphql";
import { href } from "../route";
import { stageName, text } from "../text";
import { useStages } from "../viewer";
import { AmountFields, amountOf } from "./AmountFields";
import { Dialog } from "./Dialog";

/** A lead becomes an opportunity, under the same id and with everything that it has. */
export function Convert({ id }: { id: string }) {
  const [open, setOpen] = useState(false);
  const stages = useStages().filter((stage) => stage.type === "OPEN");
  const { change, busy } = useChange();

  const convert = async (form: FormData) => {
    const amount = amountOf(form);
    const payload = await change(ConvertLeadDocument, {
      input: {
        id,
        stageId: String(form.get("stage")),
        ...(amount && { amount }),
      },
    });
    if (!payload?.opportunity) return;
    setOpen(false);
    location.hash = href({ page: "deal", id });
  };
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {text.convert}
      </button>
      {open && (
        <Dialog title={text.convertTitle} submit={text.convert} busy={busy} onClose={() => setOpen(false)} onSubmit={convert}>
          <p className="quiet">{text.convertHint}</p>
          <p className="field">
            <label htmlFor="convert-stage">{text.stage}</label>
            <select id="convert-stage" name="stage">
              {stages.map((stage) => (
                <option key={stage.id} value={stage.id}>
                  {stageName(stage)}
                </option>
              ))}
            </select>
          </p>
          <AmountFields />
        </Dialog>
      )}
    </>
  );
}
