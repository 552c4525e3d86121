import type { CombinedError } from "urql";
import { text } from "../text";

export function Loading({ failed, again }: { failed?: CombinedError | undefined; again?(options: { requestPolicy: "network-only" }): void }) {
  if (!failed) return <p className="loading">{text.loading}</p>;
  return (
    <div className="loading" role="alert">
      <p>{text.failed}</p>
      {again && (
        <button type="button" onClick={() => again({ requestPolicy: "network-only" })}>
          {text.retry}
        </button>
      )}
    </div>
  );
}
