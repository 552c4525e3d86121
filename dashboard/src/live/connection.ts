/** How does it stand between us and the server? Shown at all times, so that nothing is stale in silence. */

import { createStore } from "../store";
import type { UpdateKind } from "../graphql";

export interface State {
  phase: "connecting" | "live" | "reconnecting";
  /** After a cut: how many changes were missed and have been received since; ANEW where nobody can tell. */
  caughtUp: number | "ANEW" | null;
  /** Since when it has been cut. */
  since: number | null;
}

/** What every item of a stream has. */
export interface StreamItem {
  kind: UpdateKind;
  cursor: string;
  event?: { id: string } | null;
}

const SHOWN_FOR = 10_000;

export class Connection {
  readonly state = createStore<State>({ phase: "connecting", caughtUp: null, since: null });
  #streams = new Set<object>();
  /** Those that have not said READY since the cut. */
  #behind = new Set<object>();
  #missed = new Set<string>();
  #isAnew = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  cut(): void {
    this.#behind = new Set(this.#streams);
    const { phase, since } = this.state.get();
    if (phase === "connecting") return;
    if (phase === "live") {
      this.#missed.clear();
      this.#isAnew = false;
    }
    clearTimeout(this.#timer);
    this.state.set({ phase: "reconnecting", caughtUp: null, since: since ?? Date.now() });
  }

  opened(): void {
    if (this.state.get().phase === "connecting") this.#live(null);
    else if (this.#behind.size === 0) this.#caughtUp();
  }

  began(stream: object): void {
    this.#streams.add(stream);
  }

  over(stream: object): void {
    this.#streams.delete(stream);
    this.#heard(stream);
  }

  item(stream: object, item: StreamItem): void {
    if (!this.#behind.has(stream)) return;
    // The same event may come on several streams.
    if (item.event || item.kind === "REMOVED") this.#missed.add(item.event?.id ?? item.cursor);
    if (item.kind === "RESYNC") this.#isAnew = true;
    if (item.kind === "READY") this.#heard(stream);
  }

  #heard(stream: object) {
    if (this.#behind.delete(stream) && this.#behind.size === 0) this.#caughtUp();
  }

  #caughtUp() {
    if (this.state.get().phase === "reconnecting") this.#live(this.#isAnew ? "ANEW" : this.#missed.size);
  }

  #live(caughtUp: State["caughtUp"]) {
    this.state.set({ phase: "live", caughtUp, since: null });
    if (caughtUp === null) return;
    this.#timer = setTimeout(() => this.state.set({ phase: "live", caughtUp: null, since: null }), SHOWN_FOR);
  }
}
