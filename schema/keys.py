"""What is a loader asked for, where an id alone does not say it? Keys that end in the id, alike before it."""

from typing import NamedTuple

from models import User
from models.enums import DealRole


class Seen(NamedTuple):
    """A deal as one user sees it."""

    viewer: User
    deal_id: str


class DealsOf(NamedTuple):
    """A page of the deals where a person stands, as one user sees them."""

    viewer: User
    role: DealRole | None
    first: int | None
    after: str | None
    contact_id: str


class DealCount(NamedTuple):
    viewer: User
    role: DealRole | None
    contact_id: str


class FollowersOf(NamedTuple):
    """A page of a deal's subscribers."""

    first: int | None
    after: str | None
    deal_id: str


class CommentsOf(NamedTuple):
    """A page of a deal's comments."""

    first: int | None
    after: str | None
    deal_id: str


class EventsOf(NamedTuple):
    """A page of a deal's timeline."""

    first: int | None
    after: str | None
    deal_id: str


class MessagesOf(NamedTuple):
    """A page of a deal's messages."""

    first: int | None
    after: str | None
    deal_id: str


class ContributionsOf(NamedTuple):
    """A page of what one person, or everybody, contributed to a deal."""

    contact_id: str | None
    first: int | None
    after: str | None
    deal_id: str


class ContributionCount(NamedTuple):
    contact_id: str | None
    deal_id: str
