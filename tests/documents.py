"""The documents that the tests' clients send: the fragments of a real client, for both kinds of deal."""

DEAL = """
fragment D on Deal {
  __typename id name version revision visibility archivedAt createdAt updatedAt subscriberCount viewerCanEdit
  owner { id fullName } sharedWith { id } contact { id fullName email jobTitle company isArchived version }
  otherParticipants { contact { id fullName jobTitle version } role label addedBy { id } addedAt }
  subscribers { user { id fullName } reason since }
  ... on Opportunity {
    pipeline { id } stage { id name } status probability amount { amount currency } expectedCloseDate
    closedAt lostReason source company convertedAt
  }
  ... on Lead { leadStatus source company }
}
"""

EVENT = """
fragment E on DealEvent {
  id kind at important dealId actor { id fullName }
  changes { field before after beforeNode { __typename id } afterNode { __typename id } }
}
"""

# What goes on between the deal and the people outside.
CONVERSATION = """
fragment C on Deal {
  messages(first: 5) { totalCount nodes { id threadId direction subject sender to cc status at unreached failure } }
  contributions(first: 5) {
    totalCount nodes { id kind direction at subject body contact { id fullName } message { id } recordedBy { id } }
  }
  contactContributionCount contactLastContributionAt
  otherParticipants { contributionCount lastContributionAt }
}
"""

_ITEM = "kind cursor dealId event { ...E } deal { ...D }"

FOLLOW_DEAL = (
    f"subscription ($dealId: ID!, $after: Cursor) {{ dealUpdates(dealId: $dealId, after: $after) {{ {_ITEM} }} }}"
    f"{DEAL}{EVENT}"
).replace("{ ...E }", "{ ...E message { id status } contribution { id body } }")
FOLLOW_ALL = f"subscription ($after: Cursor) {{ followedDealUpdates(after: $after) {{ {_ITEM} }} }}{DEAL}{EVENT}"
# With what is the viewer's own, so rendered for each alone.
FOLLOW_OWN_DEALS = FOLLOW_ALL.replace(
    "{ ...D }", "{ ...D viewerSubscription { level reason since } }"
)
FOLLOW_OWN = """
subscription ($after: Cursor) {
  followedDealUpdates(after: $after) {
    kind cursor dealId event { kind actor { id } changes { field } }
    deal { id revision viewerSubscription { level reason } }
  }
}
"""
GET_DEAL = (
    "query ($id: ID!) { deal(id: $id) { ...D ...C viewerSubscription { level reason since } } }"
    f"{DEAL}{CONVERSATION}"
)
FOLLOW_NOTIFICATIONS = """
subscription ($after: Cursor) {
  notificationUpdates(after: $after) {
    kind cursor unreadDealCount
    notification { id reason groupUnreadCount readAt snoozedUntil deal { id name } event { kind dealId actor { id } } }
  }
}
"""
