"""How do tests come by deals, people and stages? Through the API, as clients do."""

from typing import Any, Protocol

from models import Pipeline, Stage, User
from models.enums import StageType
from models.ids import new_id
from tests.harness import Client


class Creating(Protocol):
    """What `opportunity` and `lead` have in common, for tests of both."""

    async def __call__(self, by: Client, name: str = ..., **given: Any) -> str: ...


async def contact(by: Client, name: str = "Paula Moreau", **given: Any) -> str:
    payload = await by.do("createContact", "contact { id }", fullName=name, **given)
    assert payload["userErrors"] == []
    ident: str = payload["contact"]["id"]
    return ident


async def opportunity(by: Client, name: str = "Enterprise contract", **given: Any) -> str:
    payload = await by.do("createOpportunity", "opportunity { id }", name=name, **given)
    assert payload["userErrors"] == []
    ident: str = payload["opportunity"]["id"]
    return ident


async def lead(by: Client, name: str = "Trade fair", **given: Any) -> str:
    payload = await by.do("createLead", "lead { id }", name=name, **given)
    assert payload["userErrors"] == []
    ident: str = payload["lead"]["id"]
    return ident


async def rename(by: Client, ident: str, name: str) -> str:
    """The cursor of an opportunity's new name: what followers hear."""
    payload = await by.do("updateOpportunity", id=ident, name=name)
    assert payload["userErrors"] == []
    cursor: str = payload["cursor"]
    return cursor


async def stages(by: Client) -> dict[str, str]:
    """Ids of the default pipeline's stages by name."""
    data = await by.ask("{ pipelines { stages { id name } } }")
    return {stage["name"]: stage["id"] for stage in data["pipelines"][0]["stages"]}


async def another_pipeline(by: Client) -> dict[str, str]:
    """A second pipeline, which no mutation makes yet: its own id, and that of its one stage."""
    organisation_id = (await User.get(id=by.id)).organisation_id
    pipeline = await Pipeline.create(
        id=new_id("pipeline"), organisation_id=organisation_id, name="Partners"
    )
    stage = await Stage.create(
        id=new_id("stage"),
        organisation_id=organisation_id,
        pipeline_id=pipeline.id,
        name="Introduced",
        position=0,
        probability=30,
        type=StageType.OPEN,
    )
    return {"pipelineId": pipeline.id, "stageId": stage.id}
