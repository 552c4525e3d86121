"""What colleagues do meanwhile, from other programs."""

SET_AMOUNT = """mutation ($id: ID!, $amount: Decimal!) {
  updateOpportunity(input: { id: $id, amount: { amount: $amount, currency: "EUR" } }) { userErrors { code } }
}"""
RENAME = """mutation ($id: ID!, $name: String!) {
  updateOpportunity(input: { id: $id, name: $name }) { userErrors { code } }
}"""
SEEN_BY = """mutation ($id: ID!, $visibility: DealVisibility!) {
  updateOpportunity(input: { id: $id, visibility: $visibility }) { userErrors { code } }
}"""
ARCHIVE = "mutation ($id: ID!) { archiveDeal(id: $id) { userErrors { code } } }"
RESTORE = "mutation ($id: ID!) { restoreDeal(id: $id) { userErrors { code } } }"
SET_CONTACT = """mutation ($id: ID!, $contact: ID!) {
  setContact(input: { dealId: $id, contactId: $contact }) { userErrors { code } }
}"""
CLEAR_CONTACT = """mutation ($id: ID!) {
  setContact(input: { dealId: $id, contactId: null, previousContact: KEEP_AS_PARTICIPANT }) {
    userErrors { code }
  }
}"""
COMMENT = """mutation ($id: ID!) {
  addComment(input: { dealId: $id, body: "The budget is approved." }) { userErrors { code } }
}"""
CREATE = """mutation ($name: String!) {
  createOpportunity(input: { name: $name }) { opportunity { id } userErrors { code } }
}"""
CREATE_CONTACT = """mutation {
  createContact(input: { fullName: "Aaron Vogel" }) { contact { id } userErrors { code } }
}"""
ADD_COMMENT = """mutation ($id: ID!, $body: String!) {
  addComment(input: { dealId: $id, body: $body }) { comment { id } userErrors { code } }
}"""
EDIT_COMMENT = """mutation ($id: ID!, $body: String!) {
  editComment(input: { id: $id, body: $body }) { userErrors { code } }
}"""
RECORD = """mutation ($id: ID!, $contact: ID!, $body: String!, $at: DateTime) {
  recordContribution(input: { dealId: $id, contactId: $contact, kind: CALL, body: $body, at: $at }) {
    userErrors { code }
  }
}"""
MERGE = """mutation ($from: ID!, $into: ID!) {
  mergeContacts(input: { from: $from, into: $into }) { userErrors { code } }
}"""
