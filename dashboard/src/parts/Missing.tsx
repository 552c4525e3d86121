import { useOften } from "../api/useFresh";
import { href } from "../route";
import { text } from "../text";
import { Heading } from "./Heading";

interface Props {
  words: string;
  /** Asks once more: no stream tells of what comes into sight again and is on no list. */
  again?(options: { requestPolicy: "network-only" }): void;
}

/** A page that there is not, or not for this viewer. */
export function Missing({ words, again }: Props) {
  useOften(again);
  return (
    <div className="loading">
      <Heading>{words}</Heading>
      <p>
        <a href={href({ page: "board" })}>{text.board}</a>
      </p>
    </div>
  );
}
