"""How do tests speak HTTP? As httpx does, by aiohttp's transport."""

import httpx
from httpx_aiohttp import AiohttpTransport


def http_client(url: str = "", seconds: float = 10) -> httpx.AsyncClient:
    """Waits for so many seconds for each part of an answer.

    Httpx's own transport takes three times as long, and where a peer goes at the moment it is connected
    it raises what is no `TransportError`.
    """
    # Not encrypted: to read the machine's certificates would take longer than most tests.
    # And it lets idle connections go before the server, whose going would cross with a request.
    transport = AiohttpTransport(verify=False, limits=httpx.Limits(keepalive_expiry=2))
    return httpx.AsyncClient(base_url=url, transport=transport, timeout=seconds)
