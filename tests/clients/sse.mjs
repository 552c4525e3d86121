// The stock graphql-sse client: follows all of its user's deals, and resumes after the last cursor it got.
//
//   node sse.mjs HTTP_URL
//
// Asks for each token it needs by {"token":"asked"}, and takes the next line {"token":"…"} of stdin for it.
// Prints {"item":{…}} of the stream, {"result":{…}} of a mutation given as {"query":…,"variables":…} on stdin,
// {"error":…} and {"complete":true}.

import { createInterface } from 'node:readline';
import { createClient } from 'graphql-sse';
import { FOLLOW } from './documents.mjs';

const [http] = process.argv.slice(2);
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
let cursor = null;
let answer;

const client = createClient({
  url: `${http}/graphql`,
  retryAttempts: Infinity,
  retry: () => new Promise((resolve) => setTimeout(resolve, 20)),
  headers: async () => {
    const token = new Promise((resolve) => { answer = resolve; });
    print({ token: 'asked' });
    return { authorization: `Bearer ${await token}` };
  },
});
const ended = {
  error: (error) => print({ error: String(error.message ?? error) }),
  complete: () => print({ complete: true }),
};
client.subscribe({ query: FOLLOW, variables: { get after() { return cursor; } } }, {
  next: (result) => {
    cursor = result.data?.followedDealUpdates.cursor ?? cursor;
    print(result.data ? { item: result.data.followedDealUpdates } : { refused: result.errors });
  },
  ...ended,
});

for await (const line of createInterface({ input: process.stdin })) {
  const said = JSON.parse(line);
  if (said.token) answer(said.token);
  else client.subscribe(said, { next: (result) => print({ result }), ...ended });
}
process.exit();
