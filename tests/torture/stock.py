"""Does the real graphql-ws client, in Node, fare as its imitation in Python does?"""

import asyncio
import os
from random import Random

import orjson

from resolvers.tokens import Tokens
from tests.node import CLIENTS, node_command
from tests.torture.followers import Follower, Item, Life, Session


class NodeFollower(Follower):
    """A follower that is the stock client itself; its user must be one who keeps all rights."""

    def __init__(self, email: str, user_id: str, query: str, random: Random) -> None:
        super().__init__(email, user_id, query, None, random)

    async def run(self, url: str, tokens: Tokens) -> None:
        life = Life()
        self.lives = [life]
        process = await asyncio.create_subprocess_exec(
            *node_command(),
            CLIENTS / "follow.mjs",
            url.replace("http", "ws") + "/graphql",
            self._query,
            env={**os.environ, "TOKEN": tokens.issue(self.email)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,
        )
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                said = orjson.loads(line)
                if said.get("event") == "connected":
                    life.sessions.append(Session(life.cursor, 0))
                elif "next" in said:
                    life.sessions[-1].items.append(Item.read(said["next"]))
                elif "error" in said or "complete" in said:
                    self.surprises.append(f"stopped: {said}")
            self.surprises.append("Node ended by itself")
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
