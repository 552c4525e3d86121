import { type Fetcher, createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";
import { freshToken } from "../session";

/** Sends operations as the one who is signed in: over HTTP, and subscriptions over graphql-transport-ws. */
export function openFetcher(): { fetcher: Fetcher; close(): void } {
  const socket = createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    retryAttempts: Infinity,
    connectionParams: async () => ({ authorization: `Bearer ${await freshToken()}` }),
  });
  const fetcher = createGraphiQLFetcher({
    url: "/graphql",
    wsClient: socket,
    fetch: async (url, options) => {
      const headers = new Headers(options?.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${await freshToken()}`);
      return fetch(url, { ...options, headers });
    },
  });
  return { fetcher, close: () => void socket.dispose() };
}
