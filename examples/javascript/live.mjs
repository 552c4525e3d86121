// One websocket for all live operations of an application. It comes back after every cut, goes on
// after the last cursor of each stream, brings fresh tokens, and notices a connection that died in
// silence. Made of the stock graphql-ws client; Apollo Client, urql and Relay take it as it is.
//
//   const live = createLiveClient({ url: 'wss://HOST/graphql', token: async () => '…' });
//   live.subscribe(
//     { query: 'subscription ($after: Cursor) { followedDealUpdates(after: $after) { kind cursor … } }' },
//     { next: ({ data }) => …, error: (reason) => …, complete: () => … },
//   );
//
// A stream that declares `$after: Cursor` and selects `cursor` is resumed; nobody has to set it.
// `error` is final: errors of GraphQL, or the close event of a code that forbids to come back.

import { createClient } from 'graphql-ws';

const LONGEST_TIMER = 2 ** 31 - 1;

export function createLiveClient({
  url,
  token, // () => Promise of a token that has not ended
  silence = 20_000, // a connection from which nothing comes for so long is dead
  streamSilence = 45_000, // and so is a stream without even a HEARTBEAT, which comes after 15 s
  retryWait = backOff,
  ...options
}) {
  let socket, authorization, renewal;

  const readToken = async () => {
    authorization = `Bearer ${await token()}`;
    return { authorization };
  };
  // The pong says how long the token lasts.
  const sendToken = () => {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify({ type: 'ping', payload: { authorization } }));
  };
  // Where no token can be had now, the socket ends with 4403, and coming back asks again.
  const renew = () => readToken().then(sendToken, () => {});

  const client = createClient({
    url,
    retryAttempts: Infinity,
    // A refused connection is an error event, which is by default the end of every subscription.
    shouldRetry: () => true,
    retryWait,
    connectionParams: readToken,
    // Pings, so that a healthy server is heard more often than the watchdog asks for.
    keepAlive: silence / 2,
    ...options,
  });
  const watchdog = alarm(silence, client.terminate);

  client.on('connecting', watchdog.putOff);
  client.on('message', watchdog.putOff);
  client.on('opened', (opened) => { socket = opened; });
  client.on('connected', sendToken);
  client.on('pong', (received, payload) => {
    if (!received || !payload?.expiresAt) return;
    const half = (Date.parse(payload.expiresAt) - Date.now()) / 2;
    clearTimeout(renewal);
    renewal = setTimeout(renew, Math.min(Math.max(half, 1_000), LONGEST_TIMER));
  });
  client.on('closed', () => {
    watchdog.stop();
    clearTimeout(renewal);
    // What a terminated connection still held back would come twice.
    if (socket) socket.onmessage = null;
  });

  return {
    on: client.on,
    terminate: client.terminate,
    dispose: client.dispose,
    subscribe: (payload, sink) =>
      /\$after\s*:\s*Cursor\b/.test(payload.query)
        ? resume(client, payload, sink, streamSilence)
        : client.subscribe(payload, sink),
  };
}

// The payload is sent again at every connect, and its getter then answers with the newest cursor.
function resume(client, payload, sink, streamSilence) {
  let cursor = payload.variables?.after ?? null;
  const variables = { ...payload.variables, get after() { return cursor; } };
  const watchdog = alarm(streamSilence, client.terminate);
  const forget = client.on('closed', watchdog.stop);
  const end = () => {
    watchdog.stop();
    forget();
  };
  const stop = client.subscribe({ ...payload, variables }, {
    next(result) {
      watchdog.putOff();
      cursor = Object.values(result.data ?? {})[0]?.cursor ?? cursor;
      sink.next(result);
    },
    error(reason) {
      end();
      sink.error(reason);
    },
    complete() {
      end();
      sink.complete();
    },
  });
  return () => {
    end();
    stop();
  };
}

// Rings once when nobody has put it off for so long.
function alarm(milliseconds, ring) {
  let timer;
  const stop = () => clearTimeout(timer);
  const putOff = () => {
    stop();
    timer = setTimeout(ring, milliseconds);
  };
  return { putOff, stop };
}

// From half a second to half a minute, at random, so that not all come back at the same moment.
function backOff(retries) {
  const longest = Math.min(500 * 2 ** retries, 30_000);
  return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}
