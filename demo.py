"""What is there to play with? Two organisations with a history, told through `resolvers`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import demo_comments as talk
import demo_conversations as conversations
import demo_data as data
from models import Deal, Organisation, Stage, User
from models.enums import DealVisibility, LeadStatus, PreviousContact, SubscriptionLevel, UserRole
from models.text import folded
from models.transactions import dialect, fetch, transact
from resolvers import (
    contacts,
    leads,
    opportunities,
    organisations,
    ownership,
    roles,
    subscribers,
    unseen,
)
from resolvers.operation import Outcome

PEOPLE = tuple(email for email, _, _ in (*data.ACME_USERS, *data.GLOBEX_USERS))

_STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation")
_PATHS = {
    **{stage: _STAGES[1 : _STAGES.index(stage) + 1] for stage in _STAGES},
    "Closed Won": (*_STAGES[1:], "Closed Won"),
    "Closed Lost": (*_STAGES[1:3], "Closed Lost"),
}
_LEAD_PATHS = {
    LeadStatus.NEW: (),
    LeadStatus.CONTACTED: (LeadStatus.CONTACTED,),
    LeadStatus.QUALIFIED: (LeadStatus.CONTACTED, LeadStatus.QUALIFIED),
    LeadStatus.UNQUALIFIED: (LeadStatus.CONTACTED, LeadStatus.UNQUALIFIED),
}
_RESTRICTED = DealVisibility.RESTRICTED


async def seed() -> bool:
    """Fills a database without any organisation, and says whether it did.

    All in one transaction: there whole or not at all, by one process of several, with one wait
    for the disk.
    """
    return await transact(_seed)


async def _seed() -> bool:
    if dialect() == "postgres":
        await fetch("SELECT pg_advisory_xact_lock(hashtext('dealcast demo'))")
    if await Organisation.exists():
        return False
    acme = await _found("Acme", data.ACME_USERS, data.ACME_CONTACTS)
    for turn, opportunity in enumerate(data.ACME_OPPORTUNITIES):
        await _sell(acme, turn, opportunity)
    for lead in data.ACME_LEADS:
        await _pursue(acme, lead)
    await _converse(acme)
    await _keep_confidential(acme)
    await _change_course(acme)
    await _enterprise_contract(acme)
    await talk.catch_up(acme.users)
    globex = await _found("Globex", data.GLOBEX_USERS, data.GLOBEX_CONTACTS)
    for turn, opportunity in enumerate(data.GLOBEX_OPPORTUNITIES):
        await _sell(globex, turn, opportunity)
    for lead in data.GLOBEX_LEADS:
        await _pursue(globex, lead)
    await _converse(globex)
    await talk.catch_up(globex.users)
    return True


@dataclass(frozen=True)
class _Cast:
    """Who and what an organisation's story is told with: users by first name, ids by name."""

    users: Mapping[str, User]
    contacts: Mapping[str, str]
    companies: data.Companies
    stages: Mapping[str, str]

    @property
    def admin(self) -> User:
        return next(user for user in self.users.values() if user.role is UserRole.ADMIN)

    def team(self, company: str, turn: int) -> list[dict[str, Any]]:
        """A company's people as the participants of an input, another one first each turn."""
        people = self.companies[company]
        first = turn % len(people)
        return [
            {"contact_id": self.contacts[name], "role": role, "label": title}
            for name, title, role in (*people[first:], *people[:first])
        ]


async def _found(
    name: str, users: Sequence[tuple[str, str, UserRole]], companies: data.Companies
) -> _Cast:
    (admin_email, admin_name, _), *others = users
    organisation = await organisations.found(name, admin_email, admin_name)
    staff = [await User.get(email=admin_email)]
    staff += [
        await organisations.invite(organisation, email, role, full_name)
        for email, full_name, role in others
    ]
    known = {
        person: await _meet(staff[0], company, person, title)
        for company, people in companies.items()
        for person, title, _ in people
    }
    stages = await Stage.filter(organisation_id=organisation.id)
    return _Cast(
        {user.email.partition("@")[0]: user for user in staff},
        known,
        companies,
        {stage.name: stage.id for stage in stages},
    )


