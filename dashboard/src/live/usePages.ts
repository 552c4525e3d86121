import { useEffect, useState } from "react";
import { type DocumentInput, useClient } from "urql";

const MOST_PAGES = 20;

interface PageInfo {
  hasNextPage: boolean;
  endCursor: string | null;
}

/** Fetches what comes after the first page; the cache joins it to the list. */
export function useRemainingPages<Data>(
  query: DocumentInput<Data, { after?: string | null }>,
  first: PageInfo | undefined,
  pageInfo: (data: Data) => PageInfo,
): void {
  const client = useClient();
  const start = first?.hasNextPage ? first.endCursor : null;
  useEffect(() => {
    let going = true;
    async function fetchPages() {
      let after = start;
      for (let page = 0; going && after && page < MOST_PAGES; page++) {
        const { data } = await client.query(query, { after });
        const next = data && pageInfo(data);
        after = next?.hasNextPage ? next.endCursor : null;
      }
    }
    void fetchPages();
    return () => {
      going = false;
    };
  }, [client, query, pageInfo, start]);
}

/** The first value that is there: where a stream begins does not move with the list. */
export function useFirst<T>(value: T | undefined): T | undefined {
  const [first, setFirst] = useState(value);
  if (first === undefined && value !== undefined) setFirst(value);
  return first;
}
