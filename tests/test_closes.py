"""Does the stock graphql-ws client come back, or stop, as the README's table of closes says?"""

import asyncio
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schema import websocket
from schema.live import LiveOperation
from schema.protocol import CloseCode
from schema.sockets import Sockets
from tests.harness import running
from tests.node import CLIENTS, node_command

README = (Path(__file__).parent.parent / "README.md").read_text()
TOLD = {
    int(code): outcome
    for code, outcome in re.findall(
        r"^\| (\d{4}) \| .+ \| (comes back|stops)[^|]* \|$", README, re.MULTILINE
    )
}


def _with_faults(render: Callable[..., Any]) -> Callable[..., Any]:
    async def rendered(operation: LiveOperation, *given: Any, **named: Any) -> Any:
        if operation._name == "Fault":
            raise RuntimeError("a passing fault")
        return await render(operation, *given, **named)

    return rendered


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_each_close_is_what_the_table_says_to_a_stock_client(
    database_url: str, sockets: list[Sockets], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket, "INIT_SECONDS", 0.3)
    monkeypatch.setattr(LiveOperation, "render", _with_faults(LiveOperation.render))
    assert TOLD.keys() == set(CloseCode)
    async with running(database_url, TOKEN_GRACE_SECONDS="0") as world, asyncio.timeout(20):
        process = await asyncio.create_subprocess_exec(
            *node_command(),
            CLIENTS / "closes.mjs",
            world.url.replace("http", "ws") + "/graphql",
            env={
                **os.environ,
                "GOOD": world.carol.token or "",
                "ENDED": world.tokens.issue("carol@acme.example", hours=-1),
            },
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            seen: dict[int, str] = {}
            waits = False
            while len(seen) < len(TOLD):
                said = json.loads(await process.stdout.readline())
                waits = waits or "waits" in said
                if "outcome" in said:
                    assert said["closed"] == said["code"]
                    seen[said["code"]] = said["outcome"]
                if waits and TOLD.keys() - seen.keys() == {CloseCode.GOING_AWAY}:
                    await sockets[0].drain()
        finally:
            process.kill()
            await process.wait()
    assert seen == TOLD
