import { useEffect, useState } from "react";
import { type DocumentInput, useClient } from "urql";

/** More cards than this no page can show, nor anybody read. */
export const MOST = 2000;

interface Page {
  nodes: unknown[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** Fetches what comes after the first page, one page after the other; the cache joins it to the list. */
export function useRemainingPages<Data>(query: DocumentInput<Data, { after?: string | null }>, page: Page | undefined): void {
  const client = useClient();
  const after = page?.pageInfo.hasNextPage && page.nodes.length < MOST ? page.pageInfo.endCursor : null;
  useEffect(() => {
    if (after) void client.query(query, { after }, { requestPolicy: "network-only" }).toPromise();
  }, [client, query, after]);
}

/** The first value that is there: where a stream begins does not move with the list. */
export function useFirst<T>(value: T | undefined): T | undefined {
  const [first, setFirst] = useState(value);
  if (first === undefined && value !== undefined) setFirst(value);
  return first;
}
