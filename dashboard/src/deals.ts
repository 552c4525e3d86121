import type { CardFragment } from "./graphql";

export type OpportunityCard = Extract<CardFragment, { __typename: "Opportunity" }>;
export type LeadCard = Extract<CardFragment, { __typename: "Lead" }>;

export const isOpportunity = (deal: CardFragment): deal is OpportunityCard => deal.__typename === "Opportunity";
export const isLead = (deal: CardFragment): deal is LeadCard => deal.__typename === "Lead";
