import { text } from "../text";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

/** Asks why: a lost deal needs a reason. */
export function LostDialog({ onClose, onReason }: { onClose(): void; onReason(reason: string): void }) {
  return (
    <Dialog
      title={text.lostTitle}
      submit={text.markLost}
      onClose={onClose}
      onSubmit={(form) => onReason(String(form.get("reason")))}
    >
      <Field label={text.lostReason} name="reason" required maxLength={500} autoFocus />
    </Dialog>
  );
}
