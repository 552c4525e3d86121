/** Light or dark: as the system has it, until somebody chooses. */

const KEY = "dealcast.theme";

export function applyTheme(): void {
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme(): void {
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const now = document.documentElement.dataset.theme ?? system;
  localStorage.setItem(KEY, now === "dark" ? "light" : "dark");
  applyTheme();
}
