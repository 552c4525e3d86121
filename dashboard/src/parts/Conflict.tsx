import { type ReactNode, useEffect, useRef } from "react";
import { text } from "../text";

interface Props {
  onApply(): void;
  onDiscard(): void;
  /** Who changed what. */
  children: ReactNode;
}

/** Somebody was faster: what they did is shown, and what to do about it is for the one who edits. */
export function Conflict({ onApply, onDiscard, children }: Props) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return (
    <div className="conflict" role="alert" tabIndex={-1} ref={ref}>
      <strong>{text.conflictTitle}</strong>
      {children}
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
