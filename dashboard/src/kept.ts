/** What the browser keeps for us. In a frame of another site it may refuse to; then it lasts as long as the page. */

export interface Kept {
  get(): string | null;
  set(value: string | null): void;
}

/** Even to name the storage may be refused. */
export function maySave(storage: () => Storage): boolean {
  try {
    storage();
    return true;
  } catch {
    return false;
  }
}

export function kept(storage: () => Storage, key: string): Kept {
  let here: string | null = null;
  try {
    here = storage().getItem(key);
  } catch {
    // Nothing was kept.
  }
  return {
    get: () => here,
    set(value) {
      here = value;
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, value);
      } catch {
        // The page goes on with what it has.
      }
    },
  };
}
