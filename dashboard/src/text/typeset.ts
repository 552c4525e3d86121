/** The spaces of French: before a high sign, and within quotation marks, there is a narrow one that does not break. */

const spaced = (words: string) => words.replace(/ (?=[:;!?»])/g, "\u202f").replace(/« /g, "«\u202f");

/** Every text in it, and every text that a function in it returns. */
export function typeset<T>(texts: T): T {
  if (typeof texts === "string") return spaced(texts) as T;
  if (typeof texts === "function") {
    const write = texts as unknown as (...given: unknown[]) => string;
    return ((...given: unknown[]) => spaced(write(...given))) as T;
  }
  return Object.fromEntries(Object.entries(texts as object).map(([name, text]) => [name, typeset<unknown>(text)])) as T;
}
