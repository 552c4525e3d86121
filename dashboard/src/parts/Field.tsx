import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from "react";
import { useRefusal } from "./Form";

interface Own {
  label: string;
  /** What the API calls it: what is refused of it is shown here. */
  name: string;
  hint?: string;
}

interface Control {
  id: string;
  name: string;
  "aria-invalid"?: true;
  "aria-describedby"?: string;
}

/** A control with its label, a hint, and why it was refused. */
function Labelled({ label, name, hint, children }: Own & { children(control: Control): ReactNode }) {
  const id = useId();
  const refusal = useRefusal(name);
  const said = [hint && `${id}-hint`, refusal && `${id}-refusal`].filter(Boolean).join(" ");
  return (
    <p className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, name, ...(refusal && { "aria-invalid": true }), ...(said && { "aria-describedby": said }) })}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      {refusal && (
        <small id={`${id}-refusal`} className="refusal">
          {refusal}
        </small>
      )}
    </p>
  );
}

export const Field = ({ label, name, hint, ...input }: Own & InputHTMLAttributes<HTMLInputElement>) => (
  <Labelled label={label} name={name} hint={hint}>
    {(control) => <input {...control} {...input} />}
  </Labelled>
);

export const TextField = ({ label, name, hint, ...area }: Own & TextareaHTMLAttributes<HTMLTextAreaElement>) => (
  <Labelled label={label} name={name} hint={hint}>
    {(control) => <textarea {...control} {...area} />}
  </Labelled>
);

type Options = { options: readonly (readonly [string, string])[]; defaultValue?: string };

export const SelectField = ({ label, name, hint, options, defaultValue }: Own & Options) => (
  <Labelled label={label} name={name} hint={hint}>
    {(control) => (
      <select {...control} defaultValue={defaultValue}>
        {options.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    )}
  </Labelled>
);
