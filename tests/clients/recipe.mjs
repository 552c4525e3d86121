// A client made as examples/javascript/ has it: "live" (graphql-ws alone), "apollo", "urql" or "relay".
// It follows all of its user's deals, and keeps the deal DEAL in its cache, if it has one.
//
//   [TOKEN=…] [DEAL=…] [SILENCE=…] [STREAM_SILENCE=…] node --preserve-symlinks --preserve-symlinks-main recipe.mjs KIND HTTP_URL
//
// Prints {"event":NAME,…} of the connection, {"token":"asked"} when it wants one, {"item":{…}} of the
// stream, {"deal":{…}} as the cache answers now, {"error":…} and {"complete":true}. A line
// {"token":"…"} on stdin is the token from then on, for which it waits without TOKEN; closing stdin ends it.

import { createInterface } from 'node:readline';
import WebSocket from 'ws';
import { createLiveClient } from './recipes/live.mjs';

globalThis.WebSocket ??= WebSocket; // as in browsers, and in Node 22

const [kind, http] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
let current = process.env.TOKEN;
let given;
const first = new Promise((resolve) => { given = resolve; });

const token = async () => {
  print({ token: 'asked' });
  current ??= await first;
  return current;
};
const live = createLiveClient({
  url: `${http.replace('http', 'ws')}/graphql`,
  token,
  silence: Number(process.env.SILENCE ?? 20_000),
  streamSilence: Number(process.env.STREAM_SILENCE ?? 45_000),
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
});
live.on('connected', () => print({ event: 'connected' }));
live.on('closed', ({ code }) => print({ event: 'closed', code }));
live.on('pong', (received, payload) => payload && print({ event: 'pong', ...payload }));

const sink = {
  next: ({ data }) => print({ item: data.followedDealUpdates }),
  error: (error) => print({ error: error.code ?? String(error.message ?? error) }),
  complete: () => print({ complete: true }),
};
const { follow } = await import(`./${kind}.mjs`);
await follow({ url: `${http}/graphql`, token, live, deal: process.env.DEAL, sink, print });

for await (const line of createInterface({ input: process.stdin })) {
  current = JSON.parse(line).token;
  given(current);
}
process.exit();