async def _meet(viewer: User, company: str, name: str, title: str) -> str:
    given = {"full_name": name, "job_title": title, "company": company}
    if name in data.WITHOUT_EMAIL:
        given["phone"] = f"+1 555 01{10 + data.WITHOUT_EMAIL.index(name)}"
    else:
        address = re.sub(r"[^a-z ]", "", folded(name.replace("ø", "o").replace("ł", "l")))
        given["email"] = f"{address.replace(' ', '.')}@{company.lower()}.example"
    return _id(await contacts.create(viewer, given))


async def _sell(cast: _Cast, turn: int, row: data.Opportunity) -> None:
    """An opportunity from its beginning to where it stands, now by one hand and now by another."""
    owner, admin = cast.users[row.owner], cast.admin
    contact, guest, *rest = cast.team(row.company, turn)
    given = {
        **_sums(row.company, row.amount, row.days),
        "contact_id": contact["contact_id"],
        "participants": [guest],
    }
    # Every fourth comes in at the admin's desk and is handed on.
    deal = await _open(admin if turn % 4 == 0 else owner, row.name, given)
    await ownership.assign_owner(admin, {"deal_id": deal, "user_id": owner.id})
    if turn % 2:
        await roles.add_participants(owner, {"deal_id": deal, "participants": rest[:1]})
    await _gather(cast, turn, deal, owner)
    if turn % 5 == 1:
        given = _sums(row.company, row.amount * 9 // 10, row.days + 14)
        await opportunities.update(owner, {"id": deal, **given})
    for step, stage in enumerate(_PATHS[row.stage]):
        mover = owner if (turn + step) % 3 else admin
        await _move(cast, mover, deal, stage, data.LOST_REASONS[turn % len(data.LOST_REASONS)])
    await talk.discuss(cast.users, row.name, deal)


async def _gather(cast: _Cast, turn: int, deal: str, owner: User) -> None:
    """Two opportunities of three find a follower among the colleagues; some lose the admin."""
    colleagues = [user for user in cast.users.values() if user.id != owner.id]
    colleague = colleagues[turn // 3 % len(colleagues)]
    if turn % 3 == 0:
        level = SubscriptionLevel.IMPORTANT if turn % 2 else SubscriptionLevel.ALL
        await subscribers.subscribe(colleague, {"deal_id": deal, "level": level})
    elif turn % 3 == 1:
        given = {"deal_id": deal, "user_ids": [colleague.id], "level": SubscriptionLevel.ALL}
        await subscribers.add(owner, given)
    if turn % 8 == 4:  # noqa: PLR2004  one of those that the admin opened
        await subscribers.unsubscribe(cast.admin, {"deal_id": deal})


async def _pursue(cast: _Cast, row: data.Lead) -> str:
    owner = cast.users[row.owner]
    given = {"name": row.name, "source": row.source, "company": row.company, "silent": False}
    if row.company in cast.companies:
        given["contact_id"] = cast.team(row.company, 0)[0]["contact_id"]
    lead = _id(await leads.create(owner, given))
    for status in _LEAD_PATHS[row.status]:
        await leads.update(owner, {"id": lead, "lead_status": status})
    return lead


async def _converse(cast: _Cast) -> None:
    ours = Deal.filter(organisation_id=cast.admin.organisation_id)
    for deal in await ours.filter(name__in=list(conversations.CONVERSATIONS)).order_by("id"):
        await conversations.tell(deal)


async def _keep_confidential(cast: _Cast) -> None:
    """Deals that not everybody sees: begun so, made so later, and shared for a while."""
    alice, bob, carol, dave = cast.users.values()
    known = {"shared_with_ids": [carol.id], "subscriber_ids": [carol.id]}
    await _open(alice, "Merger of the Lumen studios", {"visibility": _RESTRICTED, **known})

    value = _sums("Stonebridge", 640_000, 130)
    framework = await _open(bob, "Stonebridge framework agreement", value)
    await subscribers.subscribe(dave, {"deal_id": framework})
    kept = {"visibility": _RESTRICTED, "shared_with_ids": [carol.id, dave.id]}
    await opportunities.update(bob, {"id": framework, **kept})

    succession = await _open(carol, "Succession at Vega", {"visibility": _RESTRICTED})
    shared = {"deal_id": succession, "user_ids": [bob.id]}
    await ownership.share(carol, shared)
    await _move(cast, bob, succession, "Qualification")
    await ownership.unshare(carol, shared)


async def _change_course(cast: _Cast) -> None:
    """What does not go straight: a lead converted, a loss reopened, a double archived, people who go."""
    alice, bob, carol, dave = cast.users.values()
    row = data.Lead("New wing at Alder", "Alder", "Referral", "carol", LeadStatus.QUALIFIED)
    wing = await _pursue(cast, row)
    team = cast.team("Alder", 1)[:2]
    await roles.add_participants(carol, {"deal_id": wing, "participants": team})
    await subscribers.subscribe(dave, {"deal_id": wing})
    begun = {"stage_id": cast.stages["Qualification"], **_sums("Alder", 187_000, 77)}
    await leads.convert(bob, {"id": wing, **begun})
    await _move(cast, carol, wing, "Proposal")

    buyer, director, *_ = cast.team("Orchard", 0)
    contact = {"contact_id": buyer["contact_id"]}
    tills = await _open(carol, "Self-service tills for Orchard", contact)
    await _move(cast, carol, tills, "Closed Lost", "No answer for two months")
    await _move(cast, alice, tills, "Negotiation")
    await _set_contact(carol, tills, director, PreviousContact.KEEP_AS_PARTICIPANT)
    await opportunities.update(carol, {"id": tills, "probability": 60})

    double = await _open(bob, "Driver tablets for Kestrel (double)", {})
    await ownership.archive(bob, {"id": double})

    keller = cast.contacts["Jonas Keller"]
    await contacts.update(carol, {"id": keller, "job_title": "Laboratory director"})
    for name in data.ARCHIVED:
        await contacts.archive(carol, {"id": cast.contacts[name]})


async def _enterprise_contract(cast: _Cast) -> None:
    """The deal that the README follows: what stands on it in the end is relied on."""
    _, bob, carol, _ = cast.users.values()
    purchasing, finance, it, _ = cast.team("Meridian", 0)
    deal = await _open(bob, "Enterprise contract", _sums("Meridian", 250_000, 45))
    await _set_contact(bob, deal, it, PreviousContact.REMOVE)
    await _move(cast, bob, deal, "Qualification")
    await subscribers.subscribe(carol, {"deal_id": deal})
    await _set_contact(bob, deal, purchasing, PreviousContact.REMOVE)
    for person in (finance, it):
        await roles.add_participants(bob, {"deal_id": deal, "participants": [person]})
    await talk.discuss(cast.users, "Enterprise contract", deal)
    # She has seen it so far, and not yet where it stands now.
    await unseen.mark_seen(carol, {"deal_id": deal})
    await _move(cast, bob, deal, "Proposal")
    await conversations.tell(await Deal.get(id=deal))


async def _open(viewer: User, name: str, given: Mapping[str, Any]) -> str:
    return _id(await opportunities.create(viewer, {"name": name, "silent": False, **given}))


async def _move(cast: _Cast, viewer: User, deal: str, stage: str, reason: str = "") -> None:
    """The reason counts only where it is lost."""
    given = {"id": deal, "stage_id": cast.stages[stage]}
    if stage == "Closed Lost":
        given["lost_reason"] = reason
    await opportunities.move(viewer, given)


async def _set_contact(
    viewer: User, deal: str, person: Mapping[str, Any], previous: PreviousContact
) -> None:
    given = {"contact_id": person["contact_id"], "previous_contact": previous}
    await roles.set_contact(viewer, {"deal_id": deal, **given})


def _sums(company: str, amount: int, days: int) -> dict[str, Any]:
    """The amount and the expected close, so many days from today."""
    currency = data.CURRENCIES.get(company, "EUR")
    closes_on = datetime.now(UTC).date() + timedelta(days=days)
    return {
        "amount": {"amount": Decimal(amount), "currency": currency},
        "expected_close_date": closes_on,
    }


def _id(outcome: Outcome) -> str:
    assert outcome.object_id is not None
    return outcome.object_id
