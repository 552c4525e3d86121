import type { CombinedError } from "urql";
import { text } from "../text";
import { useTitle } from "./Heading";

interface Props {
  /** What the window is called meanwhile, where the page's heading is still to come. */
  page?: string;
  failed?: CombinedError | undefined;
  again?(options: { requestPolicy: "network-only" }): void;
}

export function Loading({ page, failed, again }: Props) {
  useTitle(page);
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
