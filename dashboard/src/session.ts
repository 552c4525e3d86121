/** Who is signed in, in this window: two windows side by side may be two people. */

import { dropUnanswered } from "./api/unanswered";
import { dropDrafts } from "./drafts";
import { kept } from "./kept";
import { createStore } from "./store";

export interface Session {
  token: string;
  /** Set for the demo's people, who get a fresh token for the asking. */
  email?: string;
}

export interface DemoPerson {
  email: string;
  fullName: string;
  role: string;
  organisation: string;
}

const EARLY = 60_000;

const stored = kept(() => sessionStorage, "dealcast.session");
export const session = createStore(JSON.parse(stored.get() ?? "null") as Session | null);
/** Why somebody who was signed in is not any more. */
export const ended = createStore<boolean>(false);

function keep(next: Session | null) {
  stored.set(next && JSON.stringify(next));
  session.set(next);
}

/** The demo's people, or null where there is no demo. */
export async function demoPeople(): Promise<DemoPerson[] | null> {
  const response = await fetch("/demo/people");
  if (!response.ok) return null;
  return ((await response.json()) as { people: DemoPerson[] }).people;
}

/** Throws where it is refused, with the status as its cause, or cannot be reached. */
async function demoToken(email: string): Promise<string> {
  const response = await fetch("/demo/sign-in", { method: "POST", body: JSON.stringify({ email }) });
  if (!response.ok) throw new Error(`the demo answers ${response.status}`, { cause: response.status });
  return ((await response.json()) as { token: string }).token;
}

export async function signInAs(email: string): Promise<void> {
  const token = await demoToken(email);
  ended.set(false);
  keep({ token, email });
}

export function signInWith(token: string): void {
  ended.set(false);
  keep({ token: token.trim().replace(/^Bearer\s+/i, "") });
}

export function signOut(): void {
  dropDrafts();
  dropUnanswered();
  keep(null);
}

/** The server does not accept us any more. */
export function endSession(): void {
  if (session.get()) ended.set(true);
  keep(null);
}

/** Milliseconds since the epoch; a token that cannot be read is left to the server. */
export function expiresAt(token: string): number {
  try {
    const payload = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    return (JSON.parse(atob(payload)) as { exp: number }).exp * 1000;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** A token that is good for a while longer, fetched anew where that can be done. */
export async function freshToken(force = false): Promise<string> {
  const current = session.get();
  if (!current) return "";
  const { email } = current;
  if (!email || !(force || expiresAt(current.token) - Date.now() < EARLY)) return current.token;
  try {
    const token = await demoToken(email);
    if (session.get()?.email === email) keep({ token, email });
    return token;
  } catch (error) {
    // Refused: they have to sign in anew. Unreachable: whoever needs the token tries again.
    if (error instanceof Error && Number(error.cause) < 500) endSession();
    return current.token;
  }
}
