import type { InputEvent } from "react";
import { text } from "../text";

// The API's own, in characters (`schema/schema.graphql`).
export const LONGEST_COMMENT = 10_000;
export const LONGEST_SUBJECT = 250;
export const LONGEST_TEXT = 100_000;

/** Says what is too long, and by how much: `maxLength` would cut off the end of what is pasted, in silence. */
export const atMost = (limit: number) => ({
  onInput({ currentTarget }: InputEvent<HTMLInputElement | HTMLTextAreaElement>) {
    const { length } = Array.from(currentTarget.value);
    currentTarget.setCustomValidity(length > limit ? text.atMost(limit, length) : "");
  },
});
