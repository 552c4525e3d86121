/**
 * What was asked for and is not answered yet, by the id of the deal: shown at once, over what the cache
 * has, and gone with the answer, whichever it is. Not in the cache: Graphcache asks for nothing that it
 * expects to be changed, and does not come back to it (`isBlockedByOptimisticUpdate`).
 */

import { createStore } from "./store";

export class AtOnce<Value> {
  readonly shown = createStore<ReadonlyMap<string, Value>>(new Map());

  async until(answered: Promise<unknown>, id: string, value: Value): Promise<void> {
    this.shown.set(new Map(this.shown.get()).set(id, value));
    await answered;
    const left = new Map(this.shown.get());
    // What was asked for since stays.
    if (left.get(id) === value) left.delete(id);
    this.shown.set(left);
  }
}
