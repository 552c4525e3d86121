"""Which clients keep what a query answers? Boards, summaries and inboxes, followed as the stock client does."""

from abc import ABC, abstractmethod
from random import Random
from typing import Any, ClassVar

from tests.harness import Client
from tests.torture.followers import Follower, Session

_SUMMARY = "stages { stage { id } count amounts { amount currency } }"
_INBOX = "kind cursor unreadDealCount notification { id }"


class Watcher(Follower, ABC):
    """A client of a stream beside the deals' own."""

    name: ClassVar[str]
    query: ClassVar[str]
    asked: ClassVar[str]

    def __init__(self, email: str, user_id: str, random: Random, **given: Any) -> None:
        super().__init__(email, user_id, self.query, None, random)
        self._given = given

    @property
    def stream(self) -> str:
        return self.name

    def _variables(self, session: Session) -> dict[str, Any]:
        after = {"after": session.after and str(session.after)} if self.resumes else {}
        return {**self._given, **after}

    async def ask(self, by: Client) -> None:
        self.answer = self.read(await by.ask(self.asked, **self._given))

    @staticmethod
    @abstractmethod
    def read(data: dict[str, Any]) -> Any:
        """What is kept, out of the query's answer."""


class BoardWatcher(Watcher):
    """The opportunities that one colleague follows, which is what writers change most."""

    name = "opportunityUpdates"
    query = (
        "subscription ($subscriber: ID!, $after: Cursor) {"
        " opportunityUpdates(filter: {subscriber: {eq: $subscriber}}, after: $after)"
        " { kind cursor dealId event { id } deal { id revision } } }"
    )
    asked = (
        "query ($subscriber: ID!) {"
        " opportunities(filter: {subscriber: {eq: $subscriber}}, first: 100) { nodes { id } } }"
    )

    def __init__(self, email: str, user_id: str, random: Random, subscriber: str) -> None:
        super().__init__(email, user_id, random, subscriber=subscriber)
        self.subscriber = subscriber

    @staticmethod
    def read(data: dict[str, Any]) -> set[str]:
        return {node["id"] for node in data["opportunities"]["nodes"]}


class LeadBoardWatcher(BoardWatcher):
    """The leads that one colleague follows: they come and go as they are converted and that is undone."""

    name = "leadUpdates"
    query = BoardWatcher.query.replace("opportunityUpdates", "leadUpdates")
    asked = BoardWatcher.asked.replace("opportunities", "leads")

    @staticmethod
    def read(data: dict[str, Any]) -> set[str]:
        return {node["id"] for node in data["leads"]["nodes"]}


class SummaryWatcher(Watcher):
    """How much stands in each stage: a state, of which the newest is all that counts."""

    name = "pipelineUpdates"
    resumes = False
    query = (
        "subscription ($pipeline: ID!) { pipelineUpdates(pipelineId: $pipeline)"
        f" {{ kind cursor summary {{ {_SUMMARY} }} }} }}"
    )
    asked = f"query ($pipeline: ID!) {{ pipelineSummary(pipelineId: $pipeline) {{ {_SUMMARY} }} }}"

    @staticmethod
    def read(data: dict[str, Any]) -> Any:
        return data["pipelineSummary"]


class InboxWatcher(Watcher):
    """The user's own notifications, and how much of them is unread."""

    name = "notificationUpdates"
    query = f"subscription ($after: Cursor) {{ notificationUpdates(after: $after) {{ {_INBOX} }} }}"
    asked = "{ viewer { unreadDealCount } }"

    @staticmethod
    def read(data: dict[str, Any]) -> Any:
        return data["viewer"]["unreadDealCount"]
