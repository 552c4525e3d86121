import type { CardFragment } from "./graphql";

export type OpportunityCard = Extract<CardFragment, { __typename: "Opportunity" }>;
export type LeadCard = Extract<CardFragment, { __typename: "Lead" }>;

export const isOpportunity = (deal: CardFragment): deal is OpportunityCard => deal.__typename === "Opportunity";
export const isLead = (deal: CardFragment): deal is LeadCard => deal.__typename === "Lead";

/** As the API lists them, also those that came later than the list. */
export const newestFirst = <Deal extends CardFragment>(deals: Deal[]): Deal[] =>
  deals.toSorted((one, other) => compare(other.createdAt, one.createdAt) || compare(other.id, one.id));

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
