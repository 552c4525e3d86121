"""How fast does one change reach many followers? `make bench`, or `python -m benchmarks.fanout 1000 30`.

One server process on SQLite; this process is the client, with one websocket a follower, each a user of its own
with the document of a real client. Figures are of this machine and this run.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from models.database import migrate, opened
from models.enums import UserRole
from resolvers import organisations
from resolvers.tokens import Tokens
from tests.documents import FOLLOW_ALL
from tests.harness import SECRET, Client, World
from tests.processes import process

_PROTOCOL = Subprotocol("graphql-transport-ws")


@asynccontextmanager
async def _server(followers: int) -> AsyncIterator[tuple[World, list[Client], int]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite://{Path(folder) / 'bench.db'}"
        await migrate(url)
        async with opened(url):
            acme = await organisations.found("Acme", "alice@acme.example")
            users = [
                await organisations.invite(acme, f"u{number}@acme.example", UserRole.MEMBER)
                for number in range(followers)
            ]
        async with (
            process(DATABASE_URL=url) as running,
            httpx.AsyncClient(base_url=running.url) as http,
        ):
            world = World(running.url, http, Tokens(SECRET))
            clients = [Client(world, world.tokens.issue(user.email), user.id) for user in users]
            yield world, clients, running.child.pid


def _cpu(pid: int) -> float:
    """Seconds of processor time that the server has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().split()
    return (int(fields[13]) + int(fields[14])) / 100


async def measure(followers: int, changes: int) -> dict[str, float]:
    async with _server(followers) as (world, clients, pid):
        alice = Client(world, world.tokens.issue("alice@acme.example"), "")
        created = await alice.do("createOpportunity", "opportunity { id }", name="Followed by many")
        deal = created["opportunity"]["id"]
        for start in range(0, followers, 500):
            ids = [client.id for client in clients[start : start + 500]]
            assert (await alice.do("addSubscribers", dealId=deal, userIds=ids))["userErrors"] == []
        sent: dict[int, float] = {}
        delays: list[float] = []
        ready: asyncio.Queue[None] = asyncio.Queue()
        query = FOLLOW_ALL.replace("subscribers {", "subscribers(first: 3) {")

        async def follow(client: Client) -> None:
            url = world.url.replace("http", "ws") + "/graphql"
            async with connect(url, subprotocols=[_PROTOCOL], compression=None) as socket:
                credentials = {"authorization": f"Bearer {client.token}"}
                await socket.send(json.dumps({"type": "connection_init", "payload": credentials}))
                await socket.send(
                    json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}})
                )
                while '"READY"' not in await socket.recv(decode=True):
                    pass
                ready.put_nowait(None)
                for number in range(changes):
                    while '"CHANGED"' not in await socket.recv(decode=True):
                        pass
                    delays.append(time.perf_counter() - sent[number])

        begun, cpu = time.perf_counter(), _cpu(pid)
        tasks = [asyncio.create_task(follow(client)) for client in clients]
        for _ in clients:
            await ready.get()
        subscribing = _cpu(pid) - cpu
        begun, cpu = time.perf_counter(), _cpu(pid)
        for number in range(changes):
            sent[number] = time.perf_counter()
            await alice.do("updateOpportunity", id=deal, name=f"Name {number}")
        await asyncio.gather(*tasks)
        seconds, cpu = time.perf_counter() - begun, _cpu(pid) - cpu
    delays.sort()
    assert len(delays) == followers * changes
    return {
        "deliveries": len(delays),
        "deliveries a second": len(delays) / seconds,
        "deliveries a CPU second of the server": len(delays) / cpu,
        "p50 ms from mutation sent to received": delays[len(delays) // 2] * 1000,
        "p99 ms": delays[int(len(delays) * 0.99)] * 1000,
        "subscribes a CPU second of the server": followers / subscribing,
    }


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]] or [1000, 30]
    for name, figure in asyncio.run(measure(*numbers)).items():
        print(f"{figure:12,.0f}  {name}")
