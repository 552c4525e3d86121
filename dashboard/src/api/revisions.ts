/**
 * News may overtake each other: a stream's item, the answer of a mutation, a query that was slower.
 * Every deal carries a `revision`; what is older than what we hold brings no state.
 */

import type { Exchange, OperationResult } from "urql";
import { map, pipe, tap } from "wonka";

interface Versioned {
  id: string;
  revision: number;
}

export const revisions: Exchange = ({ client, forward }) => {
  const newest = new Map<string, number>();

  function note(value: unknown): boolean {
    if (Array.isArray(value)) return value.map(note).some(Boolean);
    if (value === null || typeof value !== "object") return false;
    const { id, revision } = value as Partial<Versioned>;
    let older = false;
    if (typeof id === "string" && typeof revision === "number") {
      const known = newest.get(id) ?? 0;
      older = revision < known;
      newest.set(id, Math.max(known, revision));
    }
    return Object.values(value).map(note).some(Boolean) || older;
  }

  function withoutOld(result: OperationResult): OperationResult {
    const data = (result.data ?? {}) as Record<string, { deal?: Versioned | null }>;
    const [[name, item] = []] = Object.entries(data);
    if (!name || !item?.deal || item.deal.revision >= (newest.get(item.deal.id) ?? 0)) return result;
    return { ...result, data: { [name]: { ...item, deal: null } } };
  }

  return (operations) =>
    pipe(
      forward(operations),
      map((result) => (result.operation.kind === "subscription" ? withoutOld(result) : result)),
      tap((result) => {
        if (note(result.data) && result.operation.kind === "query") {
          const { operation } = result;
          const again = client.createRequestOperation("query", operation, {
            ...operation.context,
            requestPolicy: "network-only",
          });
          setTimeout(() => client.reexecuteOperation(again));
        }
      }),
    );
};
