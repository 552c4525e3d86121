import { authExchange } from "@urql/exchange-auth";
import { Client, composeExchanges, fetchExchange, subscriptionExchange } from "urql";
import type { Connection } from "../live/connection";
import type { Live } from "../live/socket";
import { endSession, freshToken, session } from "../session";
import { byArrival } from "./arrival";
import { cache } from "./cache";
import { recovery } from "./recovery";
import { revisions } from "./revisions";

export function createClient(live: Live, connection: Connection): Client {
  return new Client({
    url: "/graphql",
    preferGetMethod: false,
    exchanges: [
      recovery(connection),
      byArrival(composeExchanges([cache, revisions])),
      authExchange((utils) =>
        Promise.resolve({
          addAuthToOperation: (operation) =>
            utils.appendHeaders(operation, { Authorization: `Bearer ${session.get()?.token ?? ""}` }),
          didAuthError: (error) => error.graphQLErrors.some((one) => one.extensions.code === "UNAUTHENTICATED"),
          async refreshAuth() {
            if (session.get()?.email) await freshToken(true);
            else endSession();
          },
        }),
      ),
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: live.follow(query!, variables as Record<string, unknown>, {
              next: sink.next.bind(sink),
              error: (error) => sink.error(error),
              complete: sink.complete.bind(sink),
            }),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
}
