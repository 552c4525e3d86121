import { href } from "../route";
import { text } from "../text";
import { Heading } from "./Heading";

/** A page that there is not, or not for this viewer. */
export function Missing({ words }: { words: string }) {
  return (
    <div className="loading">
      <Heading>{words}</Heading>
      <p>
        <a href={href({ page: "board" })}>{text.board}</a>
      </p>
    </div>
  );
}
