/**
 * News may overtake each other: a stream's item, the answer of a mutation, a query that was slower.
 * Every deal carries a `revision`; what is older than what we hold brings no state that stays.
 * And what happened before a deal's stream began is in none of its items: what was answered
 * earlier, such as the comments of a page that is come back to, is asked for again.
 */

import type { Client, Exchange, Operation, OperationResult } from "urql";
import { map, pipe, tap } from "wonka";
import { DealDocument } from "../graphql";
import { readAnew } from "./readAnew";

interface Versioned {
  id: string;
  revision: number;
}

type Stream = Record<string, { kind: string; deal?: Versioned | null }>;

export const revisions: Exchange = ({ client, forward }) => {
  const newest = new Map<string, number>();
  /** What each query of a single deal was last answered with. */
  const answers = new Map<number, Versioned & { operation: Operation }>();

  /** Deals that come from a copy of before count anew. */
  function forget(): void {
    newest.clear();
    for (const answer of answers.values()) answer.revision = -1;
  }

  function catchUp({ operation, data }: OperationResult): void {
    if (operation.kind !== "subscription") return;
    for (const { kind, deal } of Object.values((data ?? {}) as Stream)) {
      if (kind === "RESYNC") forget();
      if (kind !== "SNAPSHOT" || !deal) continue;
      for (const { operation, id, revision } of answers.values()) {
        if (id === deal.id && revision < deal.revision) ask(client, operation);
      }
    }
  }

  function withoutOld(result: OperationResult): OperationResult {
    if (result.operation.kind !== "subscription") return result;
    const [[name, item] = []] = Object.entries((result.data ?? {}) as Stream);
    if (!name || !item?.deal || item.deal.revision >= (newest.get(item.deal.id) ?? 0)) return result;
    return { ...result, data: { [name]: { ...item, deal: null } } };
  }

  /** The ids of the deals that are older in it than what was seen of them. */
  function overtaken(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap(overtaken);
    if (value === null || typeof value !== "object") return [];
    const older = Object.values(value).flatMap(overtaken);
    const { id, revision } = value as Partial<Versioned>;
    if (typeof id === "string" && typeof revision === "number") {
      const known = newest.get(id) ?? 0;
      if (revision < known) older.push(id);
      newest.set(id, Math.max(known, revision));
    }
    return older;
  }

  // A change must not be sent again: the deals that it was answered with are read.
  function note({ operation, data }: OperationResult): void {
    const older = overtaken(data);
    if (operation.kind === "mutation") older.forEach((id) => ask(client, { query: DealDocument, variables: { id } }));
    if (operation.kind !== "query") return;
    if (older.length) ask(client, operation);
    const { deal } = (data ?? {}) as { deal?: Versioned | null };
    if (typeof deal?.revision === "number") answers.set(operation.key, { operation, id: deal.id, revision: deal.revision });
  }

  return (operations) => pipe(forward(operations), tap(catchUp), map(withoutOld), tap(note));
};

/** Once the result in hand is in the cache, which is written to after us. */
function ask(client: Client, { query, variables }: Pick<Operation, "query" | "variables">): void {
  setTimeout(() => void readAnew(client, query, variables));
}
