"""Does the database itself hold what must be true, whoever writes?"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError
from tortoise.migrations.api.migrate import migrate as run_migrations
from tortoise.migrations.autodetector import MigrationAutodetector

import models
from models.database import config, migrate, opened
from models.enums import Standing, SubscriptionReason, UserRole
from models.ids import new_id
from models.rows import held, taken
from models.transactions import transact
from resolvers import contacts, opportunities, organisations
from tests.servers import Postgres

NOW = datetime.now(UTC)


@pytest.fixture
async def rows(database_url: str) -> AsyncIterator[dict[str, Any]]:
    """Two organisations with an admin, a contact and a deal each, made as users make them."""
    async with opened(database_url):
        made: dict[str, Any] = {}
        for name in ("Acme", "Globex"):
            organisation = await organisations.found(name, f"admin@{name}.example")
            admin = await models.User.get(organisation_id=organisation.id)
            person = (await contacts.create(admin, {"full_name": name})).object_id
            deal = (await opportunities.create(admin, {"name": name, "silent": False})).object_id
            made[name] = {
                "organisation": organisation.id,
                "user": admin.id,
                "contact": person,
                "deal": deal,
            }
        yield made


async def test_migrations_are_the_models(database_url: str) -> None:
    described = config(database_url)
    async with opened(database_url):
        apps = Tortoise.apps
        assert apps is not None
        assert await MigrationAutodetector(apps, described["apps"]).changes() == []


async def test_every_column_of_every_model_is_there(database_url: str) -> None:
    async with opened(database_url):
        apps = Tortoise.apps
        assert apps is not None
        for model in apps["models"].values():
            columns = ", ".join(f'"{name}"' for name in model._meta.fields_db_projection.values())
            await get_connection("reads").execute_query(
                f"SELECT {columns} FROM {model._meta.db_table}"  # noqa: S608  the models' own names
            )


async def test_migrating_again_keeps_every_row(rows: dict[str, Any], database_url: str) -> None:
    tables = [
        models.User,
        models.Contact,
        models.Deal,
        models.Stage,
        models.Event,
        models.Subscriber,
    ]
    before = [await table.all().count() for table in tables]
    assert all(before)
    await Tortoise.close_connections()
    await migrate(database_url)
    async with opened(database_url):
        assert [await table.all().count() for table in tables] == before


FIRST_ROWS = """
INSERT INTO organisations VALUES ('o', 'Acme', CURRENT_TIMESTAMP);
INSERT INTO users VALUES ('u', 'o', 'Bob', 'bob', 'bob@acme.example', 'MEMBER', TRUE, NULL, CURRENT_TIMESTAMP);
INSERT INTO contacts VALUES
    ('c', 'o', 'Ann', 'ann', NULL, NULL, NULL, NULL, 'ann', FALSE, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
INSERT INTO pipelines VALUES ('p', 'o', 'Sales', CURRENT_TIMESTAMP);
INSERT INTO stages VALUES ('s', 'o', 'p', 'Won', 0, 100, 'WON');
INSERT INTO deals (id, organisation_id, kind, name, name_key, search_key, owner_id, visibility, lead_status,
    version, revision, position, created_at, updated_at)
    VALUES ('d', 'o', 'LEAD', 'Deal', 'deal', 'deal', 'u', 'ORGANISATION', 'NEW', 1, 1, 1,
    CURRENT_TIMESTAMP, CURRENT_TIMESTAMP);
INSERT INTO people (organisation_id, deal_id, contact_id, standing, role, added_at)
    VALUES ('o', 'd', 'c', 'CONTACT', 'OTHER', CURRENT_TIMESTAMP);
INSERT INTO subscribers (organisation_id, deal_id, user_id, level, reason, since, has_left)
    VALUES ('o', 'd', 'u', 'ALL', 'OWNER', CURRENT_TIMESTAMP, FALSE);
INSERT INTO shares (organisation_id, deal_id, user_id) VALUES ('o', 'd', 'u');
INSERT INTO event_heads VALUES ('o', 1, 'epoch');
INSERT INTO events (id, organisation_id, position, kind, deal_id, at, important, revision, archived, changes)
    VALUES ('e', 'o', 1, 'CREATED', 'd', CURRENT_TIMESTAMP, FALSE, 1, FALSE, '[]');
INSERT INTO idempotency_keys (organisation_id, user_id, mutation, key, input_hash, created_at)
    VALUES ('o', 'u', 'createLead', 'k', 'h', CURRENT_TIMESTAMP);
"""


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_rows_of_the_first_schema_survive_every_migration(
    postgres: Postgres, tmp_path: Path, database: str
) -> None:
    if database == "postgres":
        postgres.create_database("old")
        url = postgres.url("old")
    else:
        url = f"sqlite://{tmp_path}/old.db"
    first = config(url)
    del first["routers"]
    await run_migrations(config=first, target="models.0001_initial")
    statements = [text for text in FIRST_ROWS.split(";\n") if text]
    for statement in statements:
        await get_connection("default").execute_query(statement)
    await Tortoise.close_connections()
    await migrate(url)
    async with opened(url):
        for statement in statements:
            table = statement.split()[2]
            rows = await get_connection("reads").execute_query_dict(f"SELECT * FROM {table}")  # noqa: S608  our own
            assert len(rows) == 1, table
        [deal] = await models.Deal.all()
        assert (deal.name, deal.lead_status) == ("Deal", "NEW")


def _person(own: dict[str, str], **columns: Any) -> models.Person:
    given = {
        "organisation_id": own["organisation"],
        "deal_id": own["deal"],
        "contact_id": own["contact"],
        "standing": Standing.CONTACT,
        "added_at": NOW,
    }
    return models.Person(**{**given, **columns})


def _subscriber(own: dict[str, str], **columns: Any) -> models.Subscriber:
    given = {
        "organisation_id": own["organisation"],
        "deal_id": own["deal"],
        "user_id": own["user"],
        "reason": SubscriptionReason.MANUAL,
        "since": NOW,
    }
    return models.Subscriber(**{**given, **columns})


Write = Callable[[dict[str, str], dict[str, str]], Awaitable[Any]]


async def _second_contact(own: dict[str, str], _: dict[str, str]) -> None:
    await _person(own).save()
    other = models.Contact(
        id=new_id("contact"),
        organisation_id=own["organisation"],
        full_name="Other",
        created_at=NOW,
        updated_at=NOW,
    )
    other.fold()
    await other.save(force_create=True)
    await _person(own, contact_id=other.id).save()


async def _twice_the_same_person(own: dict[str, str], _: dict[str, str]) -> None:
    await _person(own).save()
    await _person(own, standing=Standing.PARTICIPANT).save()


async def _deal(own: dict[str, str], **columns: Any) -> None:
    await models.Deal.filter(id=own["deal"]).update(**columns)


async def _foreign_stage(own: dict[str, str], other: dict[str, str]) -> None:
    stage = await models.Stage.filter(organisation_id=other["organisation"]).first()
    assert stage is not None
    await _deal(own, stage_id=stage.id)


async def _position_again(own: dict[str, str], _: dict[str, str]) -> None:
    first = await models.Event.get(organisation_id=own["organisation"], position=1)
    await models.Event.create(
        id=new_id("event"),
        organisation_id=own["organisation"],
        position=first.position,
        kind="UPDATED",
        at=NOW,
    )


async def _email_again(own: dict[str, str], _: dict[str, str]) -> None:
    await models.User.create(
        id=new_id("user"), organisation_id=own["organisation"], full_name="A", name_key="a",
        email="ADMIN@acme.example", role=UserRole.VIEWER,
    )  # fmt: skip


REFUSED: dict[str, Write] = {
    "a second contact of a deal": _second_contact,
    "a person twice on a deal": _twice_the_same_person,
    "a person of another organisation": lambda own, other: _person(
        own, contact_id=other["contact"]
    ).save(),
    "a person on another organisation's deal": lambda own, other: _person(
        own, deal_id=other["deal"]
    ).save(),
    "a follower twice": lambda own, _: _subscriber(own).save(),
    "a follower of another organisation": lambda own, other: _subscriber(
        own, user_id=other["user"]
    ).save(),
    "sharing with another organisation": lambda own, other: models.Share.create(
        organisation_id=own["organisation"], deal_id=own["deal"], user_id=other["user"]
    ),
    "an owner of another organisation": lambda own, other: _deal(own, owner_id=other["user"]),
    "a stage of another pipeline": _foreign_stage,
    "lost without a reason": lambda own, _: _deal(own, status="LOST"),
    "an opportunity without a stage": lambda own, _: _deal(own, stage_id=None),
    "an opportunity that is a lead": lambda own, _: _deal(own, kind="LEAD"),
    "an amount without a currency": lambda own, _: _deal(own, amount_units=1),
    "a negative amount": lambda own, _: _deal(own, amount_units=-1, currency="EUR"),
    "a probability beyond certainty": lambda own, _: _deal(own, probability=101),
    "an e-mail address in capitals": _email_again,
    "a position of the log twice": _position_again,
}


@pytest.mark.parametrize("what", REFUSED)
async def test_the_database_refuses(rows: dict[str, Any], what: str) -> None:
    async def write() -> None:
        await REFUSED[what](rows["Acme"], rows["Globex"])

    with pytest.raises(IntegrityError):
        await transact(write)


async def test_rows_that_are_taken_and_held_are_what_a_select_reads(rows: dict[str, Any]) -> None:
    own, other = rows["Acme"], rows["Globex"]
    await _deal(own, amount_units=5, currency="EUR", expected_close_date=NOW.date(), closed_at=NOW)

    async def read() -> None:
        deal = await taken(models.Deal, "revision", own["organisation"], own["deal"])
        assert vars(deal) == vars(await models.Deal.get(id=own["deal"]))
        ids = [own["user"], other["user"], own["user"]]
        users = await held(models.User, own["organisation"], ids)
        assert list(users) == [own["user"]]
        assert vars(users[own["user"]]) == vars(await models.User.get(id=own["user"]))
        assert await taken(models.Deal, "revision", own["organisation"], other["deal"]) is None
        assert await held(models.User, own["organisation"], []) == {}

    await transact(read)
