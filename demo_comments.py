"""What do the demo's colleagues say to each other, and what have they read of all that they are told?"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from models import Notification, User
from models.transactions import column
from resolvers import comments, notifications

# On which deal: who says what, and whom it names.
COMMENTS: dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {
    "Enterprise contract": (
        ("carol", "Claire signs anything above 200,000 herself. Bring her in early.", ("bob",)),
        ("bob", "She is in. Ivan wants the security annex before the proposal goes out.", ()),
        ("carol", "The annex we wrote for Halden should do.", ("bob",)),
    ),
    "Warehouse scanners for Northwind": (
        ("bob", "They compare us with two others; the decision falls at the end of the month.", ()),
        ("alice", "We can go down by five percent if they take three years.", ("bob",)),
    ),
    "Turbines for Brightwater": (
        ("bob", "The site visit went well. Fiona asks for a maintenance plan.", ("alice",)),
        ("alice", "Ask the service desk for the one of last year.", ()),
    ),
    "Fleet tracking for Kestrel": (
        ("carol", "Diego has tried the pilot and is happy.\nNext: a date with the COO.", ()),
        ("bob", "I know Marcus from the Halden project and can make the call.", ()),
    ),
    "Lumen studio two": (("alice", "Waits for the building permit.", ("carol",)),),
    "Alder nurse call": (
        ("carol", "The ward wants the handset that we no longer sell.", ("alice", "bob")),
        ("bob", "There are forty left in the depot.", ("carol",)),
    ),
    "Control room for Aster": (
        ("frank", "Their safety officer has to approve the layout.", ("eve",)),
        ("eve", "Sent the drawings this morning.", ()),
    ),
    "Sawmill for Cypress": (("frank", "Deadline moved to the end of the quarter.", ()),),
}
# How much of what they were told, from the oldest on.
_READ = {
    "alice": Fraction(1),
    "bob": Fraction(9, 10),
    "carol": Fraction(2, 3),
    "dave": Fraction(1, 2),
    "eve": Fraction(1),
    "frank": Fraction(3, 4),
}


async def discuss(users: Mapping[str, User], name: str, deal: str) -> None:
    """Has the colleagues say about a deal what the table holds."""
    for author, body, mentioned in COMMENTS.get(name, ()):
        ids = [users[one].id for one in mentioned]
        await comments.add(users[author], {"deal_id": deal, "body": body, "mention_ids": ids})


async def catch_up(users: Mapping[str, User]) -> None:
    """Everyone has read up to somewhere; the newest thing unread is put off until tomorrow."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for name, user in users.items():
        rows = Notification.filter(user_id=user.id).order_by("position")
        told = await column(rows, "id")
        read = told[: int(len(told) * _READ[name])]
        if read:
            await notifications.mark_read(user, {"ids": read, "all": False})
        if len(told) - len(read) > 1:
            await notifications.snooze(user, {"ids": told[-1:], "until": tomorrow})
