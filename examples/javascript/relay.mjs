// Relay: queries and mutations over HTTP, subscriptions over the live client. Records are kept by
// their id alone, so a converted lead's record becomes the opportunity's. Relay warns of it in
// development ("conflicting types"), and then does what is right.

import { Environment, Network, Observable, RecordSource, ROOT_TYPE, Store } from 'relay-runtime';

export function createRelayEnvironment({ url, token, live }) {
  const fetchOperation = async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  };
  const subscribe = ({ text }, variables) =>
    Observable.create((sink) => live.subscribe({ query: text, variables }, sink));
  return new Environment({
    network: Network.create(fetchOperation, subscribe),
    store: new Store(new RecordSource()),
    missingFieldHandlers: [
      {
        // A deal that is known from a list or a stream needs no request of its own.
        kind: 'linked',
        handle: (field, parent, { id }) =>
          parent?.getType() === ROOT_TYPE && ['deal', 'node'].includes(field.name) ? id : undefined,
      },
    ],
  });
}
