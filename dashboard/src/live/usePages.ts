import { useEffect, useState } from "react";
import { type DocumentInput, useClient } from "urql";
import { readAnew } from "../api/readAnew";

/** More cards than this no page can show, nor anybody read. */
export const MOST = 2000;

interface Page {
  nodes: unknown[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/**
 * Fetches what comes after the first page, one page after the other; the cache joins it to the list.
 * Again whenever the list is another one and not complete: it was read anew.
 */
export function useRemainingPages<Data>(query: DocumentInput<Data, { after?: string | null }>, page: Page | undefined): void {
  const client = useClient();
  useEffect(() => {
    const after = page?.pageInfo.hasNextPage && page.nodes.length < MOST ? page.pageInfo.endCursor : null;
    if (after) void readAnew(client, query, { after });
  }, [client, query, page]);
}

/** The first value that is there: where a stream begins does not move with the list. */
export function useFirst<T>(value: T | undefined): T | undefined {
  const [first, setFirst] = useState(value);
  if (first === undefined && value !== undefined) setFirst(value);
  return first;
}
