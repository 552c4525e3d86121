"""What is a place in the log, as clients hold it?"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass

from models.errors import Unreadable

_PREFIX = "log_"
_FORM = re.compile(r"([0-9a-z]{1,20})\.(\d{1,18})(\.begun)?")


@dataclass(frozen=True, slots=True)
class LogCursor:
    """A position of one epoch of an organisation's log.

    `begun` marks the cursors of a snapshot that is still being sent: they are places that nobody can resume
    from, so that a client cut off in the middle of a snapshot gets a whole one.
    """

    epoch: str
    position: int
    begun: bool = False

    def __str__(self) -> str:
        text = f"{self.epoch}.{self.position}{'.begun' if self.begun else ''}"
        return _PREFIX + urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "LogCursor":
        """The cursor a client sent back.

        Raises:
            Unreadable: for a string that is no log cursor at all.
        """
        body = text.removeprefix(_PREFIX)
        try:
            plain = urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("ascii")
        except (BadBase64, ValueError):
            plain = ""
        form = _FORM.fullmatch(plain)
        if body == text or form is None:
            raise Unreadable("is not a cursor of the log")
        return cls(form[1], int(form[2]), form[3] is not None)
