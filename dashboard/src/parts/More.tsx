import { text } from "../text";

const STEP = 20;
const MOST = 100;

/** Asks for a longer list, up to what one request may hold. */
export function More({ more, first, onMore }: { more: boolean | undefined; first: number; onMore(first: number): void }) {
  if (!more || first >= MOST) return null;
  return (
    <button type="button" onClick={() => onMore(Math.min(first + STEP, MOST))}>
      {text.more}
    </button>
  );
}
