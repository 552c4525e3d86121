"""How does a server begin without importing all that it is made of? As a fork of a process that has done so.

To begin Python and to import everything takes a second of a core, and the suite begins a hundred servers. A fork
is a process like any other: with signals, sockets and an exit status of its own, it runs what `python` would.
"""

import os
import random
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["server"])


def fork(
    program: Sequence[str], environ: Mapping[str, str], said: Path | None
) -> ForkServerProcess:
    """Begins what `python PROGRAM` would begin; `said` is a file for what it says.

    With `python` as its first word it is no longer a fork when it begins: all is imported by itself.
    """
    process = _CONTEXT.Process(target=_run, args=(program, environ, said))
    process.start()
    return process


def _run(program: Sequence[str], environ: Mapping[str, str], said: Path | None) -> None:
    os.setsid()
    if said:
        log = os.open(said, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(log, sys.stdout.fileno())
        os.dup2(log, sys.stderr.fileno())
    if program[0] == "python":
        os.execve(sys.executable, [sys.executable, *program[1:]], environ)  # noqa: S606  nothing for a shell to do
    os.environ.clear()
    os.environ.update(environ)
    random.seed()  # or each fork would take the same chances
    if program[0] == "-m":
        sys.argv = list(program[1:])
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = list(program)
        runpy.run_path(program[0], run_name="__main__")
