"""Is this process alive, can it do its work, and what can be counted of it?"""

import os

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.database import answers


async def live(_: Request) -> Response:
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """What is wrong, if anything is.

    200 `ready`; 200 `degraded` without the broadcaster: updates are polled for and come a little later;
    503 `not ready` without the database, and while the server goes.
    """
    database = await answers()
    broadcaster = request.state.hub.broker.healthy.is_set()
    going = request.state.sockets.going
    status = "not ready" if going or not database else "ready" if broadcaster else "degraded"
    return JSONResponse(
        {
            "status": status,
            "database": "answers" if database else "does not answer",
            "broadcaster": "heard" if broadcaster else "not heard: polling",
            "serving": "no: going" if going else "yes",
        },
        503 if status == "not ready" else 200,
    )


async def metrics(_: Request) -> Response:
    """In the text format of Prometheus; of all workers, where there are several."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
