"""What can go wrong that a client may act on?

DealcastError
├── Unauthenticated      no token, or one that is not accepted
├── Unreadable           a read asked with a bad id, list cursor or page size (INVALID)
├── Unseen               a read of what does not exist or may not be seen (NOT_FOUND)
├── LimitExceeded        an operation that is too large
└── Refused              a mutation refused: one or more coded reasons, nothing written
    └── Stale            refused because the object moved on: it is returned as it stands
"""

from collections.abc import Sequence
from dataclasses import dataclass

from models.enums import ErrorCode


class DealcastError(Exception):
    """An error whose message and code are meant for the client."""

    code = "INTERNAL"


class Unauthenticated(DealcastError):
    code = "UNAUTHENTICATED"


class Unreadable(DealcastError):
    code = "INVALID"


class Unseen(DealcastError):
    code = "NOT_FOUND"


class LimitExceeded(DealcastError):
    code = "LIMIT_EXCEEDED"


@dataclass(frozen=True, slots=True)
class Reason:
    """One entry of `userErrors`: `field` is the path inside the mutation's input."""

    code: ErrorCode
    message: str
    field: tuple[str, ...] | None = None


class Refused(DealcastError):
    """A mutation that is refused; raised inside its transaction, which writes nothing then."""

    code = "INVALID"

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(reason.message for reason in reasons))
        self.reasons: Sequence[Reason] = reasons


class Stale(Refused):
    """CONFLICT or ALREADY_CONVERTED (rule 30): carries the id of the object to show as it stands."""

    def __init__(self, reason: Reason, object_id: str) -> None:
        super().__init__(reason)
        self.object_id = object_id


def refuse(code: ErrorCode, message: str, *field: str | int) -> Refused:
    """The common refusal: one reason, with the path of the input field it is about."""
    return Refused(Reason(code, message, tuple(str(part) for part in field) or None))
