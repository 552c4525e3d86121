"""What may a message of graphql-transport-ws look like, and why are sockets closed?

The sub-protocol is that of https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal

import orjson

from models.errors import Unreadable
from schema.decoding import TooDeep, decoded
from schema.frames import framed

PROTOCOL = "graphql-transport-ws"
_LONGEST_ID = 256


class CloseCode(IntEnum):
    """Chosen so that stock clients come back when they should, and stop when they must."""

    GOING_AWAY = 1012  # comes back: the server is going
    TRY_AGAIN = 1013  # comes back: too slow, or a passing fault; resume by cursor
    BAD_MESSAGE = 4400  # stops
    UNAUTHORIZED = 4401  # stops: forged or unknown credentials, deactivated
    TOKEN_ENDED = 4403  # comes back with a fresh token
    BAD_PROTOCOL = 4406  # stops
    INIT_TIMEOUT = 4408  # comes back
    ID_IN_USE = 4409  # stops
    INIT_TWICE = 4429  # stops


class Hangup(Exception):
    """Ends the connection with a code; the reason is for people, at most 123 bytes on the wire."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Request:
    """What a `subscribe` asks for: a query, a mutation or a subscription."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None
    # Why it cannot be run, whatever it asks.
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    type: Literal["connection_init", "ping", "pong", "subscribe", "complete"]
    id: str | None = None
    payload: dict[str, Any] | None = None
    request: Request | None = None

    @classmethod
    def parse(cls, text: str) -> "Message":
        """A message of the client.

        Raises:
            Hangup: BAD_MESSAGE, for whatever the protocol does not know.
        """
        flaw = None
        try:
            raw = decoded(text)
        except TooDeep as error:
            raw, flaw = error.value, str(error)
        except Unreadable as error:
            raise _bad(str(error)) from None
        if not isinstance(raw, dict):
            raise _bad("a message must be an object")
        match raw.get("type"):
            case "subscribe":
                # What is too deep are its variables: that is the operation's fault, not the socket's.
                return cls("subscribe", id=_id(raw), request=_request(raw.get("payload"), flaw))
            case _ if flaw is not None:
                raise _bad(flaw)
            case "connection_init" | "ping" | "pong" as type_:
                return cls(type_, payload=_object(raw, "payload"))
            case "complete":
                return cls("complete", id=_id(raw))
            case _:
                raise _bad("a message of unknown type")


def _bad(reason: str) -> Hangup:
    return Hangup(CloseCode.BAD_MESSAGE, reason)


def _id(raw: dict[str, Any]) -> str:
    ident = raw.get("id")
    if not isinstance(ident, str) or not 0 < len(ident) <= _LONGEST_ID:
        raise _bad(f"id must be a string of 1 to {_LONGEST_ID} characters")
    return ident


def _object(raw: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, dict):
        raise _bad(f"{name} must be an object")
    return value


def _request(payload: object, flaw: str | None) -> Request:
    if not isinstance(payload, dict):
        raise _bad("payload must be an object")
    query, name = payload.get("query"), payload.get("operationName")
    if not isinstance(query, str):
        raise _bad("query must be a string")
    if name is not None and not isinstance(name, str):
        raise _bad("operationName must be a string")
    variables, extensions = _object(payload, "variables"), _object(payload, "extensions")
    return Request(query, variables, name, extensions, flaw)


def encode(type_: str, ident: str | None = None, payload: object = None) -> bytes:
    """A message of ours, as a frame."""
    message: dict[str, object] = {"type": type_}
    if ident is not None:
        message["id"] = ident
    if payload is not None:
        message["payload"] = payload
    return framed(orjson.dumps(message))
