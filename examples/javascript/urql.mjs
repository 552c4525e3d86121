// urql: queries and mutations over HTTP, subscriptions over the live client, and one cache entry a
// deal, whether it is still a lead or an opportunity by now.

import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';

export const DEALS = ['Opportunity', 'Lead'];

const dealKey = ({ id }) => id && `Deal:${id}`;

// A deal keeps its id when it is converted, so what is keyed by `Deal:ID` turns with it.
export const createCache = () =>
  cacheExchange({
    possibleTypes: { Deal: DEALS },
    globalIDs: DEALS, // leaves the key as it is: without the name of the type before it
    keys: {
      Opportunity: dealKey,
      Lead: dealKey,
      // Parts of what they stand in, without an id of their own.
      DealUpdate: () => null,
      FieldChange: () => null,
      Money: () => null,
      Participant: () => null,
      Subscriber: () => null,
      ViewerSubscription: () => null,
    },
  });

export function createUrqlClient({ url, token, live }) {
  return new Client({
    url,
    fetch: async (input, init) =>
      fetch(input, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${await token()}` },
      }),
    exchanges: [
      createCache(),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({ unsubscribe: live.subscribe(request, sink) }),
        }),
      }),
    ],
  });
}
