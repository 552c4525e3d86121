"""What are the closed sets of words of the domain? Names are stored and published as they stand here."""

from enum import StrEnum, auto


class _Word(StrEnum):
    """A StrEnum whose values are its names, so that stored, logged and published forms agree."""

    @staticmethod
    def _generate_next_value_(name: str, _start: int, _count: int, _last: list[str]) -> str:
        return name


class UserRole(_Word):
    ADMIN = auto()
    MEMBER = auto()
    VIEWER = auto()


class DealKind(_Word):
    LEAD = auto()
    OPPORTUNITY = auto()


class DealVisibility(_Word):
    ORGANISATION = auto()
    RESTRICTED = auto()


class OpportunityStatus(_Word):
    OPEN = auto()
    WON = auto()
    LOST = auto()


class LeadStatus(_Word):
    NEW = auto()
    CONTACTED = auto()
    QUALIFIED = auto()
    UNQUALIFIED = auto()


class StageType(_Word):
    OPEN = auto()
    WON = auto()
    LOST = auto()


class Standing(_Word):
    """Where a person outside stands on a deal; FORMER keeps the role and label they last had (rule 2)."""

    CONTACT = auto()
    PARTICIPANT = auto()
    FORMER = auto()


class DealRole(_Word):
    CONTACT = auto()
    PARTICIPANT = auto()


class ParticipantRole(_Word):
    DECISION_MAKER = auto()
    EVALUATOR = auto()
    INFLUENCER = auto()
    ADVISER = auto()
    CHAMPION = auto()
    END_USER = auto()
    OTHER = auto()


class PreviousContact(_Word):
    KEEP_AS_PARTICIPANT = auto()
    REMOVE = auto()


class SubscriptionLevel(_Word):
    ALL = auto()
    IMPORTANT = auto()
    MENTIONS = auto()
    MUTED = auto()


class SubscriptionReason(_Word):
    MANUAL = auto()
    ADDED_BY = auto()
    CREATED = auto()
    OWNER = auto()
    COMMENTED = auto()
    MENTIONED = auto()
    CONVERTED = auto()


class DealField(_Word):
    NAME = auto()
    OWNER = auto()
    VISIBILITY = auto()
    SHARED_WITH = auto()
    CONTACT = auto()
    PARTICIPANT = auto()
    PARTICIPANT_ROLE = auto()
    PARTICIPANT_LABEL = auto()
    SUBSCRIBER = auto()
    STAGE = auto()
    STATUS = auto()
    PROBABILITY = auto()
    AMOUNT = auto()
    EXPECTED_CLOSE_DATE = auto()
    LOST_REASON = auto()
    SOURCE = auto()
    COMPANY = auto()


class DealEventKind(_Word):
    CREATED = auto()
    UPDATED = auto()
    STAGE_CHANGED = auto()
    WON = auto()
    LOST = auto()
    REOPENED = auto()
    OWNER_CHANGED = auto()
    VISIBILITY_CHANGED = auto()
    CONTACT_CHANGED = auto()
    CONTACT_EDITED = auto()
    PARTICIPANTS_CHANGED = auto()
    SUBSCRIBERS_CHANGED = auto()
    COMMENTED = auto()
    COMMENT_EDITED = auto()
    COMMENT_DELETED = auto()
    MESSAGE_SENT = auto()
    MESSAGE_DELIVERED = auto()
    MESSAGE_FAILED = auto()
    MESSAGE_RECEIVED = auto()
    CONTRIBUTION_RECORDED = auto()
    CONVERTED = auto()
    CONVERSION_UNDONE = auto()
    ARCHIVED = auto()
    RESTORED = auto()


class ContributionKind(_Word):
    MESSAGE = auto()
    CALL = auto()
    MEETING = auto()
    NOTE = auto()


class Direction(_Word):
    INBOUND = auto()
    OUTBOUND = auto()


class DeliveryStatus(_Word):
    PENDING = auto()
    SENT = auto()
    FAILED = auto()
    RECEIVED = auto()


class DraftWarning(_Word):
    CONTACT_MISSING = auto()
    CONTACT_HAS_NO_EMAIL = auto()
    PARTICIPANT_HAS_NO_EMAIL = auto()


class NotificationReason(_Word):
    """From strong to weak: of several reasons to tell a user of an event the first one counts (rule 18)."""

    MENTION = auto()
    ASSIGNED = auto()
    MESSAGE = auto()
    COMMENT = auto()
    CHANGE = auto()


class PrivateKind(_Word):
    """Rows of the log that are never a DealEvent: they move rights and places, not deals."""

    CONTACT_CREATED = auto()
    CONTACT_SAVED = auto()
    USER_CHANGED = auto()
    SIGNED_OUT = auto()
    CONTACTS_MERGED = auto()
    # Of one user's own notifications: read, snoozed, or awake again.
    NOTIFICATIONS_CHANGED = auto()


class ErrorCode(_Word):
    INVALID = auto()
    NOT_FOUND = auto()
    FORBIDDEN = auto()
    CONFLICT = auto()
    ALREADY_CONTACT = auto()
    NO_SIGHT = auto()
    LOST_REASON_REQUIRED = auto()
    ALREADY_CONVERTED = auto()
    LIMIT_REACHED = auto()
    KEY_REUSED = auto()


class WarningCode(_Word):
    NO_DEFAULT_RECIPIENT = auto()
