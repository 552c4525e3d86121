// A stock graphql-ws client that prints what it hears, one JSON object a line, and comes back by
// itself with the last cursor it was given.
//
//   TOKEN=… node follow.mjs ws://HOST:PORT/graphql 'subscription …' '{"id": "…"}'
//
// Prints {"event":"connected"}, {"event":"closed","code":…,"reason":…}, {"next":{…}},
// {"error":…}, {"complete":true}. A line {"mutate":{"query":…,"variables":…}} on stdin runs on the
// same socket and prints {"result":{…}} or {"error":…}. End it by closing stdin, or by SIGTERM.

import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, query, variablesJson = '{}'] = process.argv.slice(2);
const fixed = JSON.parse(variablesJson);
let lastCursor = fixed.after ?? null;

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

// An Error or CloseEvent has nothing of its own that JSON shows.
const shown = (error) => {
  if (Array.isArray(error)) return error;
  if (error?.code !== undefined) return { code: error.code, reason: error.reason };
  return { message: String(error?.message ?? error) };
};

// Every stream answers with one root field, which carries the cursor.
const remember = (result) => {
  const [update] = Object.values(result.data ?? {});
  lastCursor = update?.cursor ?? lastCursor;
};

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  retryAttempts: Infinity,
  // By default only closed sockets are retried: one that could not be opened would be the end.
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 100)),
  connectionParams: async () =>
    process.env.TOKEN ? { authorization: `Bearer ${process.env.TOKEN}` } : undefined,
  on: {
    connected: () => print({ event: 'connected' }),
    closed: ({ code, reason }) => print({ event: 'closed', code, reason }),
  },
});

// The payload is the same object at every connect: the getter is what makes it resume.
client.subscribe(
  { query, variables: { ...fixed, get after() { return lastCursor; } } },
  {
    next: (result) => { remember(result); print({ next: result }); },
    error: (error) => print({ error: shown(error) }),
    complete: () => print({ complete: true }),
  },
);

for await (const line of createInterface({ input: process.stdin })) {
  client.subscribe(JSON.parse(line).mutate, {
    next: (result) => print({ result }),
    error: (error) => print({ error: shown(error) }),
    complete: () => {},
  });
}
await client.dispose();
