"""Through which stages do opportunities go?"""

import strawberry
from strawberry import Parent

import models
from schema.context import Info
from schema.enums import StageType
from schema.fields import resolved
from schema.node import Node


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
