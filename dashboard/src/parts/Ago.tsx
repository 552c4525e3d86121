import { ago, time } from "../format";
import { createStore, useStore } from "../store";

const MINUTE = 60_000;
const minutes = createStore(0);
setInterval(() => minutes.set(minutes.get() + 1), MINUTE);

/** Says how long ago something is by now, again each minute. */
export function useAgo(): typeof ago {
  useStore(minutes);
  return ago;
}

export function Ago({ at }: { at: string }) {
  const ago = useAgo();
  return (
    <time dateTime={at} title={time(at)}>
      {ago(at)}
    </time>
  );
}
