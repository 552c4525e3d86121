"""How are rows named? An id is a prefix for the type and 26 characters that sort by time.

The text that clients see is the primary key itself: unique over all types, opaque, the same for a deal
before and after conversion, and never a count that one organisation could read off another's rows.
"""

import re
import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_FORM = re.compile(r"([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}")
_RANDOM_BITS = 80

_last = 0


def new_id(prefix: str) -> str:
    """A fresh id; within a process ids rise strictly, so that they break ties by age."""
    global _last  # noqa: PLW0603  the last id given is what makes the next one greater
    fresh = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    _last = max(fresh, _last + 1 + secrets.randbits(32))
    value, text = _last, ""
    for _ in range(26):
        value, digit = divmod(value, 32)
        text = _ALPHABET[digit] + text
    return f"{prefix}_{text}"


def prefix_of(text: str) -> str | None:
    """The prefix of a well-formed id; None for a string that is no id of ours at all."""
    form = _FORM.fullmatch(text)
    return form[1] if form else None
