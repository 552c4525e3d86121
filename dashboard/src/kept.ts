/** What the browser keeps for us. In a frame of another site it may refuse to; then it lasts as long as the page. */

export interface Kept {
  get(): string | null;
  set(value: string | null): void;
}

export function kept(storage: () => Storage, key: string): Kept {
  let here: string | null = null;
  try {
    here = storage().getItem(key);
  } catch {
    // Even to name the storage may be refused.
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
