import { text } from "../text";

interface Props {
  version: number;
  onApply(): void;
  onDiscard(): void;
}

/** Somebody was faster: the deal is shown as it now stands, and what to do is for the one who edits. */
export function Conflict({ version, onApply, onDiscard }: Props) {
  return (
    <div className="conflict" role="alert">
      <strong>{text.conflictTitle}</strong>
      <p>{text.conflict(version)}</p>
      <p className="row">
        <button type="button" className="primary" onClick={onApply}>
          {text.applyAnyway}
        </button>
        <button type="button" onClick={onDiscard}>
          {text.discard}
        </button>
      </p>
    </div>
  );
}
