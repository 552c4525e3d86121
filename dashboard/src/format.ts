import { locale, text } from "./text";

interface Money {
  amount: string;
  currency: string;
}

// To make one costs far more than to use it, and a board asks for thousands.
const sums = new Map<string, Intl.NumberFormat>();
const days = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const times = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const percents = new Intl.NumberFormat(locale, { style: "percent" });
const distances = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

export function money({ amount, currency }: Money, compact = false): string {
  const key = `${currency} ${compact}`;
  const format = sums.get(key) ?? sumIn(currency, compact);
  sums.set(key, format);
  return format.format(Number(amount));
}

const sumIn = (currency: string, compact: boolean) =>
  new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    ...(compact
      ? { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 }
      : { trailingZeroDisplay: "stripIfInteger" }),
  });

export const percent = (value: number): string => percents.format(value / 100);

export const day = (date: string): string => days.format(new Date(date));

export const time = (instant: string): string => times.format(new Date(instant));

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(instant: string): string {
  const seconds = (Date.parse(instant) - Date.now()) / 1000;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 0];
  if (size === 0) return text.justNow;
  return distances.format(Math.round(seconds / size), unit);
}

export const list = (names: string[]): string => new Intl.ListFormat(locale).format(names);

export function initials(name: string): string {
  const words = name.split(/\s+/);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}
