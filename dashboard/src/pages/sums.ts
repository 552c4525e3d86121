/** Counts and sums of a stage: the server's, or of the cards that are shown. */

import { useQuery, useSubscription } from "urql";
import type { OpportunityCard } from "../deals";
import { money } from "../format";
import { type SumsFragment, SummaryDocument, SummaryUpdatesDocument } from "../graphql";

type Money = SumsFragment["stages"][number]["amounts"][number];

export interface Sums {
  count: number;
  amounts: Money[];
  weightedAmounts: Money[];
}

/** What stands in each stage of a pipeline, whatever is shown of it; pushed when it changes. */
export function useSummary(pipelineId: string | undefined): Map<string, Sums> {
  const variables = { pipelineId: pipelineId ?? "" };
  const [{ data }] = useQuery({ query: SummaryDocument, variables, pause: !pipelineId });
  useSubscription({ query: SummaryUpdatesDocument, variables, pause: !pipelineId });
  return new Map((data?.pipelineSummary?.stages ?? []).map((stage) => [stage.stage.id, stage]));
}

/** The same of some cards: of those that a search leaves. */
export function sumsOf(deals: OpportunityCard[]): Sums {
  return { count: deals.length, amounts: added(deals, () => 100), weightedAmounts: added(deals, (deal) => deal.probability) };
}

function added(deals: OpportunityCard[], percent: (deal: OpportunityCard) => number): Money[] {
  const sums = new Map<string, number>();
  for (const deal of deals) {
    if (!deal.amount) continue;
    const { amount, currency } = deal.amount;
    sums.set(currency, (sums.get(currency) ?? 0) + (Number(amount) * percent(deal)) / 100);
  }
  return [...sums].map(([currency, amount]) => ({ amount: String(amount), currency }));
}

export const inWords = (sums: Money[]): string => sums.map((sum) => money(sum, true)).join(" + ") || "–";
