import { type ReactNode, type SubmitEvent, createContext, useContext, useEffect, useRef, useState } from "react";
import type { Refused } from "../api/useChange";

interface Props {
  /** Called with what the form holds. */
  onSubmit(given: FormData, form: HTMLFormElement): void;
  /** What was refused of what was last sent. */
  refusals: Refused[];
  busy: boolean;
  /** Called whenever it holds something else. */
  onInput?(given: FormData): void;
  className?: string;
  actions: ReactNode;
  children: ReactNode;
}

const Refusals = createContext<Refused[]>([]);

/** Fields, with what was refused at each of them; above the buttons, what was refused of no field that is here. */
export function Form({ onSubmit, onInput, refusals, busy, className, actions, children }: Props) {
  const ref = useRef<HTMLFormElement>(null);
  const [names, setNames] = useState<string[]>([]);
  useEffect(() => {
    ref.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [refusals]);
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Its button stays as it is meanwhile: one that is disabled loses the focus.
    if (busy) return;
    const form = event.currentTarget;
    const given = new FormData(form);
    setNames([...given.keys()]);
    onSubmit(given, form);
  };
  // A conflict is no fault of what was given: whoever can meet one says what is to be done.
  const elsewhere = refusals.filter(({ code, field }) => code !== "CONFLICT" && !names.includes(field));
  return (
    <form ref={ref} className={className} onSubmit={send} onInput={(event) => onInput?.(new FormData(event.currentTarget))} aria-busy={busy}>
      <Refusals value={refusals}>{children}</Refusals>
      {elsewhere.map(({ code, field, words }) => (
        <p key={`${code} ${field}`} className="refusal" role="alert">
          {words}
        </p>
      ))}
      {actions}
    </form>
  );
}

/** Why a field was refused. */
export function useRefusal(name: string | undefined): string | undefined {
  return useContext(Refusals).find(({ field }) => field === name)?.words;
}
