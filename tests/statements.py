"""What is sent to the database? Counted, and for each mutation known how much it is."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from models import transactions

_logger = logging.getLogger("tortoise.db_client")

# Of the proof of events, case by case: from the token to the answer, the same on both databases. Begin and
# commit are not among them. Admins' acts upon a user or contact take some for each deal that is touched.
OF_MUTATIONS = {
    "createOpportunity": 15,
    "createLead": 11,
    "updateOpportunity all fields": 6,
    "updateOpportunity cleared": 6,
    "updateOpportunity restricted": 11,
    "updateOpportunity restricted and shared": 11,
    "updateOpportunity nothing new": 3,
    "moveOpportunity": 7,
    "moveOpportunity won": 7,
    "moveOpportunity lost": 7,
    "moveOpportunity reopened": 7,
    "updateLead": 6,
    "convertLead": 8,
    "undoConversion": 6,
    "assignOwner": 8,
    "assignOwner out of one's own sight": 13,
    "shareDeal": 9,
    "unshareDeal": 13,
    "archiveDeal": 6,
    "restoreDeal": 6,
    "setContact kept": 10,
    "setContact removed": 10,
    "setContact cleared": 8,
    "setContact the same": 4,
    "addParticipants": 10,
    "updateParticipant IT": 9,
    "removeParticipants": 9,
    "addSubscribers": 9,
    "removeSubscribers": 9,
    "subscribe": 9,
    "subscribe another level": 8,
    "unsubscribe": 8,
    "changeRoles": 20,
    "changeRoles dry run": 9,
    "createContact": 5,
    "updateContact": 11,
    "archiveContact": 13,
    "restoreContact": 9,
    "mergeContacts": 20,
    "mergeContacts both stand": 19,
    "mergeContacts dry run": 13,
    "sendMessage": 8,
    "sendMessage answer": 9,
    "retryMessage": 9,
    "retryMessage on its way": 5,
    "recordContribution": 12,
    "recordContribution call": 9,
    "setUserRole sight lost": 19,
    "deactivateUser": 19,
    "reactivateUser": 13,
    "signOutEverywhere": 6,
}


class _Statements(logging.Handler):
    def __init__(self, *, live: bool) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []
        self._live = live

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        reads_log = transactions._current.get() in {"live", "replay"}
        if re.match("[A-Z]{3,} ", message) and (self._live or not reads_log):
            self.said.append(message)


@contextmanager
def statements(*, live: bool = True) -> Iterator[list[str]]:
    """What is sent to the database meanwhile: Tortoise logs one record a statement.

    Not `live` is without what the streams read.
    """
    handler, level = _Statements(live=live), _logger.level
    _logger.addHandler(handler)
    _logger.setLevel(logging.DEBUG)
    try:
        yield handler.said
    finally:
        _logger.removeHandler(handler)
        _logger.setLevel(level)
