// Apollo Client: queries and mutations over HTTP, subscriptions over the live client, and one cache
// entry a deal, whether it is still a lead or an opportunity by now.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, defaultDataIdFromObject } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';

export const DEALS = ['Opportunity', 'Lead'];

// A deal keeps its id when it is converted, so what is keyed by `Deal:ID` turns with it.
export const createCache = () =>
  new InMemoryCache({
    possibleTypes: { Deal: DEALS },
    dataIdFromObject: (object) =>
      DEALS.includes(object.__typename) && object.id
        ? `Deal:${object.id}`
        : defaultDataIdFromObject(object),
  });

export function createApolloClient({ url, token, live }) {
  const authorised = new SetContextLink(async ({ headers }) => ({
    headers: { ...headers, authorization: `Bearer ${await token()}` },
  }));
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      new GraphQLWsLink(live),
      authorised.concat(new HttpLink({ uri: url })),
    ),
    cache: createCache(),
  });
}
