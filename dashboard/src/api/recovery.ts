/** What could not be loaded without a connection is loaded by itself once there is one again. */

import type { Exchange, Operation } from "urql";
import { pipe, tap } from "wonka";
import type { Connection } from "../live/connection";

export const recovery =
  ({ state }: Connection): Exchange =>
  ({ client, forward }) => {
    const failed = new Map<number, Operation>();

    function again() {
      if (state.get().phase !== "live") return;
      const operations = [...failed.values()];
      failed.clear();
      for (const operation of operations) {
        // Those that no page shows any more are left alone by the client.
        const { context } = operation;
        client.reexecuteOperation(client.createRequestOperation("query", operation, { ...context, requestPolicy: "network-only" }));
      }
    }
    state.subscribe(again);

    return (operations) =>
      pipe(
        forward(operations),
        tap(({ operation, error }) => {
          if (operation.kind !== "query") return;
          if (error?.networkError) failed.set(operation.key, operation);
          else failed.delete(operation.key);
        }),
      );
  };
