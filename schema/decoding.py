"""What JSON do clients send? Of bearable depth: what is nested deeper could be read, but not written again."""

from typing import Any

import orjson

from models.errors import Unreadable

# Ten levels of a filter are some twenty of JSON.
DEEPEST = 64


def decoded(text: str | bytes) -> Any:
    """The value.

    Raises:
        Unreadable: it is not JSON, or nested too deeply.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unreadable("this is not JSON") from None
    level = [value]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return value
    raise Unreadable(f"JSON may be {DEEPEST} levels deep")


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
