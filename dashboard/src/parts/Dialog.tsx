import { type ReactNode, type SubmitEvent, useEffect, useId, useRef } from "react";
import { text } from "../text";

interface Props {
  title: string;
  onClose(): void;
  /** Called with what the form holds. */
  onSubmit?(form: FormData): void;
  submit?: string;
  busy?: boolean;
  children: ReactNode;
}

/** A modal window: the browser keeps the focus inside and closes on Escape; afterwards the focus is where it was. */
export function Dialog({ title, onClose, onSubmit, submit = text.save, busy = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    ref.current?.showModal();
    return () => before?.focus();
  }, []);
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSubmit?.(new FormData(event.currentTarget));
  };
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby={heading}>
      <form onSubmit={send}>
        <h2 id={heading}>{title}</h2>
        {children}
        <div className="actions">
          <button type="button" onClick={onClose}>
            {text.cancel}
          </button>
          {onSubmit && (
            <button className="primary" disabled={busy}>
              {submit}
            </button>
          )}
        </div>
      </form>
    </dialog>
  );
}
