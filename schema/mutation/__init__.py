"""What can a client change? Each mutation is one call into `resolvers`."""

import strawberry

from schema.mutation.comments import CommentMutations
from schema.mutation.conversation import ConversationMutations
from schema.mutation.leads import LeadMutations
from schema.mutation.notifications import NotificationMutations
from schema.mutation.opportunities import OpportunityMutations
from schema.mutation.ownership import OwnershipMutations
from schema.mutation.people import PeopleMutations
from schema.mutation.roles import RoleMutations


@strawberry.type(
    description="What can be changed. A mutation is done whole and announced to those who follow, "
    "or refused: then `userErrors` says why, and nothing was changed or announced. What stands as "
    "asked already succeeds without an event."
)
class Mutation(
    OpportunityMutations,
    LeadMutations,
    OwnershipMutations,
    RoleMutations,
    CommentMutations,
    NotificationMutations,
    ConversationMutations,
    PeopleMutations,
):
    pass
