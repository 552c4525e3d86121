import { useEffect, useState } from "react";
import type { Connection } from "../live/connection";
import { useStore } from "../store";
import { text } from "../text";

/** Live, or how long not; and after a cut, how much was missed and received. */
export function ConnectionState({ connection }: { connection: Connection }) {
  const { phase, caughtUp, since } = useStore(connection.state);
  const again = caughtUp === "ANEW" ? text.readAnew : caughtUp !== null && text.caughtUp(caughtUp);
  const words = (phase === "live" && again) || text[phase];
  return (
    <div className="connection-place">
      <p className={`connection ${phase}`} role="status">
        <span className="dot" aria-hidden="true" />
        <span className="words">{words}</span>
        {phase === "reconnecting" && since !== null && <Age since={since} />}
      </p>
    </div>
  );
}

function Age({ since }: { since: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  // Not read out each second.
  return (
    <span className="age" aria-hidden="true">
      {text.notLive(Math.max(0, Math.round((now - since) / 1000)))}
    </span>
  );
}
