/** Which page is shown: told by the part of the address behind #, which never reaches the server. */

import { useSyncExternalStore } from "react";

const LISTS = ["leads", "contacts", "inbox", "users"] as const;

export type Route = { page: "board" } | { page: (typeof LISTS)[number] } | { page: "deal"; id: string } | { page: "none" };

export const href = (route: Exclude<Route, { page: "none" }>): string =>
  route.page === "deal" ? `#/deal/${route.id}` : route.page === "board" ? "#/" : `#/${route.page}`;

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  return () => window.removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const [page, id] = hash.replace(/^#?\/?/, "").split("/");
  if (page === "deal" && id) return { page, id };
  return { page: page ? (LISTS.find((list) => list === page) ?? "none") : "board" };
}
