import { type ReactNode, useState } from "react";
import { text } from "../text";

interface Props {
  pageInfo: { hasNextPage: boolean; endCursor: string | null } | undefined;
  /** The page that begins there. */
  children(after: string): ReactNode;
}

/** The end of a page of a list: a button, and once it was pressed, the next page, which asks for itself. */
export function More({ pageInfo, children }: Props) {
  const [wanted, setWanted] = useState(false);
  if (!pageInfo?.hasNextPage || pageInfo.endCursor === null) return null;
  if (wanted) return children(pageInfo.endCursor);
  return (
    <li className="more">
      <button type="button" onClick={() => setWanted(true)}>
        {text.more}
      </button>
    </li>
  );
}
