"""Is this process alive, can it do its work, and what can be counted of it?"""

import asyncio
import os

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.database import answers
from realtime.hub import Hub

# How late updates may come before an operator is told.
LATE_SECONDS = 5.0
_PATIENCE = 2.0


async def live(_: Request) -> Response:
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """What is wrong, if anything is.

    200 `ready`; 200 `degraded` without the broadcaster, when updates are polled for and come a little later,
    and when they come late for whatever reason; 503 `not ready` without the database, and while the server goes.
    """
    hub: Hub = request.state.hub
    database = await answers()
    lag = await _lag(hub) if database else None
    broadcaster = hub.broker.healthy.is_set()
    going = request.state.sockets.going
    well = broadcaster and lag is not None and lag <= LATE_SECONDS
    status = "not ready" if going or not database else "ready" if well else "degraded"
    return JSONResponse(
        {
            "status": status,
            "database": "answers" if database else "does not answer",
            "broadcaster": "heard" if broadcaster else "not heard: polling",
            "tail": "unknown"
            if lag is None
            else "current"
            if lag <= LATE_SECONDS
            else f"{lag:.0f} s behind",
            "serving": "no: going" if going else "yes",
        },
        503 if status == "not ready" else 200,
    )


async def _lag(hub: Hub) -> float | None:
    """None where the database cannot tell, or not in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await hub.lag()
    except Exception:  # noqa: BLE001  whatever keeps it from answering
        return None


async def metrics(_: Request) -> Response:
    """In the text format of Prometheus; of all workers, where there are several."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
