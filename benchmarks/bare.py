"""What can a process do at most? A loop that sends the bytes it is given to the sockets of a deal, and nothing else."""

from collections import defaultdict

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.serving import serve

_followers: defaultdict[str, set[WebSocket]] = defaultdict(set)


async def join(websocket: WebSocket) -> None:
    await websocket.accept(subprotocol="graphql-transport-ws")
    deals: list[str] = []
    try:
        deals = (await websocket.receive_text()).split(",")
        for deal in deals:
            _followers[deal].add(websocket)
        await websocket.send_text("READY")
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        for deal in deals:
            _followers[deal].discard(websocket)


async def send(request: Request) -> Response:
    text = (await request.body()).decode()
    for websocket in list(_followers[request.query_params["deal"]]):
        await websocket.send_text(text)
    return Response()


async def ready(_: Request) -> Response:
    return Response()


app = Starlette(
    routes=[
        WebSocketRoute("/graphql", join),
        Route("/send", send, methods=["POST"]),
        Route("/health/ready", ready),
    ]
)

if __name__ == "__main__":
    serve(app)
