// What the clients of the recipes ask: a deal as it stands, and all that happens to those followed.

const DEAL = `
  __typename id name version
  ... on Lead { leadStatus }
  ... on Opportunity { status }`;

export const GET = `query ($id: ID!) { deal(id: $id) { ${DEAL} } }`;
export const FOLLOW = `subscription ($after: Cursor) {
  followedDealUpdates(after: $after) { kind cursor dealId deal { ${DEAL} } }
}`;
