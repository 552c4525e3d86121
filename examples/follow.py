"""Follows deals from a terminal: one line for each item, going on by itself after a cut.

    python examples/follow.py --token TOKEN [--deal ID] [--after CURSOR] [--url URL]

Without --deal it follows every deal that the token's user follows. The last word of a line is the
cursor to give to --after. Heartbeats are taken in silence.
"""

import argparse
import asyncio
import json
import random
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Subprotocol

ALL = "subscription ($after: Cursor) { item: followedDealUpdates(after: $after) { ...Item } }"
ONE = """subscription ($deal: ID!, $after: Cursor) {
  item: dealUpdates(dealId: $deal, after: $after) { ...Item }
}"""
ITEM = """
fragment Item on DealUpdate {
  kind cursor dealId deal { name }
  event {
    kind actor { fullName }
    changes { field before after beforeNode { ...Name } afterNode { ...Name } }
  }
}
fragment Name on Node {
  ... on User { name: fullName } ... on Contact { name: fullName } ... on Stage { name }
}"""
PROTOCOL = Subprotocol("graphql-transport-ws")
# Coming back would not help: what was said is wrong, nobody is signed in, the token has ended.
FINAL = {4400, 4401, 4403, 4406}


class Follower:
    def __init__(self, token: str, deal: str | None, after: str | None, url: str) -> None:
        self.token, self.deal, self.after, self.url = token, deal, after, url
        self.names: dict[str, str] = {}
        self.pause = 0.5

    async def run(self) -> None:
        """Returns when the stream has ended for good; a lost connection is made again."""
        while True:
            try:
                async with connect(self.url, subprotocols=[PROTOCOL]) as socket:
                    return await self.follow(socket)
            except ConnectionClosed as closed:
                end = closed.rcvd
                if end and end.code in FINAL:
                    raise SystemExit(f"{end.code}: {end.reason}") from None
                why = f"{end.code}: {end.reason}" if end else "the connection was cut"
            except (OSError, InvalidHandshake) as error:
                why = str(error)
            print(f"... {why}; again within {self.pause:g} s", flush=True)
            # At random, so that many followers do not all come back at the same moment.
            await asyncio.sleep(self.pause * random.uniform(0.5, 1))  # noqa: S311  no secret
            self.pause = min(self.pause * 2, 30)

    async def follow(self, socket: ClientConnection) -> None:
        await say(socket, "connection_init", payload={"authorization": f"Bearer {self.token}"})
        while True:
            message = json.loads(await socket.recv())
            if message["type"] == "connection_ack":
                variables = {"deal": self.deal, "after": self.after}
                asked = {"query": (ONE if self.deal else ALL) + ITEM, "variables": variables}
                await say(socket, "subscribe", id="1", payload=asked)
            elif message["type"] == "ping":
                await say(socket, "pong")
            elif message["type"] == "next":
                self.take(message["payload"]["data"]["item"])
            elif message["type"] == "error":
                raise SystemExit(message["payload"][0]["message"])
            elif message["type"] == "complete":
                return

    def take(self, item: dict[str, Any]) -> None:
        # Where the next connection goes on.
        self.after, self.pause = item["cursor"], 0.5
        ident, event = item["dealId"], item["event"]
        if item["deal"]:
            self.names[ident] = item["deal"]["name"]
        if item["kind"] != "HEARTBEAT":
            # A deal that has gone out of sight is named as it was last seen.
            parts = (item["kind"].ljust(8), self.names.get(ident, ident), event and told(event))
            print(*filter(None, (*parts, item["cursor"])), sep="  ", flush=True)


async def say(socket: ClientConnection, type_: str, **rest: object) -> None:
    await socket.send(json.dumps({"type": type_, **rest}))


def told(event: dict[str, Any]) -> str:
    """What happened, who did it, and what it changed."""
    who = event["actor"]["fullName"] if event["actor"] else "the operator"
    return f"{event['kind']} by {who}  " + ", ".join(map(shown, event["changes"]))


def shown(change: dict[str, Any]) -> str:
    """People and stages by name; a person's role and label by their values, after the name."""
    field, before, after = change["field"], change["beforeNode"], change["afterNode"]
    if field.startswith("PARTICIPANT_"):
        field, before, after = f"{field} of {(before or after or {}).get('name')}", None, None
    old = (before or {}).get("name", change["before"])
    new = (after or {}).get("name", change["after"])
    return f"{field}: {old or 'none'} -> {new or 'none'}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--token", required=True, help="as `server.py token EMAIL` prints it")
    parser.add_argument("--deal", metavar="ID", help="one deal instead of all that are followed")
    parser.add_argument("--after", metavar="CURSOR", help="go on after this place in the log")
    parser.add_argument("--url", default="ws://127.0.0.1:8000/graphql")
    with suppress(KeyboardInterrupt):
        asyncio.run(Follower(**vars(parser.parse_args())).run())


if __name__ == "__main__":
    main()
