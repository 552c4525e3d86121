"""How is Dealcast put together and started?"""

import asyncio
import gc
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import timedelta
from functools import cached_property
from multiprocessing import parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute
from uvicorn.supervisors.multiprocess import Multiprocess, Process

import commands
import demo
from models.database import Unreachable, close_database, migrate, open_database, opened
from models.errors import DealcastError
from realtime.hub import Hub
from resolvers.mail import transport
from resolvers.mail_queue import MailQueue
from resolvers.provider import Provider
from resolvers.snoozes import keep_waking
from resolvers.tokens import Tokens
from resolvers.upkeep import keep_up
from schema.demo_sign_in import demo_routes
from schema.event_stream import EventStreams
from schema.health import live, metrics, ready
from schema.http import graphql_http
from schema.pages import Pages
from schema.sockets import Sockets
from schema.sse import Http
from schema.websocket import graphql_websocket
from schema.wire import Wire
from settings import Settings, SettingsError

BUILT_PAGES = Path(__file__).parent / "dashboard" / "dist"
_GC_THRESHOLDS = (50_000, 50, 100)


def build(settings: Settings) -> Starlette:
    """The ASGI application; its lifespan opens the database, the hub and the mail queue."""
    tokens = Tokens(settings.auth_secret, _provider(settings))
    hub = Hub(settings.broadcast_url, settings.retention)
    mail = MailQueue(transport(settings.smtp_url))
    sockets = Sockets(settings.drain_seconds, settings.max_sockets, settings.max_sockets_per_user)
    pages = Pages(BUILT_PAGES, settings.frame_ancestors)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, object]]:
        await open_database(settings.database_url)
        await hub.start()
        await mail.start()
        # In contexts of their own: what begins here outlives whatever is current.
        jobs = [
            asyncio.create_task(job, context=Context()) for job in (keep_waking(), keep_up(hub))
        ]
        try:
            yield {"sockets": sockets, "hub": hub}
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.wait(jobs)
            await mail.stop()
            await hub.stop()
            await close_database()

    origins = settings.allowed_origins
    grace = timedelta(seconds=settings.token_grace_seconds)
    endpoint = graphql_websocket(tokens, hub, sockets, grace, origins)
    return Starlette(
        routes=[
            Route("/graphql", graphql_http(tokens, EventStreams(hub, sockets, grace), pages)),
            WebSocketRoute("/graphql", endpoint),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", metrics),
            *pages.routes,
            *(demo_routes(tokens, demo.PEOPLE) if settings.demo else ()),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=origins,
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "last-event-id"],
            )
        ],
        lifespan=lifespan,
    )


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None or settings.oidc_audience is None:
        return None
    return Provider(settings.oidc_issuer, settings.oidc_audience)


class Server(uvicorn.Server):
    """uvicorn, but it lets its sockets go one after the other, and a stop that was asked for is no failure."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        left = await self.lifespan.state["sockets"].drain()
        # For the answers that are under way; half of it, as the queue and the database end after them.
        self.config.timeout_graceful_shutdown = left / 2
        await super().shutdown(sockets)

    async def main_loop(self) -> None:
        # What is loaded by now stays, and what operations leave behind goes without the collector: it is
        # kept from looking through everything that thousands of sockets hold while an event waits.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_GC_THRESHOLDS)
        await super().main_loop()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        with self.capture_signals():
            await self._serve(sockets)
            self._captured_signals.clear()


class _WorkerServer(Server):
    """One of several; when its supervisor is gone, killed perhaps, nobody would ever stop it but itself."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        supervisor = parent_process()
        assert supervisor is not None
        loop, sentinel = asyncio.get_running_loop(), supervisor.sentinel

        def end() -> None:
            loop.remove_reader(sentinel)
            self.should_exit = True

        loop.add_reader(sentinel, end)


class _Worker(Process):
    """uvicorn's worker process, with our server in it."""

    @cached_property
    def server(self) -> Server:
        return _WorkerServer(self.config)


class _Workers(Multiprocess):
    def init_processes(self) -> None:
        for _ in range(self.processes_num):
            worker = _Worker(self.config, self.sockets)
            worker.start()
            self.processes.append(worker)


def app() -> Starlette:
    """The application of one of several worker processes."""
    return build(Settings.load(os.environ))


async def prepare(settings: Settings) -> None:
    """Migrates, and in demo mode fills a database that is still empty."""
    await migrate(settings.database_url)
    if settings.demo:
        async with opened(settings.database_url):
            await demo.seed()


def serve(settings: Settings) -> None:
    asyncio.run(prepare(settings))
    print(_welcome(settings), flush=True)
    config = uvicorn.Config("server:app", factory=True, **uvicorn_options(settings))
    if settings.workers == 1:
        Server(config).run()
    else:
        with TemporaryDirectory(prefix="dealcast-metrics-") as folder:
            # Read by prometheus-client in each worker: their figures are added up.
            os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
            _Workers(config, sockets=[config.bind_socket()]).run()


def uvicorn_options(settings: Settings) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "log_level": "warning",
        "http": Http,
        "ws": Wire,
        # Longer than proxies keep an idle connection, or one is closed while a request is on its way.
        "timeout_keep_alive": 75,
        # Its time-out closes with 1011, which stock clients take as final: the wire pings.
        "ws_ping_interval": None,
        "ws_ping_timeout": None,
        # Compression costs two thirds of the fan-out and 45 to 70 KB a socket.
        "ws_per_message_deflate": False,
        "ws_max_size": 1024 * 1024,
    }


def _welcome(settings: Settings) -> str:
    url = f"http://{settings.host}:{settings.port}"
    lines = [f"Dealcast on {url} (the dashboard) and {url}/graphql (the API, and GraphiQL)"]
    if settings.demo:
        people = ", ".join(demo.PEOPLE)
        lines += [
            f"Demo people: {people}",
            "Sign in: in the dashboard, or .venv/bin/python server.py token EMAIL",
        ]
    return "\n".join(lines)


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    asked = commands.parser().parse_args(arguments)
    try:
        settings = Settings.load(environ)
        if asked.command is None:
            serve(settings)
        else:
            print(asyncio.run(commands.run(settings, asked)))
    except (SettingsError, Unreachable, DealcastError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
