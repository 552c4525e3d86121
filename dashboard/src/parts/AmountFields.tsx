import { useId } from "react";
import { locale, text } from "../text";
import { Field } from "./Field";

interface Money {
  amount: string;
  currency: string;
}

const COMMON = ["EUR", "USD", "GBP", "CHF", "CAD", "AUD", "DKK", "NOK", "SEK", "PLN", "CZK", "JPY", "CNY", "INR", "BRL"];
const names = new Intl.DisplayNames(locale, { type: "currency" });

/** A sum and what it is counted in; `amountOf` reads what was given. */
export function AmountFields({ seen }: { seen?: Money | null }) {
  const id = useId();
  const offered = seen && !COMMON.includes(seen.currency) ? [seen.currency, ...COMMON] : COMMON;
  return (
    <div className="columns">
      <Field
        label={text.amount}
        name="amount"
        defaultValue={seen?.amount ?? ""}
        inputMode="decimal"
        pattern="[0-9]+(\.[0-9]{1,4})?"
      />
      <p className="field">
        <label htmlFor={id}>{text.currency}</label>
        <select id={id} name="currency" defaultValue={seen?.currency ?? COMMON[0]}>
          {offered.map((code) => (
            <option key={code} value={code}>
              {code} · {names.of(code)}
            </option>
          ))}
        </select>
      </p>
    </div>
  );
}

export function amountOf(form: FormData): Money | null {
  const amount = String(form.get("amount"));
  return amount ? { amount, currency: String(form.get("currency")) } : null;
}
