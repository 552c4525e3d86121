import type { ReactNode } from "react";
import type { Connection } from "../live/connection";
import { unread } from "../inbox";
import { type Route, href } from "../route";
import { signOut } from "../session";
import { useStore } from "../store";
import { text } from "../text";
import { toggleTheme } from "../theme";
import { useViewer } from "../viewer";
import { Avatar } from "./Avatar";
import { ConnectionState } from "./ConnectionState";
import { Logo } from "./Logo";

interface Props {
  connection: Connection;
  route: Route;
  children: ReactNode;
}

export function Shell({ connection, route, children }: Props) {
  const viewer = useViewer();
  const count = useStore(unread);
  const link = (page: "board" | "leads" | "contacts" | "users", label: string) => (
    <a href={href({ page })} aria-current={route.page === page ? "page" : undefined}>
      {label}
    </a>
  );
  return (
    <>
      <a className="skip" href="#content" onClick={(event) => (event.preventDefault(), document.getElementById("content")?.focus())}>
        {text.skip}
      </a>
      <header className="bar">
        <p className="brand">
          <Logo /> <span>Dealcast</span>
        </p>
        <nav aria-label="Dealcast">
          {link("board", text.board)}
          {link("leads", text.leads)}
          {link("contacts", text.contacts)}
          <a href={href({ page: "inbox" })} aria-current={route.page === "inbox" ? "page" : undefined}>
            {text.inbox}
            {count > 0 && (
              <span className="number unread" role="status" aria-label={text.unread(count)}>
                {count}
              </span>
            )}
          </a>
          {viewer?.role === "ADMIN" && link("users", text.users)}
          <a href="/graphql">{text.graphiql}</a>
        </nav>
        <ConnectionState connection={connection} />
        <div className="account">
          <button type="button" className="bare" onClick={toggleTheme} aria-label={text.theme} title={text.theme}>
            ◐
          </button>
          {viewer && (
            <>
              <span className="viewer" title={text.account(viewer.fullName)}>
                <Avatar name={viewer.fullName} />
                <span>{viewer.fullName}</span>
              </span>
              <button type="button" className="bare" onClick={signOut}>
                {text.signOut}
              </button>
            </>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}
