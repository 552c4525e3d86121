"""What does a client look for, by words or by id?"""

import unicodedata
from collections.abc import Iterable
from typing import Any

from tortoise.expressions import Q

from models.errors import Unreadable
from models.ids import prefix_of
from models.text import folded

LONGEST = 200


def where(lookup: str, value: Any) -> Q:
    return Q(**{lookup: value})


EVERYTHING = where("id__isnull", value=False)
NOTHING = where("id__isnull", value=True)


def search(text: str | None) -> Q:
    """Rows whose `search_key` holds every word, without regard to case and accents."""
    return _every(Q(search_key__contains=word) for word in words(text))


def search_users(text: str | None) -> Q:
    """Users whose name or e-mail holds every word."""
    return _every(Q(name_key__contains=word) | Q(email__contains=word) for word in words(text))


def _every(conditions: Iterable[Q]) -> Q:
    return Q(*conditions) or EVERYTHING


def words(text: str | None) -> list[str]:
    """The words of a search, folded as the columns that it looks into."""
    return [] if text is None else folded(checked(text)).split()


def checked(text: str) -> str:
    """A text to look for.

    Raises:
        Unreadable: no row can hold it, and not every database could look for it.
    """
    if len(text) > LONGEST:
        raise Unreadable(f"looks for more than {LONGEST} characters")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and not c.isspace() for c in text):
        raise Unreadable("looks for control characters")
    return text


def known_prefix(ident: str) -> str:
    """Of which type a client's id is.

    Raises:
        Unreadable: for a string that is no id at all.
    """
    found = prefix_of(ident)
    if found is None:
        raise Unreadable(f"{ident[:80]!r} is not an id")
    return found


def id_is_of(ident: str, prefix: str) -> bool:
    return known_prefix(ident) == prefix
