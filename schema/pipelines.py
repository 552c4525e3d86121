"""Through which stages do opportunities go?"""

import strawberry
from strawberry import Parent

import models
from realtime.cursors import LogCursor
from schema.context import Info
from schema.enums import StageType
from schema.fields import resolved
from schema.money import Money
from schema.node import Node
from schema.scalars import Cursor


@strawberry.type(description="One step of a pipeline.")
class Stage(Node):
    name: str = strawberry.field(description="What the step is called.")
    position: int = strawberry.field(description="Its place in the pipeline, from 0.")
    probability: int = strawberry.field(
        description="In percent, how likely an opportunity in this stage is won, unless it says itself."
    )
    type: StageType = strawberry.field(
        description="What it means for an opportunity to be here; its status follows."
    )


@strawberry.type(description="The way of an opportunity from the first contact to won or lost.")
class Pipeline(Node):
    name: str = strawberry.field(description="What the pipeline is called.")

    @resolved(graphql_type=list[Stage], description="Its stages, in order.")
    @staticmethod
    async def stages(root: Parent[models.Pipeline], info: Info) -> list[models.Stage]:
        return await info.context.load.stages_of.load(root.id)


@strawberry.type(description="How much stands in one stage, of what the viewer may see.")
class StageSummary:
    stage: Stage = strawberry.field(description="Which stage.")
    count: int = strawberry.field(
        description="How many opportunities stand there, without the archived."
    )
    amounts: list[Money] = strawberry.field(
        description="The sum of their amounts in each currency, by its code."
    )
    weighted_amounts: list[Money] = strawberry.field(
        description="The same, each amount weighted with its probability; rounded to the currency's decimals."
    )


@strawberry.type(
    description="How much stands in each stage of a pipeline, of what the viewer may see."
)
class PipelineSummary:
    pipeline: Pipeline = strawberry.field(description="Which pipeline.")
    stages: list[StageSummary] = strawberry.field(
        description="Its stages in order, the empty ones too."
    )

    @resolved(
        graphql_type=Cursor,
        description="A place in the log that this summary already covers.",
    )
    @staticmethod
    async def cursor(info: Info) -> str | LogCursor:
        # In a live stream it is that of the item: one answer for everybody who sees the same.
        if info.root_value is not None:
            item: str = info.root_value.cursor
            return item
        head = await info.context.head()
        return LogCursor(head.epoch, head.position)
