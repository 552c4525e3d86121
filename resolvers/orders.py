"""In which order does a list come, and where in it does a cursor stand?

A cursor holds the values that the list is ordered by, of the row after which to go on: rows that come and go
never shift a list that is read page by page. Empty values come last in both directions; the id breaks ties.
"""

import datetime as dt
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

import orjson
from tortoise.expressions import Q, RawSQL
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.errors import Unreadable
from resolvers.finding import where

M = TypeVar("M", bound=Model)

_PREFIX = "page_"


@dataclass(frozen=True, slots=True)
class By:
    """A column that a list is ordered by, with the type of its values."""

    column: str
    type: type
    descending: bool = False
    nullable: bool = False


class Order:
    """What a list is ordered by; `list_name` keeps the cursors of one list out of every other."""

    def __init__(self, list_name: str, *columns: By, id_type: type = str) -> None:
        descending = columns[-1].descending if columns else False
        self.columns = (*columns, By("id", id_type, descending))
        self._seal = f"{list_name} {self.columns}"

    def apply(self, rows: QuerySet[M]) -> QuerySet[M]:
        names = []
        for by in self.columns:
            if by.nullable:
                # The databases disagree about where nulls go unless they are told.
                rows = rows.annotate(**{f"no_{by.column}": RawSQL(f'"{by.column}" IS NULL')})
                names.append(f"no_{by.column}")
            names.append(f"-{by.column}" if by.descending else by.column)
        return rows.order_by(*names)

    def cursor_of(self, row: object) -> str:
        values = [_plain(getattr(row, by.column)) for by in self.columns]
        body = orjson.dumps([self._check(values), *values])
        return _PREFIX + urlsafe_b64encode(body).decode().rstrip("=")

    def after(self, cursor: str | None) -> Q | None:
        """The condition for the rows behind a cursor; None for the whole list.

        Raises:
            Unreadable: for what is no cursor of this list in this order.
        """
        return None if cursor is None else self._behind(self._read(cursor))

    def _behind(self, values: list[Any]) -> Q:
        alternatives: list[Q] = []
        same: list[Q] = []
        for by, value in zip(self.columns, values, strict=True):
            if value is not None:
                further = where(f"{by.column}__{'lt' if by.descending else 'gt'}", value)
                if by.nullable:
                    further |= where(f"{by.column}__isnull", value=True)
                alternatives.append(Q(*same, further))
            same.append(where(by.column, value))
        behind = Q(*alternatives, join_type=Q.OR)
        first, value = self.columns[0], values[0]
        if first.nullable:
            return behind
        # Says nothing new, but is what an index can begin at.
        return where(f"{first.column}__{'lte' if first.descending else 'gte'}", value) & behind

    def _read(self, cursor: str) -> list[Any]:
        body = cursor.removeprefix(_PREFIX)
        try:
            check, *values = orjson.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            if body != cursor and check == self._check(values):
                pairs = zip(self.columns, values, strict=True)
                return [_typed(by, value) for by, value in pairs]
        except (ValueError, TypeError, OverflowError, BadBase64):
            pass
        raise Unreadable("`after` is not a cursor of this list in this order")

    def _check(self, values: list[Any]) -> str:
        # No secret: it catches cursors of other lists and broken ones, and what comes through is typed.
        return sha256(self._seal.encode() + orjson.dumps(values)).hexdigest()[:12]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _typed(by: By, value: Any) -> Any:
    if value is None and by.nullable:
        return None
    if by.type is dt.date:
        return dt.date.fromisoformat(value)
    if by.type is dt.datetime:
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC)
    if type(value) is not by.type or (isinstance(value, str) and "\0" in value):
        raise TypeError
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError
    return value
