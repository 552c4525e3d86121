"""How do values that GraphQL has no word for travel?"""

import datetime as dt
import decimal
import re
from typing import NewType

import strawberry
from graphql import FloatValueNode, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

from realtime.cursors import LogCursor

# Written from a LogCursor or its text, read as the text of one.
Cursor = NewType("Cursor", str)
Date = dt.date
DateTime = dt.datetime
Decimal = decimal.Decimal

# Far beyond every amount, and small enough that no exponent becomes a number of a million digits.
_DECIMAL = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


def _parse_decimal(value: object) -> Decimal:
    text = "" if isinstance(value, bool) else str(value)
    if not isinstance(value, str | int | float) or not _DECIMAL.fullmatch(text):
        raise ValueError("is not a decimal of reasonable length, as a string or a number")
    return Decimal(text)


def _parse_decimal_literal(node: ValueNode, _variables: object = None) -> Decimal:
    # The text of the literal: through a float it would lose digits.
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        return _parse_decimal(node.value)
    return _parse_decimal(None)


def _show_decimal(value: Decimal) -> str:
    return f"{value:f}"


def _parse_date(value: object) -> Date:
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("is not a date of the form 2026-12-31")


def _parse_instant(value: object) -> DateTime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return dt.datetime.fromisoformat(value.upper()).astimezone(dt.UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError("is not an instant of the form 2026-12-31T23:59:59+00:00")


def _show_instant(value: DateTime) -> str:
    # In UTC, so that it is the same text whichever database it comes from.
    return value.astimezone(dt.UTC).isoformat()


def _parse_cursor(value: object) -> Cursor:
    if not isinstance(value, str):
        raise ValueError("is not a cursor of the log")  # noqa: TRY004  how scalars refuse
    LogCursor.parse(value)
    return Cursor(value)


SCALARS: dict[object, ScalarDefinition] = {
    Cursor: strawberry.scalar(
        name="Cursor",
        description=(
            "A place in the organisation's log of events: opaque, to be sent back as `after` of a "
            "subscription. It does not mix with the cursors of `pageInfo` and edges."
        ),
        serialize=str,
        parse_value=_parse_cursor,
    ),
    Date: strawberry.scalar(
        name="Date",
        description="A calendar day in ISO 8601: `2026-12-31`.",
        serialize=dt.date.isoformat,
        parse_value=_parse_date,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="An instant in ISO 8601 with its offset: `2026-12-31T23:59:59.123456+00:00`.",
        serialize=_show_instant,
        parse_value=_parse_instant,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description=(
            'An exact decimal number. Answered as a string (`"1234.50"`); a string or a number is '
            "taken, of which only the string keeps every digit on its way."
        ),
        serialize=_show_decimal,
        parse_value=_parse_decimal,
        parse_literal=_parse_decimal_literal,
    ),
}
