/** The websocket of a client that loses nothing: it comes back for ever, with a fresh token, after the last cursor. */

import { type Client, createClient } from "graphql-ws";
import { endSession, expiresAt, freshToken, session } from "../session";
import type { Connection, StreamItem } from "./connection";

const UNAUTHORIZED = 4401;
const TOKEN_ENDED = 4403;
const LONGEST_WAIT = 8_000;
/** The server sends a heartbeat after 15 s of silence. */
const SILENCE = 35_000;

interface Sink {
  next(result: never): void;
  error(error: unknown): void;
  complete(): void;
}

export interface Live {
  /** Follows a stream over every cut; what it returns ends it. */
  follow(query: string, variables: Record<string, unknown>, sink: Sink): () => void;
  close(): void;
}

export function openSocket(connection: Connection): Live {
  let ended = false;
  let renewal: ReturnType<typeof setTimeout> | undefined;
  const client: Client = createClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: wait,
    lazyCloseTimeout: 5_000,
    keepAlive: 20_000,
    connectionParams: async () => {
      const token = await freshToken(ended);
      ended = false;
      return { authorization: `Bearer ${token}` };
    },
    on: {
      connected(socket) {
        connection.opened();
        const renew = async () => {
          try {
            // A fresh token is taken on the live socket: nothing is cut.
            const token = await freshToken(true);
            (socket as WebSocket).send(
              JSON.stringify({ type: "ping", payload: { authorization: `Bearer ${token}` } }),
            );
            plan(token);
          } catch {
            // The server will end the socket when the token has ended, and we come back with another.
          }
        };
        const plan = (token: string) => {
          const left = expiresAt(token) - Date.now();
          if (left < 2 ** 31) renewal = setTimeout(renew, Math.max(left * 0.8, 1_000));
        };
        clearTimeout(renewal);
        void freshToken().then(plan);
      },
      closed(event) {
        clearTimeout(renewal);
        const code = (event as CloseEvent).code;
        ended = code === TOKEN_ENDED;
        // A token that was pasted cannot be renewed here: somebody has to bring another.
        if (code === UNAUTHORIZED || (ended && !session.get()?.email)) endSession();
        connection.cut();
      },
    },
  });
  const drop = () => client.terminate();
  window.addEventListener("offline", drop);

  return {
    follow(query, variables, sink) {
      const stream = {};
      let cursor = variables.after as string | undefined;
      let watchdog: ReturnType<typeof setTimeout>;
      const watch = () => {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => {
          client.terminate();
          watch();
        }, SILENCE);
      };
      connection.began(stream);
      watch();
      const stop = client.subscribe(
        {
          query,
          variables: {
            ...variables,
            // Read anew each time the operation is sent: it resumes after the newest item.
            get after() {
              return cursor;
            },
          },
        },
        {
          next(result) {
            watch();
            sink.next(result as never);
            for (const item of Object.values(result.data ?? {}) as StreamItem[]) {
              if (item.cursor) cursor = item.cursor;
              connection.item(stream, item);
            }
          },
          error: sink.error.bind(sink),
          complete() {
            clearTimeout(watchdog);
            connection.over(stream);
            sink.complete();
          },
        },
      );
      return () => {
        clearTimeout(watchdog);
        connection.over(stream);
        stop();
      };
    },
    close() {
      window.removeEventListener("offline", drop);
      clearTimeout(renewal);
      void client.dispose();
    },
  };
}

/** Longer after each try, and not everybody at once; at once when the network is back. */
async function wait(tries: number): Promise<void> {
  const longest = Math.min(250 * 2 ** tries, LONGEST_WAIT);
  await new Promise<void>((resolve) => {
    const go = () => {
      window.removeEventListener("online", go);
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(go, longest * (0.5 + Math.random() / 2));
    window.addEventListener("online", go);
  });
}
