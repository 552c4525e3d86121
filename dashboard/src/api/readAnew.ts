import type { AnyVariables, Client, DocumentInput, Operation, OperationResult } from "urql";
import { filter, pipe, take, toPromise } from "wonka";

const LONGEST_WAIT = 30_000;

/** The answer of the server, not of the cache, with which a promise of urql's would be content meanwhile. */
export const askServer = <Data, Variables extends AnyVariables>(
  client: Client,
  query: DocumentInput<Data, Variables>,
  variables: Variables,
): Promise<OperationResult<Data, Variables>> =>
  pipe(client.query(query, variables, { requestPolicy: "network-only" }), filter(({ operation }) => isOfServer(operation)), take(1), toPromise);

/**
 * Asks until it is answered, also for what no part of the page shows at this moment: it may be about to,
 * and would be shown as it was.
 */
export async function readAnew<Data, Variables extends AnyVariables>(
  client: Client,
  query: DocumentInput<Data, Variables>,
  variables: Variables,
  wait = 1_000,
): Promise<void> {
  const { error } = await askServer(client, query, variables);
  if (!error?.networkError) return;
  setTimeout(() => void readAnew(client, query, variables, Math.min(2 * wait, LONGEST_WAIT)), wait);
}

const isOfServer = ({ context }: Operation): boolean =>
  !["hit", "partial"].includes(context.meta?.cacheOutcome ?? "miss");
