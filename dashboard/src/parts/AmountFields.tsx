import type { ChangeEvent } from "react";
import { amountExample, readAmount, writtenAmount } from "../amounts";
import { locale, text } from "../text";
import { Field, SelectField } from "./Field";

interface Money {
  amount: string;
  currency: string;
}

const COMMON = ["EUR", "USD", "GBP", "CHF", "CAD", "AUD", "DKK", "NOK", "SEK", "PLN", "CZK", "JPY", "CNY", "INR", "BRL"];
const names = new Intl.DisplayNames(locale, { type: "currency" });

/** A sum and what it is counted in; `amountOf` reads what was given. */
export function AmountFields({ seen }: { seen?: Money | null }) {
  const offered = seen && !COMMON.includes(seen.currency) ? [seen.currency, ...COMMON] : COMMON;
  const check = ({ target }: ChangeEvent<HTMLInputElement>) => {
    const unclear = target.value.trim() !== "" && readAmount(target.value) === null;
    target.setCustomValidity(unclear ? text.amountUnclear(amountExample) : "");
  };
  return (
    <div className="columns">
      <Field
        label={text.amount}
        name="amount"
        hint={text.amountHint(amountExample)}
        defaultValue={seen ? writtenAmount(seen.amount) : ""}
        inputMode="decimal"
        autoComplete="off"
        onChange={check}
      />
      <SelectField
        label={text.currency}
        name="currency"
        defaultValue={seen?.currency ?? COMMON[0]}
        options={offered.map((code) => [code, `${code} · ${names.of(code) ?? code}`])}
      />
    </div>
  );
}

/** As a form that shows it gives it back. */
export const asGiven = (seen: Money | null): Money | null =>
  seen && { amount: readAmount(writtenAmount(seen.amount))!, currency: seen.currency };

export function amountOf(form: FormData): Money | null {
  const amount = readAmount(String(form.get("amount")));
  return amount === null ? null : { amount, currency: String(form.get("currency")) };
}
