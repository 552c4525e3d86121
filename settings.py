"""What does the environment ask for? Read once at start; a bad value stops it in one line."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple, Self

_LOOPBACK = r"localhost|127(\.[0-9]{1,3}){3}|::1"
_SERVER = r"([^/?#]*@)?([\w.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?"
_SOCKET = r"([^/?#@]*@)?/[^/?#]+\?([^#]*&)?host=/[^#]*"
_POSTGRES = rf"postgres://({_SERVER}/[^/?#]+(\?[^#]*)?|{_SOCKET})"
_REDIS = rf"rediss?://{_SERVER}(/[0-9]*)?(\?[^#]*)?"
_SQLITE = r"sqlite://(?!:memory:)(?P<path>[^?#]+)(\?[^#]*)?"
# Over TLS, but on this machine.
_ISSUER = rf"https://[^\s?#]+|http://({_LOOPBACK})(:[0-9]{{1,5}})?(/[^\s?#]*)?"
# Browsers leave out the default port: an origin that names it would never match.
_ORIGIN = r"(?!http:[^,]*:80\b|https:[^,]*:443\b)https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?"
# As Content-Security-Policy names hosts: subdomains by a star.
_ANCESTOR = r"https?://(\*\.)?([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]+)?"
_SECRET_BYTES = 32
_COUNT = "[1-9][0-9]{0,5}"
_AMOUNT = r"[0-9]{1,4}(\.[0-9]+)?"


class SettingsError(ValueError):
    """One line that names the variable and the form of a good value, never the value itself."""


class Variable(NamedTuple):
    """A row of the README's table; a default in words is worked out in `Settings.load`."""

    name: str
    default: str
    meaning: str
    form: str
    pattern: str


