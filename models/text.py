"""How are texts cleaned, bounded and compared, alike on every database?"""

import unicodedata

from models.enums import ErrorCode
from models.errors import refuse

NAME_LIMIT = 200
LABEL_LIMIT = 200
TEXT_LIMIT = 2_000
SUBJECT_LIMIT = 250
BODY_LIMIT = 100_000


def folded(text: str) -> str:
    """The form for search and order: without accents and case, one space between words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().split())


def clean(value: str, *field: str | int, limit: int = NAME_LIMIT, required: bool = True) -> str:
    """The text without outer white space.

    Raises:
        Refused: INVALID when it is empty though required, longer than `limit`, or holds control characters.
    """
    text = value.strip()
    if required and not text:
        raise refuse(ErrorCode.INVALID, "must not be empty", *field)
    if len(text) > limit:
        raise refuse(ErrorCode.INVALID, f"must not be longer than {limit} characters", *field)
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in text):
        raise refuse(ErrorCode.INVALID, "must not hold control characters", *field)
    return text


def clean_optional(value: str | None, *field: str | int, limit: int = NAME_LIMIT) -> str | None:
    """`clean` for what may be cleared: null and empty both mean nothing."""
    if value is None:
        return None
    return clean(value, *field, limit=limit, required=False) or None


def clean_subject(value: str, *field: str | int, required: bool = True) -> str:
    """`clean` for what stands in one line: a line break would begin another header of a mail."""
    text = clean(value, *field, limit=SUBJECT_LIMIT, required=required)
    if "\t" in text or len(text.splitlines()) > 1:
        raise refuse(ErrorCode.INVALID, "must be one line", *field)
    return text


def clean_body(value: str, *field: str | int) -> str:
    """`clean` for the text of a message, with one kind of line break."""
    return clean(value.replace("\r\n", "\n"), *field, limit=BODY_LIMIT)
