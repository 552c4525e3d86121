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
    "createOpportunity": 17,
    "createLead": 13,
    "updateOpportunity all fields": 8,
    "updateOpportunity cleared": 8,
    "updateOpportunity restricted": 13,
    "updateOpportunity restricted and shared": 13,
    "updateOpportunity nothing new": 3,
    "moveOpportunity": 9,
    "moveOpportunity won": 9,
    "moveOpportunity lost": 9,
    "moveOpportunity reopened": 9,
    "updateLead": 8,
    "convertLead": 10,
    "undoConversion": 8,
    "assignOwner": 10,
    "assignOwner out of one's own sight": 15,
    "shareDeal": 11,
    "unshareDeal": 15,
    "archiveDeal": 8,
    "restoreDeal": 8,
    "setContact kept": 12,
    "setContact removed": 12,
    "setContact cleared": 10,
    "setContact the same": 4,
    "addParticipants": 12,
    "removeParticipants": 11,
    "addSubscribers": 11,
    "removeSubscribers": 11,
    "subscribe": 11,
    "subscribe another level": 7,
    "unsubscribe": 10,
    "changeRoles": 22,
    "changeRoles dry run": 9,
    "createContact": 5,
    "updateContact": 12,
    "archiveContact": 15,
    "restoreContact": 9,
    "mergeContacts": 22,
    "mergeContacts both stand": 21,
    "mergeContacts dry run": 13,
    "setUserRole sight lost": 21,
    "deactivateUser": 21,
    "reactivateUser": 13,
    "signOutEverywhere": 6,
    "updateParticipant": 11,
    "markDealSeen another level": 7,
    "deleteComment": 11,
    "addComment": 14,
    "markNotificationsRead": 7,
    "snoozeNotifications": 8,
    "editComment": 17,
    "editComment the same": 6,
    "sendMessage": 10,
    "retryMessage": 11,
    "sendMessage answer": 11,
    "recordContribution": 14,
    "retryMessage on its way": 5,
    "recordContribution call": 11,
}


# What the server asks by itself now and then: whether a snooze is over.
_OF_ITS_OWN = re.compile('SELECT DISTINCT "organisation_id" .* FROM "notifications"')


class _Statements(logging.Handler):
    def __init__(self, *, live: bool) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []
        self._live = live

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        reads_log = transactions._current.get() in {"live", "replay"}
        if _OF_ITS_OWN.match(message):
            return
        if re.match("[A-Z]{3,} ", message.lstrip()) and (self._live or not reads_log):
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
