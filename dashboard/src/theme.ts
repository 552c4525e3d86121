/** Light or dark: as the system has it, until somebody chooses. */

import { kept } from "./kept";

const stored = kept(() => localStorage, "dealcast.theme");

export function applyTheme(): void {
  const chosen = stored.get();
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = document.documentElement.dataset.theme ?? system;
  stored.set(now === "dark" ? "light" : "dark");
  applyTheme();
}
