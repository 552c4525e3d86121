/**
 * What came last stands. Graphcache has it otherwise: an answer lies above all that was asked for
 * earlier, and what a stream tells may come to lie beneath answers that it is newer than, for as long
 * as anything is unanswered, and then for good. So here a query takes no place in that order before
 * it is answered, and each item of a stream takes one of its own.
 *
 * What streams told while a query was on its way may be missing in its answer: it is told again.
 */

import { type Exchange, type Operation, type OperationResult, makeOperation } from "urql";
import { concatMap, filter, fromArray, map, merge, pipe, share, tap } from "wonka";

interface Question {
  /** The same may be sent again before it is answered. */
  open: number;
  told: OperationResult[];
}

interface Item {
  stream: Operation;
  again: boolean;
}

/** More than what may come while two changes that were shown at once are unanswered; Graphcache forgets none. */
const PLACES = 10_000;

/** Tells the empty answer by which a query gives up its place from those of the server. */
const PLACE_GIVEN_UP = {};

export const byArrival =
  (cache: Exchange): Exchange =>
  (input) => {
    const questions = new Map<number, Question>();
    /** What the cache has in hand, by the key that no other operation has: urql's are whole numbers. */
    const items = new Map<number, Item>();
    let last = 0;

    /** What the cache misses while it is on its way. */
    const isOpen = ({ kind, key, context }: Operation): boolean =>
      kind === "query" && context.requestPolicy === "cache-first" && questions.has(key);

    function sent({ kind, key }: Operation): void {
      if (kind === "teardown") questions.delete(key);
      if (kind !== "query") return;
      const question = questions.get(key) ?? { open: 0, told: [] };
      question.open += 1;
      questions.set(key, question);
    }

    function asItem(result: OperationResult, again = false): OperationResult {
      const { operation: stream } = result;
      last = (last + 1) % PLACES;
      const key = last + 0.5;
      items.set(key, { stream, again });
      return { ...result, operation: makeOperation("subscription", { ...stream, key }, stream.context) };
    }

    function arrived(result: OperationResult): OperationResult[] {
      const { kind, key } = result.operation;
      if (kind === "subscription") {
        for (const { told } of questions.values()) told.push(result);
        return [asItem(result)];
      }
      const question = kind === "query" && result.extensions !== PLACE_GIVEN_UP && questions.get(key);
      if (!question) return [result];
      question.open -= 1;
      if (question.open === 0) questions.delete(key);
      if (result.error) return [result];
      return [result, ...question.told.filter(isNews).map((item) => asItem(item, true))];
    }

    function restored(result: OperationResult): OperationResult | null {
      if (result.extensions === PLACE_GIVEN_UP) return null;
      const { key } = result.operation;
      const item = items.get(key);
      if (!item) return result;
      items.delete(key);
      return item.again ? null : { ...result, operation: item.stream };
    }

    const exchange = cache({
      ...input,
      forward(operations) {
        const all = share(operations);
        const answers = pipe(all, filter((operation) => !isOpen(operation)), tap(sent), input.forward);
        return pipe(merge([pipe(all, filter(isQuery), map(placeGivenUp)), answers]), map(arrived), concatMap(fromArray), share);
      },
    });
    return (operations) => pipe(operations, exchange, map(restored), filter((result) => result !== null));
  };

const isQuery = ({ kind }: Operation): boolean => kind === "query";

/** What has to be read anew is so already. */
const isNews = ({ data }: OperationResult): boolean =>
  Object.values((data ?? {}) as Record<string, { kind: string }>).every(({ kind }) => kind !== "RESYNC");

const placeGivenUp = (operation: Operation): OperationResult => ({
  operation,
  data: undefined,
  error: undefined,
  extensions: PLACE_GIVEN_UP,
  stale: false,
  hasNext: false,
});
