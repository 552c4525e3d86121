/**
 * What came last stands. Graphcache has it otherwise: an answer lies above all that was asked for
 * earlier, and what a stream tells may come to lie beneath answers that it is newer than, for as long
 * as anything is unanswered, and then for good. So here nothing takes a place in that order before it
 * is answered, and nothing is laid apart.
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

/** Mark what the cache alone gets. */
const PLACE_GIVEN_UP = {};
const TOLD_AGAIN = {};

export const byArrival =
  (cache: Exchange): Exchange =>
  (input) => {
    const questions = new Map<number, Question>();

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

    function answered(result: OperationResult): OperationResult[] {
      const { kind, key } = result.operation;
      if (kind === "subscription") for (const { told } of questions.values()) told.push(result);
      const question = kind === "query" && questions.get(key);
      if (!question) return [result];
      question.open -= 1;
      if (question.open === 0) questions.delete(key);
      if (result.error) return [result];
      return [result, ...question.told.filter(isNews).map((item) => ({ ...item, extensions: TOLD_AGAIN }))];
    }

    const exchange = cache({
      ...input,
      forward(operations) {
        const all = share(operations);
        const places = pipe(all, filter(isQuery), map(placeGivenUp));
        const answers = pipe(all, filter((one) => !isOpen(one)), tap(sent), input.forward, map(answered), concatMap(fromArray));
        return share(merge([places, answers]));
      },
    });
    return (operations) =>
      pipe(operations, map(withoutPlace), exchange, filter(({ extensions }) => extensions !== PLACE_GIVEN_UP && extensions !== TOLD_AGAIN));
  };

const isQuery = ({ kind }: Operation): boolean => kind === "query";

/** What has to be read anew is so already. */
const isNews = ({ data }: OperationResult): boolean =>
  Object.values((data ?? {}) as Record<string, { kind: string }>).every(({ kind }) => kind !== "RESYNC");

/** For a mutation that may be answered by the cache, a place is kept, though none is. */
const withoutPlace = (operation: Operation): Operation =>
  operation.kind === "mutation" ? makeOperation("mutation", operation, { ...operation.context, requestPolicy: "network-only" }) : operation;

/** An empty answer. */
const placeGivenUp = (operation: Operation): OperationResult => ({
  operation,
  data: undefined,
  error: undefined,
  extensions: PLACE_GIVEN_UP,
  stale: false,
  hasNext: false,
});
