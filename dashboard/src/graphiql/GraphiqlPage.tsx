import { useEffect, useRef, useState } from "react";
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { maySave } from "../kept";
import { session } from "../session";
import { useStore } from "../store";
import { keepAccessible } from "./accessible";
import { openFetcher } from "./fetcher";
import { SignInBar } from "./SignInBar";

const PLUGINS = [explorerPlugin(), HISTORY_PLUGIN];
// Without one that may be used it keeps nothing; with none named it would look for one itself, and break.
const STORAGE = maySave(() => localStorage) ? localStorage : (null as never);
const WELCOME = `# Queries and mutations go over HTTP, subscriptions over a websocket.
# Try the subscription in one window, and change the deal in another.

query Deals {
  opportunities(first: 5, search: "Enterprise") {
    nodes { id name version contact { id fullName } }
    cursor
  }
}

subscription Follow {
  followedDealUpdates {
    kind
    cursor
    event { kind actor { fullName } changes { field before after } }
    deal { id name }
  }
}
`;

export function GraphiqlPage() {
  const current = useStore(session);
  return (
    <>
      <SignInBar />
      {/* Another person gets another socket, and no answers of the one before. */}
      {current && <Explorer key={current.email ?? current.token} />}
    </>
  );
}

function Explorer() {
  const [{ fetcher, close }] = useState(openFetcher);
  const page = useRef<HTMLElement>(null);
  useEffect(() => close, [close]);
  useEffect(() => keepAccessible(page.current!), []);
  return (
    <main className="explorer" ref={page}>
      <GraphiQL fetcher={fetcher} plugins={PLUGINS} defaultQuery={WELCOME} shouldPersistHeaders={false} storage={STORAGE} />
    </main>
  );
}
