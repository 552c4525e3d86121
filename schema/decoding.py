"""What JSON do clients send? Of bearable depth: what is nested deeper could be read, but not written again."""

from typing import Any

import orjson

from models.errors import Unreadable

# Ten levels of a filter are some twenty of JSON.
DEEPEST = 64


class TooDeep(Unreadable):
    """Readable, but nested too deeply to be taken: `value` says at least what it was meant for."""

    def __init__(self, value: Any) -> None:
        super().__init__(f"JSON may be {DEEPEST} levels deep")
        self.value = value


def decoded(text: str | bytes) -> Any:
    """The value.

    Raises:
        Unreadable: it is not JSON.
        TooDeep: it is, and nested too deeply.
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
    raise TooDeep(value)


def _children(value: Any) -> Any:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
