/** How is an amount written here? As people of the locale do; what could mean two sums means none. */

import { locale } from "./text";

const written = new Intl.NumberFormat(locale, { maximumFractionDigits: 4 });
const signs = Object.fromEntries(written.formatToParts(12_345.5).map(({ type, value }) => [type, value]));
const group = signs.group?.trim() ?? "";
const decimal = signs.decimal ?? ".";
const escaped = (sign: string) => sign.replace(/[.]/, "\\.");

const WHOLE = `\\d+${group && `|\\d{1,3}(?:${escaped(group)}\\d{2,3})*${escaped(group)}\\d{3}`}`;
const OURS = new RegExp(`^(${WHOLE})(?:${escaped(decimal)}(\\d{1,4}))?$`);
// The point of a keypad, where it stands for nothing else.
const POINT = group === "." ? /^$/ : /^(\d+)\.(\d{1,2})$/;

export const amountExample = new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(12_500.5);

/** An amount of the API as it is written here. */
export const writtenAmount = (amount: string): string => written.format(amount as `${number}`);

/** What was written, as the API has it; null for what is unclear. */
export function readAmount(text: string): string | null {
  const plain = text.replace(/[\s'’]/g, "");
  const found = OURS.exec(plain) ?? POINT.exec(plain);
  if (!found) return null;
  const whole = found[1]!.replaceAll(group || " ", "");
  return found[2] ? `${whole}.${found[2]}` : whole;
}
