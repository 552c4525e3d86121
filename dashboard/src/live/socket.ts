/** The websocket of the dashboard: the README's recipe, which also tells how it stands with connection and session. */

import { createLiveClient } from "../../../examples/javascript/live.mjs";
import { endSession, freshToken, session } from "../session";
import type { Connection, StreamItem } from "./connection";

const UNAUTHORIZED = 4401;
const TOKEN_ENDED = 4403;
const LONGEST_WAIT = 8_000;

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
  const live = createLiveClient({
    url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
    token: () => freshToken(ended),
    retryWait: wait,
    lazyCloseTimeout: 5_000,
  });
  live.on("connected", () => {
    ended = false;
    connection.opened();
  });
  live.on("closed", (event) => {
    const { code } = event as CloseEvent;
    ended = code === TOKEN_ENDED;
    // A token that was pasted cannot be renewed here: somebody has to bring another.
    if (code === UNAUTHORIZED || (ended && !session.get()?.email)) endSession();
    connection.cut();
  });
  window.addEventListener("offline", live.terminate);

  return {
    follow(query, variables, sink) {
      const stream = {};
      connection.began(stream);
      const stop = live.subscribe<Record<string, StreamItem>>(
        { query, variables },
        {
          next(result) {
            sink.next(result as never);
            for (const item of Object.values(result.data ?? {})) connection.item(stream, item);
          },
          error: sink.error.bind(sink),
          complete() {
            connection.over(stream);
            sink.complete();
          },
        },
      );
      return () => {
        connection.over(stream);
        stop();
      };
    },
    close() {
      window.removeEventListener("offline", live.terminate);
      void live.dispose();
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
