import { FOLLOW, GET } from './documents.mjs';
import { createUrqlClient } from './recipes/urql.mjs';

export async function follow({ deal, sink, print, ...given }) {
  const client = createUrqlClient(given);
  if (deal) {
    await client.query(GET, { id: deal }).toPromise();
    client.query(GET, { id: deal }).subscribe(({ data }) => print({ deal: data.deal }));
  }
  client.subscription(FOLLOW, {}).subscribe(({ data, error }) => (error ? sink.error(error) : sink.next({ data })));
}