VARIABLES = (
    Variable("HOST", "127.0.0.1", "where it listens", "a host name or address", r"[\w.:-]+"),
    Variable("PORT", "8000", "the port it listens on", "a number, 0 to 65535", "[0-9]{1,5}"),
    Variable(
        "WORKERS",
        "1",
        "processes; more than one needs PostgreSQL and a broadcaster that crosses processes",
        "a number, 1 to 999",
        "[1-9][0-9]{0,2}",
    ),
    Variable(
        "DATABASE_URL",
        "sqlite://dealcast.db",
        "`sqlite://PATH` or `postgres://…`, also over a socket (`?host=DIR`)",
        "sqlite://PATH in a folder that can be written, postgres://USER:PASSWORD@HOST:PORT/NAME"
        " or postgres://USER@/NAME?host=DIR, special characters percent-encoded",
        f"{_SQLITE}|{_POSTGRES}",
    ),
    Variable(
        "BROADCAST_URL",
        "memory://",
        "`memory://`, `redis://…`, `rediss://…` or `postgres://…`",
        "memory://, redis://HOST:PORT, rediss://HOST:PORT, or postgres:// as in DATABASE_URL",
        f"memory://|{_REDIS}|{_POSTGRES}",
    ),
    Variable(
        "AUTH_SECRET",
        "a random one kept beside the SQLite file in demo mode; otherwise required",
        "signs and checks HS256 tokens",
        "a secret of 32 bytes or more; only the demo (DEMO=on) on SQLite makes its own",
        r"(?s:.*)",
    ),
    Variable(
        "OIDC_ISSUER",
        "none",
        "accept tokens of this OpenID Connect provider (Microsoft Entra ID for Teams), keys from its JWKS",
        "the https:// address that the provider's tokens have as `iss`",
        _ISSUER,
    ),
    Variable(
        "OIDC_AUDIENCE",
        "none",
        "whom the provider's tokens must be for",
        "what the provider's tokens have as `aud`, such as the id of an application",
        r"\S+",
    ),
    Variable(
        "DEMO",
        "on with the default database, else off",
        "demo organisations and people",
        "on, true or 1, or off, false or 0",
        "(?i:on|true|1|off|false|0)",
    ),
    Variable(
        "ALLOWED_ORIGINS",
        "same origin",
        "origins for browsers, over HTTP (CORS) and websockets",
        "origins as browsers send them, such as https://app.example,http://localhost:3000",
        rf"({_ORIGIN}(,\s*{_ORIGIN})*)?",
    ),
    Variable(
        "SMTP_URL",
        "none: messages go to the log",
        "the mail server, `smtp://` or `smtps://`",
        "smtp://HOST:PORT or smtps://USER:PASSWORD@HOST:PORT, special characters percent-encoded",
        rf"(smtps?://{_SERVER}/?)?",
    ),
    Variable(
        "FRAME_ANCESTORS",
        "none",
        "hosts whose pages may frame the dashboard (a Microsoft Teams tab)",
        "hosts such as https://teams.microsoft.com,https://*.office.com",
        rf"({_ANCESTOR}(,\s*{_ANCESTOR})*)?",
    ),
    Variable(
        "RETENTION_HOURS", "72", "how long a cursor can be resumed", "hours, 0 to 9999", _AMOUNT
    ),
    Variable(
        "DRAIN_SECONDS",
        "10",
        "how long sockets are spread over on shutdown",
        "seconds, 0 to 9999",
        _AMOUNT,
    ),
    Variable(
        "TOKEN_GRACE_SECONDS",
        "30",
        "how long a socket outlives its token",
        "seconds, 0 to 9999",
        _AMOUNT,
    ),
    Variable(
        "MAX_SOCKETS",
        "20000",
        "websockets and event streams that a process holds; those that have not signed in give way first",
        "a number, 1 to 999999",
        _COUNT,
    ),
    Variable(
        "MAX_SOCKETS_PER_USER",
        "2000",
        "websockets and event streams that a process holds of one user",
        "a number, 1 to 999999",
        _COUNT,
    ),
)
_VARIABLE = {variable.name: variable for variable in VARIABLES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    host: str
    port: int
    workers: int
    database_url: str = field(repr=False)  # these four may hold secrets
    broadcast_url: str = field(repr=False)
    auth_secret: str = field(repr=False)
    smtp_url: str = field(repr=False)
    oidc_issuer: str | None
    oidc_audience: str | None
    demo: bool
    allowed_origins: tuple[str, ...]
    frame_ancestors: tuple[str, ...]
    retention: timedelta
    drain_seconds: float
    token_grace_seconds: float
    max_sockets: int
    max_sockets_per_user: int

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Self:
        """Raises SettingsError; the demo's secret is made at the first load."""
        host, port = _read(environ, "HOST"), int(_read(environ, "PORT"))
        workers = int(_read(environ, "WORKERS"))
        database_url = _read(environ, "DATABASE_URL")
        broadcast_url = _read(environ, "BROADCAST_URL")
        smtp_url = _read(environ, "SMTP_URL", "")
        smtp_port = re.search(r":([0-9]+)/?$", smtp_url)
        sqlite = re.fullmatch(_SQLITE, database_url)
        by_default = "on" if database_url == _VARIABLE["DATABASE_URL"].default else "off"
        demo = _read(environ, "DEMO", by_default).lower() in {"on", "true", "1"}

        if port not in range(65_536):
            raise _refusal("PORT")
        if smtp_port and int(smtp_port[1]) not in range(65_536):
            raise _refusal("SMTP_URL")
        if sqlite and not os.access(Path(sqlite["path"]).parent, os.W_OK):
            raise _refusal("DATABASE_URL")
        if workers > 1 and (sqlite or broadcast_url == "memory://"):
            raise SettingsError(
                "WORKERS must be 1 with SQLite or memory://, which serve one process; more need"
                " DATABASE_URL=postgres://… and BROADCAST_URL=redis://… or postgres://…"
            )
        issuer, audience = _optional(environ, "OIDC_ISSUER"), _optional(environ, "OIDC_AUDIENCE")
        if (issuer is None) != (audience is None):
            raise SettingsError("OIDC_ISSUER and OIDC_AUDIENCE must be set together, or neither")
        if demo and not environ.get("DEMO") and not re.fullmatch(_LOOPBACK, host):
            raise SettingsError(
                "HOST must be a loopback address such as 127.0.0.1 while DEMO is on by default;"
                " set DEMO=off, or DEMO=on to let whoever reaches it sign in as anybody"
            )
        secret_file = Path(sqlite["path"] + ".secret") if demo and sqlite else None
        return cls(
            host=host,
            port=port,
            workers=workers,
            database_url=database_url,
            broadcast_url=broadcast_url,
            smtp_url=smtp_url,
            oidc_issuer=issuer,
            oidc_audience=audience,
            demo=demo,
            allowed_origins=_listed(environ, "ALLOWED_ORIGINS"),
            frame_ancestors=_listed(environ, "FRAME_ANCESTORS"),
            retention=timedelta(hours=float(_read(environ, "RETENTION_HOURS"))),
            drain_seconds=float(_read(environ, "DRAIN_SECONDS")),
            token_grace_seconds=float(_read(environ, "TOKEN_GRACE_SECONDS")),
            max_sockets=int(_read(environ, "MAX_SOCKETS")),
            max_sockets_per_user=int(_read(environ, "MAX_SOCKETS_PER_USER")),
            auth_secret=_auth_secret(environ, secret_file),  # last: a refused start makes none
        )


def _read(environ: Mapping[str, str], name: str, default: str | None = None) -> str:
    """An empty variable counts as absent, which is how compose files pass on a missing one."""
    variable = _VARIABLE[name]
    text = environ.get(name) or (variable.default if default is None else default)
    if not re.fullmatch(variable.pattern, text):
        raise _refusal(name)
    return text


def _optional(environ: Mapping[str, str], name: str) -> str | None:
    return _read(environ, name) if environ.get(name) else None


def _listed(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^,\s]+", _read(environ, name, "")))


def _refusal(name: str) -> SettingsError:
    return SettingsError(f"{name} must be {_VARIABLE[name].form}")


def _auth_secret(environ: Mapping[str, str], file: Path | None) -> str:
    secret = _read(environ, "AUTH_SECRET", "")
    if not secret and file:
        file.touch(mode=0o600)
        if not file.read_text():
            file.write_text(secrets.token_urlsafe(_SECRET_BYTES))
        secret = file.read_text()
    if len(secret.encode(errors="replace")) < _SECRET_BYTES:
        raise _refusal("AUTH_SECRET")
    return secret
