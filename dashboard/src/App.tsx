import { useEffect, useState } from "react";
import { Provider } from "urql";
import { createClient } from "./api/client";
import { Connection } from "./live/connection";
import { LiveInbox, LiveLists } from "./live/LiveLists";
import { openSocket } from "./live/socket";
import { BoardPage } from "./pages/BoardPage";
import { ContactsPage } from "./pages/ContactsPage";
import { DealPage } from "./pages/DealPage";
import { InboxPage } from "./pages/InboxPage";
import { LeadsPage } from "./pages/LeadsPage";
import { SignInPage } from "./pages/SignInPage";
import { UsersPage } from "./pages/UsersPage";
import { Missing } from "./parts/Missing";
import { Notices } from "./parts/Notices";
import { Shell } from "./parts/Shell";
import { useRoute } from "./route";
import { session } from "./session";
import { useStore } from "./store";
import { text } from "./text";

export function App() {
  const current = useStore(session);
  // Another person gets another client, with a cache of their own; a fresh token of the same person does not.
  return current ? <SignedIn key={current.email ?? current.token} /> : <SignInPage />;
}

function SignedIn() {
  const [{ client, connection, live }] = useState(() => {
    const connection = new Connection();
    const live = openSocket(connection);
    return { client: createClient(live, connection), connection, live };
  });
  useEffect(() => live.close, [live]);
  const route = useRoute();
  return (
    <Provider value={client}>
      <LiveLists />
      <LiveInbox />
      <Shell connection={connection} route={route}>
        {route.page === "board" && <BoardPage />}
        {route.page === "leads" && <LeadsPage />}
        {route.page === "contacts" && <ContactsPage />}
        {route.page === "inbox" && <InboxPage />}
        {route.page === "users" && <UsersPage />}
        {route.page === "none" && <Missing words={text.noSuchPage} />}
        {route.page === "deal" && <DealPage key={route.id} id={route.id} />}
      </Shell>
      <Notices />
    </Provider>
  );
}
