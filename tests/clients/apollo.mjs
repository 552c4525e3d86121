import { gql } from '@apollo/client';
import { FOLLOW, GET } from './documents.mjs';
import { createApolloClient } from './recipes/apollo.mjs';

export async function follow({ deal, sink, print, ...given }) {
  const client = createApolloClient(given);
  if (deal) {
    const asked = { query: gql(GET), variables: { id: deal } };
    await client.query(asked);
    client.watchQuery(asked).subscribe(({ data }) => print({ deal: data.deal, kept: kept(client) }));
  }
  client.subscribe({ query: gql(FOLLOW) }).subscribe(sink);
}

const kept = (client) => Object.keys(client.cache.extract()).filter((key) => /deal_/.test(key));
