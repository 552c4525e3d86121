"""A server that is killed at a step of sending a message: `python -m tests.dying_server STEP`."""

import os
import signal
import sys
from typing import Any

import server
from resolvers import mail_queue
from resolvers.log import Log
from resolvers.mail_queue import MailQueue

# Where it dies: just before a function, or just after it.
STEPS: dict[str, tuple[object, str, bool]] = {
    "asked": (Log, "write", True),
    "accepted": (mail_queue, "_claim", True),
    "claimed": (MailQueue, "_send", True),
    # The mail server kills it, having the mail.
    "handed over": (mail_queue, "POLL", False),
    "answered": (mail_queue, "record", True),
    "recorded": (mail_queue, "record", False),
}


def _arm(owner: object, name: str, *, before: bool) -> None:
    function = getattr(owner, name)

    async def dies(*arguments: Any) -> None:
        if not before:
            await function(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    if callable(function):
        setattr(owner, name, dies)


if __name__ == "__main__":
    owner, name, before = STEPS[sys.argv[1]]
    _arm(owner, name, before=before)
    sys.exit(server.main([], os.environ))
