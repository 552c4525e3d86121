// Stock graphql-ws clients, each of which makes the server close its socket with the code it is named for
// (but for 1012, which the server does by itself, and 1013, for which the operation Fault has to fail there).
//
//   GOOD=TOKEN ENDED=TOKEN node closes.mjs ws://HOST:PORT/graphql
//
// Prints {"code":…,"closed":…,"outcome":"comes back"|"stops"} for each, and {"code":…,"waits":true} for 1012.

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url] = process.argv.slice(2);
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const say = (socket, message) => socket.send(JSON.stringify(message));
const signedInAs = (token) => ({ authorization: `Bearer ${token}` });

class WithoutProtocol extends WebSocket {
  constructor(address) { super(address); }
}

const CAUSES = {
  1012: { on: { connected: () => print({ code: 1012, waits: true }) } },
  1013: { operationName: 'Fault' },
  4400: { on: { connected: (socket) => socket.send('no message') } },
  4401: { connectionParams: signedInAs('forged') },
  4403: { connectionParams: signedInAs(process.env.ENDED) },
  4406: { webSocketImpl: WithoutProtocol },
  4408: { connectionParams: () => new Promise(() => {}) },
  4409: { generateID: () => 'the same', subscriptions: 2 },
  4429: { on: { connected: (socket) => say(socket, { type: 'connection_init' }) } },
};

for (const [name, { subscriptions = 1, operationName = 'Follow', ...cause }] of Object.entries(CAUSES)) {
  let closed, told = false;
  const tell = (outcome) => {
    if (!told) print({ code: Number(name), closed, outcome });
    told = true;
    stops.forEach((stop) => stop());
  };
  const stops = [];
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryWait: () => pause(20),
    connectionParams: signedInAs(process.env.GOOD),
    ...cause,
  });
  client.on('closed', (event) => { closed ??= event.code; });
  client.on('connecting', (again) => again && tell('comes back'));
  for (let count = 0; count < subscriptions; count += 1) {
    const query = `subscription ${operationName} { followedDealUpdates { kind cursor } }`;
    stops.push(client.subscribe({ operationName, query }, {
      next: () => {},
      error: () => tell('stops'),
      complete: () => tell('completes'),
    }));
  }
}
