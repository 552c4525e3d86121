"""What have the people of the demo said to each other and been told, and is it the same on every fresh start?"""

import shutil
from pathlib import Path
from typing import Any

import demo
from demo_comments import COMMENTS
from models import Comment, Deal, Mention, Notification, Subscriber, User
from models.database import opened
from models.notifications import unread_deal_counts
from resolvers import unseen


async def _told() -> list[Any]:
    """What colleagues said and were told, by names."""
    deals = {deal.id: deal.name async for deal in Deal.all()}
    users = {user.id: user.email for user in await User.all()}
    rows = await Notification.all().order_by("organisation_id", "position", "user_id")
    counts = await unread_deal_counts(list(users))
    return [
        [(deals[row.deal_id], row.body) async for row in Comment.all().order_by("id")],
        sorted(
            (users[row.user_id], deals[row.deal_id], row.reason, row.read_at is None)
            for row in rows
        ),
        sorted((users[ident], count) for ident, count in counts.items()),
    ]


async def test_every_fresh_start_tells_the_same(sqlite_template: Path, tmp_path: Path) -> None:
    stories = []
    for name in ("one", "two"):
        path = shutil.copy(sqlite_template, tmp_path / f"{name}.db")
        async with opened(f"sqlite://{path}"):
            assert await demo.seed()
            stories.append(await _told())
    assert stories[0] == stories[1]


async def test_the_demo_has_been_talked_about_and_partly_read(database_url: str) -> None:
    async with opened(database_url):
        assert await demo.seed()
        assert not await demo.seed()
        said, told, counts = await _told()
        assert set(said) == {(deal, body) for deal, rows in COMMENTS.items() for _, body, _ in rows}
        assert {reason for _, _, reason, _ in told} >= {"MENTION", "ASSIGNED", "COMMENT", "CHANGE"}
        assert (
            await Mention.all().exists() and await Notification.filter(snoozed_until=None).exists()
        )
        unread = dict(counts)
        assert unread["alice@acme.example"] == 0
        assert unread["bob@acme.example"] > 0 and unread["carol@acme.example"] > 1
        # What the README follows is followed by carol, who has not seen where it stands now.
        deal = await Deal.get(name="Enterprise contract")
        carol = await User.get(email="carol@acme.example")
        follower = await Subscriber.get(deal_id=deal.id, user_id=carol.id)
        changes = (await unseen.changes([follower.id]))[follower.id]
        assert [change["field"] for change in changes] == ["STAGE", "PROBABILITY"]
