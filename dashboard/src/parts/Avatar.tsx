import { initials } from "../format";

const HUES = 6;

/** A person's initials on a colour of their own; the name stands beside it, or is given as `label`. */
export function Avatar({ name, label = false }: { name: string; label?: boolean }) {
  const hue = Array.from(name).reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 65_521, 7) % HUES;
  const said = label ? { role: "img", "aria-label": name, title: name } : { "aria-hidden": true };
  return (
    <span className={`avatar hue-${hue}`} {...said}>
      {initials(name)}
    </span>
  );
}
