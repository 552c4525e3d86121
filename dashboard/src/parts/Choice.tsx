import { type ChangeEvent, type KeyboardEvent, useId, useRef, useState } from "react";
import { text } from "../text";

interface Props<Value extends string> {
  /** The same for the same thing wherever it stands: the focus follows it. */
  id?: string;
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChoose(value: Value): void;
  className?: string;
  disabled?: boolean;
}

const MOMENT = 100;

export const optionsOf = <Value extends string>(words: Record<Value, string>) =>
  Object.entries(words) as [Value, string][];

/** A list that acts as soon as something is chosen. Keys pass over what is listed: Enter chooses, Escape goes back. */
export function Choice<Value extends string>({ id, label, value, options, onChoose, className, disabled }: Props<Value>) {
  const hint = useId();
  const [passed, setPassed] = useState<Value | null>(null);
  const key = useRef(Number.NEGATIVE_INFINITY);

  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") setPassed(null);
    else if (event.key !== "Enter") key.current = performance.now();
    else if (passed !== null) {
      event.preventDefault();
      setPassed(null);
      if (passed !== value) onChoose(passed);
    }
  };
  const select = (event: ChangeEvent<HTMLSelectElement>) => {
    const next = event.target.value as Value;
    // A closed list changes with the key itself, an opened one when something in it is chosen.
    if (performance.now() - key.current < MOMENT) setPassed(next);
    else onChoose(next);
  };
  return (
    <span className={passed === null ? "choice" : "choice passing"}>
      <select
        id={id}
        className={className}
        aria-label={label}
        aria-describedby={hint}
        disabled={disabled}
        value={passed ?? value}
        onKeyDown={press}
        onChange={select}
        onBlur={() => setPassed(null)}
      >
        {options.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
      <small id={hint} hidden={passed === null}>
        {text.choosing}
      </small>
    </span>
  );
}
