"""What is the schema as a whole? `python -m schema.schema > schema/schema.graphql` writes it down."""

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from schema.documents import PreparedDocuments
from schema.errors import ShownErrors
from schema.events import DealEvent
from schema.mutation import Mutation
from schema.query import Query
from schema.scalars import SCALARS
from schema.subscription import Subscription


class _Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Strawberry would log every error as a fault; ShownErrors logs those that are."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[DealEvent],
    extensions=[ShownErrors, PreparedDocuments],
    config=StrawberryConfig(scalar_map=SCALARS),
)

if __name__ == "__main__":
    print(schema.as_str())  # noqa: T201  what the command is for
