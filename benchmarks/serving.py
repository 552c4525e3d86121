"""How do the servers that Dealcast is measured beside listen? On $PORT, with Dealcast's choices for websockets."""

import os

import uvicorn
from starlette.types import ASGIApp


def serve(app: ASGIApp) -> None:
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_ping_interval=None,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )
