import { useSubmit } from "../api/useChange";
import { MoveOpportunityDocument } from "../graphql";
import { text } from "../text";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

/** Asks why: a lost deal needs a reason. */
export function LostDialog({ id, stageId, onClose }: { id: string; stageId: string; onClose(): void }) {
  const { submit, refusals, busy } = useSubmit();
  const lose = async (form: FormData) => {
    const input = { id, stageId, lostReason: String(form.get("lostReason")) };
    const payload = await submit(MoveOpportunityDocument, { input });
    if (payload?.userErrors.length === 0) onClose();
  };
  return (
    <Dialog title={text.lostTitle} submit={text.markLost} refusals={refusals} busy={busy} onClose={onClose} onSubmit={lose}>
      <Field label={text.lostReason} name="lostReason" required maxLength={500} autoFocus />
    </Dialog>
  );
}
