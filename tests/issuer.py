"""What does a provider of sign-in do? A small OpenID Connect issuer on this machine, with keys of its own."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.utils import base64url_encode

AUDIENCE = "api://dealcast"
# A secret among the public keys, as no provider should have it.
SHARED = "a secret that everybody can read, long enough"
# To make a key takes long: these two serve all tests.
KEYS = [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


class Issuer:
    """`asked` are the paths that were asked for; `kid` names the key that signs."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/tenant/v2.0"
        self.key, self.kid = KEYS[0], "first"
        self.calls_itself = self.url
        self.is_down = False
        self.asked: list[str] = []

    @property
    def settings(self) -> dict[str, str]:
        return {"OIDC_ISSUER": self.url, "OIDC_AUDIENCE": AUDIENCE}

    @property
    def public_key(self) -> dict[str, Any]:
        jwk: dict[str, Any] = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        # As Microsoft has them: without `alg`.
        return {"kid": self.kid, "kty": jwk["kty"], "use": "sig", "n": jwk["n"], "e": jwk["e"]}

    def rotate(self) -> None:
        self.key, self.kid = KEYS[1], "second"

    def token(self, *, without: str = "", **claims: Any) -> str:
        """A token of now, with these claims besides."""
        return jwt.encode(
            self.claims(without=without, **claims),
            self.key,
            algorithm="RS256",
            headers={"kid": self.kid},
        )

    def claims(self, *, without: str = "", **claims: Any) -> dict[str, Any]:
        now = time.time()
        common = {
            "iss": self.url,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 3600,
            "sub": "pairwise",
        }
        return {name: value for name, value in {**common, **claims}.items() if name != without}

    def answer(self, path: str) -> object | None:
        self.asked.append(path)
        if path == "/tenant/v2.0/.well-known/openid-configuration":
            return {"issuer": self.calls_itself, "jwks_uri": self.url.replace("v2.0", "keys")}
        if path == "/tenant/keys":
            shared = base64url_encode(SHARED.encode()).decode()
            return {"keys": [{"kid": "shared", "kty": "oct", "k": shared}, self.public_key]}
        return None


@contextmanager
def issuer() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = None if running.is_down else running.answer(self.path)
            body = json.dumps(found).encode()
            self.send_response(503 if found is None else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        running = Issuer(server.server_port)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            server.shutdown()
            thread.join()
