/** Where is the focus? At the heading of a page that was just opened; and where what had it is gone, at what took its place. */

let loaded = false;

/** A page has come; where the browser itself has just loaded everything, it begins at the top by itself. */
export function arrive(heading: HTMLElement): void {
  if (loaded) {
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
  loaded = true;
}

/** The element, or the one that now goes by its id: what moves to another list is made anew there. */
export const now = (element: Element): HTMLElement | null =>
  element.isConnected ? (element as HTMLElement) : document.getElementById(element.id);

/** Watches over the focus: without this, it falls back to the top of the page with each thing that disappears. */
export function keepFocus(root: HTMLElement): void {
  let last: Element | null = null;
  document.addEventListener("focusin", ({ target }) => {
    last = target as Element;
  });
  document.addEventListener("focusout", () => {
    const left = last;
    // Whoever leaves something by themselves is not brought back when it goes later.
    setTimeout(() => {
      if (last === left) last = null;
    });
  });
  new MutationObserver((records) => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    const gone = last;
    last = null;
    for (const place of [now(gone), ...around(gone, records)]) {
      if (place instanceof HTMLElement && place !== root && take(place)) return;
    }
  }).observe(root, { childList: true, subtree: true });
}

/** What stands where it was: what came there, what followed, what preceded, what held it. */
function around(gone: Element, records: MutationRecord[]): (Node | null)[] {
  const record = records.find(({ removedNodes }) => Array.from(removedNodes).some((node) => node.contains(gone)));
  if (!record) return [];
  const { previousSibling, nextSibling, target } = record;
  return [previousSibling ? previousSibling.nextSibling : target.firstChild, nextSibling, previousSibling, target];
}

function take(place: HTMLElement): boolean {
  place.focus();
  if (document.activeElement === place) return true;
  place.tabIndex = -1;
  place.focus();
  return document.activeElement === place;
}
