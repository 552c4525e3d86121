"""Where do servers listen whose port must be known before they start?"""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """Below the ports that outgoing connections get: none can take it while the server is down."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
