"""How do clients follow over server-sent events? As graphql-sse does, a request for each stream."""

from contextlib import suppress

import httpx

from tests.events import COMPLETE, EVENTS, Stream
from tests.http_clients import http_client
from tests.torture.followers import Follower, Item, Session


class EventFollower(Follower):
    """Comes back with the id of the last event, and ends with `complete` alone."""

    @property
    def stream(self) -> str:
        return f"{super().stream} as events"

    async def _connect(self, url: str) -> str | int | None:
        session = self._session()
        end: str | int | None = None
        sent = {"accept": EVENTS, "authorization": f"Bearer {self._token}"}
        if session.after is not None:
            sent["last-event-id"] = str(session.after)
        body = self._request(session)
        body["variables"].pop("after")
        with suppress(httpx.TransportError, TimeoutError):
            async with (
                http_client() as http,
                http.stream("POST", f"{url}/graphql", json=body, headers=sent) as response,
            ):
                if response.status_code == httpx.codes.OK:
                    self.lives[-1].sessions.append(session)
                    end = await self._hear_events(Stream.of(response), session)
                elif response.status_code == httpx.codes.UNAUTHORIZED:
                    end = 4401
                elif not response.is_server_error:
                    end = "error"
                    self.surprises.append(f"was answered {response.status_code}")
        session.end = end
        return end

    async def _hear_events(self, events: Stream, session: Session) -> str | int | None:
        while (event := await events.next()) is not None:
            if event == COMPLETE:
                return "complete"
            if "errors" not in event.data:
                session.items.append(Item.read(event.data))
                self._came.set()
            elif event.codes == ["UNAUTHENTICATED"]:
                return 4401
            else:
                return self._fail(event.data["errors"], session)
        return None
