import { useEffect, useRef } from "react";
import { arrive } from "../focus";
import { unread } from "../inbox";
import { useStore } from "../store";

/** The title of the window, with how much is unread. */
export function useTitle(words: string | undefined) {
  const count = useStore(unread);
  useEffect(() => {
    if (words !== undefined) document.title = `${count > 0 ? `(${count}) ` : ""}${words} · Dealcast`;
  }, [count, words]);
}

/** What the page is: its heading, the title of the window, and where the focus goes when the page is opened. */
export function Heading({ id, children }: { id?: string; children: string }) {
  const ref = useRef<HTMLHeadingElement>(null);
  useTitle(children);
  useEffect(() => arrive(ref.current!), []);
  return (
    <h1 id={id} ref={ref} tabIndex={-1}>
      {children}
    </h1>
  );
}
