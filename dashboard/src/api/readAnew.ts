import type { AnyVariables, Client, DocumentInput, OperationResult } from "urql";
import { filter, pipe, subscribe, take } from "wonka";

/**
 * Asks the server, also for what no part of the page shows at this moment: it may be about to, and would
 * be shown as it was. A promise would be content with what the cache says of it meanwhile, and the
 * question would be withdrawn.
 */
export function readAnew<Data, Variables extends AnyVariables>(
  client: Client,
  query: DocumentInput<Data, Variables>,
  variables: Variables,
): void {
  pipe(
    client.query(query, variables, { requestPolicy: "network-only" }),
    filter(isOfServer),
    take(1),
    subscribe(() => undefined),
  );
}

const isOfServer = ({ operation }: OperationResult): boolean =>
  !["hit", "partial"].includes(operation.context.meta?.cacheOutcome ?? "miss");
