import { locale, text } from "./text";

interface Money {
  amount: string;
  currency: string;
}

export function money({ amount, currency }: Money, compact = false): string {
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    ...(compact
      ? { notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: 1 }
      : { trailingZeroDisplay: "stripIfInteger" }),
  }).format(Number(amount));
}

export const percent = (value: number): string =>
  new Intl.NumberFormat(locale, { style: "percent" }).format(value / 100);

export function day(date: string): string {
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(date),
  );
}

export function time(instant: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(instant: string): string {
  const seconds = (Date.parse(instant) - Date.now()) / 1000;
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 0];
  if (size === 0) return text.justNow;
  return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

export const list = (names: string[]): string => new Intl.ListFormat(locale).format(names);

export function initials(name: string): string {
  const words = name.split(/\s+/);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}
