"""How does a client change deals for next to nothing? One kept-alive HTTP connection, one request at a time."""

import json
import socket
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.followers import MARK, name
from benchmarks.servers import Fault, Kind, Server

_RENAME = """
mutation ($input: UpdateOpportunityInput!) {
  updateOpportunity(input: $input) {
    cursor userErrors { code message } opportunity { id name version revision }
  }
}
"""


@dataclass
class Change:
    """When it was asked for, and how many are still to hear of it."""

    asked_at: float
    missing: int
    answered: bool = False

    @property
    def done(self) -> bool:
        return self.answered and not self.missing


class Writer:
    """`template` is an update of Dealcast, which the bare loop is asked to send with another change in it."""

    def __init__(
        self, server: Server, token: str, template: bytes, answered: Callable[[Change], None]
    ) -> None:
        self._bare = server.kind is Kind.BARE
        self._token = token
        self._template = template
        self._answered = answered
        self._sock = socket.create_connection(("127.0.0.1", server.port))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.fd = self._sock.fileno()
        self.change: Change | None = None
        self._answer = b""

    def write(self, deal_id: str, deal: int, number: int, change: Change) -> None:
        self.change = change
        self._answer = b""
        path, text = "/graphql", name(deal, number)
        if self._bare:
            path = f"/send?deal={deal}"
            before, _, after = self._template.partition(MARK)
            body = before + MARK + text[1:].encode() + after[len(text) - 1 :]
        else:
            variables = {"input": {"id": deal_id, "name": text}}
            body = json.dumps({"query": _RENAME, "variables": variables}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self._token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._sock.sendall(head.encode() + body)

    def read(self) -> None:
        received = self._sock.recv(65_536)
        if not received:
            raise Fault("a change was not answered")
        self._answer += received
        head, end, body = self._answer.lower().partition(b"\r\n\r\n")
        if not end or len(body) < int(head.partition(b"content-length:")[2].split()[0]):
            return
        if not head.startswith(b"http/1.1 200 ") or not (self._bare or b'"usererrors":[]' in body):
            raise Fault(f"a change was answered with {self._answer!r}")
        assert self.change
        change, self.change = self.change, None
        self._answered(change)

    def close(self) -> None:
        self._sock.close()
