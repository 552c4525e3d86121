import { type ReactNode, useEffect, useId, useRef } from "react";
import type { Refused } from "../api/useChange";
import { now } from "../focus";
import { text } from "../text";
import { Form } from "./Form";

interface Props {
  title: string;
  onClose(): void;
  /** Called with what the form holds. */
  onSubmit(given: FormData): void;
  submit?: string;
  refusals: Refused[];
  busy: boolean;
  /** Whether there is something to send. */
  ready?: boolean;
  /** Takes the place of the buttons: it has to be decided first. */
  conflict?: ReactNode;
  children: ReactNode;
}

/** A modal window: the browser keeps the focus inside and closes on Escape; afterwards the focus is where it was. */
export function Dialog({ title, onClose, onSubmit, submit = text.save, refusals, busy, ready = true, conflict, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before) now(before)?.focus();
    };
  }, []);
  const actions = (
    <div className="actions">
      <button type="button" onClick={onClose}>
        {text.cancel}
      </button>
      <button className="primary" disabled={!ready}>
        {submit}
      </button>
    </div>
  );
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby={heading}>
      <Form onSubmit={onSubmit} refusals={refusals} busy={busy} actions={conflict ? null : actions}>
        <h2 id={heading}>{title}</h2>
        {conflict}
        {children}
      </Form>
    </dialog>
  );
}
