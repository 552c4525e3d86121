"""What may a client hand to a mutation, and how does a resolver get it?"""

from dataclasses import fields, is_dataclass
from typing import Any

import strawberry

IDEMPOTENCY_KEY = (
    "A text of the client's choice, up to 200 characters, remembered for 24 hours: the same input "
    "sent again under the same key does nothing more and answers with the first one's cursor."
)
EXPECTED_VERSION = (
    "The `version` that this change is based on: when the object has moved on since, the change is "
    "refused with CONFLICT. Left out, whatever stands is changed."
)


def optional(description: str) -> Any:
    """An input field that may be left out, which is something else than giving null (rule 29)."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def given(value: Any) -> dict[str, Any]:
    """The fields that the client gave, nested inputs included, and the defaults of the schema."""
    held = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: _plain(part) for name, part in held.items() if part is not strawberry.UNSET}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return given(value) if is_dataclass(value) else value
