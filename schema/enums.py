"""Which closed sets of words do clients meet, and what does each word mean?"""

from enum import Enum, StrEnum

import strawberry

from models.enums import ContributionKind as ContributionKind
from models.enums import DealEventKind as DealEventKind
from models.enums import DealField as DealField
from models.enums import DealRole as DealRole
from models.enums import DealVisibility as DealVisibility
from models.enums import DeliveryStatus as DeliveryStatus
from models.enums import Direction as Direction
from models.enums import DraftWarning as DraftWarning
from models.enums import ErrorCode as ErrorCode
from models.enums import LeadStatus as LeadStatus
from models.enums import NotificationReason as NotificationReason
from models.enums import OpportunityStatus as OpportunityStatus
from models.enums import ParticipantRole as ParticipantRole
from models.enums import PreviousContact as PreviousContact
from models.enums import StageType as StageType
from models.enums import SubscriptionLevel as SubscriptionLevel
from models.enums import SubscriptionReason as SubscriptionReason
from models.enums import UserRole as UserRole
from models.enums import WarningCode as WarningCode
from realtime.updates import UpdateKind as UpdateKind
from resolvers.notifying import IMPORTANT_FIELDS, IMPORTANT_KINDS


class SortDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


class OpportunityOrderField(StrEnum):
    NAME = "NAME"
    AMOUNT = "AMOUNT"
    EXPECTED_CLOSE_DATE = "EXPECTED_CLOSE_DATE"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


class LeadOrderField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


def _publish(words: type[Enum], description: str, **values: str) -> None:
    """Makes a GraphQL enum of one that knows nothing of GraphQL; every value must be described."""
    strawberry.enum(words, description=description)
    definition = words.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values.pop(value.name)
    if values:
        raise TypeError(f"{words.__name__} has no {', '.join(values)}")


_publish(
    UserRole,
    "What a user may do in the organisation.",
    ADMIN="Sees and edits every deal, restricted ones included, and manages users.",
    MEMBER="Edits every deal that they see; may own deals.",
    VIEWER="Reads and follows what they see; edits and owns nothing.",
)
_publish(
    DealRole,
    "How a person outside stands on a deal.",
    CONTACT="The one contact: the default recipient of messages written from the deal.",
    PARTICIPANT="One of the other participants: included in the conversation beside the contact.",
)
_publish(
    DealVisibility,
    "Who in the organisation sees a deal.",
    ORGANISATION="Every user of the organisation.",
    RESTRICTED="The owner, admins and the users it is shared with. Following never grants sight.",
)
_publish(
    OpportunityStatus,
    "Whether an opportunity is still open; follows from the type of its stage.",
    OPEN="Being negotiated.",
    WON="Closed: the customer bought.",
    LOST="Closed without a sale; `lostReason` says why.",
)
_publish(
    LeadStatus,
    "How far a lead has come. A converted lead has no status: it is an opportunity.",
    NEW="Nobody has been in touch yet.",
    CONTACTED="Someone has been in touch.",
    QUALIFIED="Worth pursuing; ready to be converted.",
    UNQUALIFIED="Not worth pursuing.",
)
_publish(
    StageType,
    "What it means for an opportunity to be in a stage.",
    OPEN="It is still being negotiated.",
    WON="It is won.",
    LOST="It is lost; moving there needs a reason.",
)
_publish(
    ParticipantRole,
    "The part that a participant plays in the customer's decision.",
    DECISION_MAKER="Decides, or signs, beside the contact.",
    EVALUATOR="Examines the offer: technically, legally or commercially.",
    INFLUENCER="Has the ear of those who decide.",
    ADVISER="Advises the customer, often from outside their company.",
    CHAMPION="Speaks for us inside the customer's company.",
    END_USER="Will use what is bought.",
    OTHER="Takes part without a named role; what a new participant gets when none is given.",
)
_publish(
    SubscriptionLevel,
    "Which events notify a subscriber (follower); live streams carry every event at any level.",
    ALL="Every event of the deal.",
    IMPORTANT=(
        f"Important events: of the kinds {', '.join(sorted(IMPORTANT_KINDS))}, and changes of the fields "
        f"{', '.join(sorted(IMPORTANT_FIELDS))}. Mentions and assignments too."
    ),
    MENTIONS="Only mentions of oneself, and becoming the owner.",
    MUTED="Only becoming the owner.",
)
_publish(
    SubscriptionReason,
    "Why a subscriber (follower) follows the deal.",
    MANUAL="They chose to.",
    ADDED_BY="A colleague added them.",
    CREATED="They created the deal.",
    OWNER="They own the deal, or owned it before.",
    COMMENTED="They commented on it.",
    MENTIONED="They were mentioned on it.",
    CONVERTED="They follow since a lead was converted; conversion itself keeps everyone's own reason.",
)
_publish(
    NotificationReason,
    "Why a user is notified of an event. Of several reasons the strongest counts: in this order.",
    MENTION="A comment mentions them.",
    ASSIGNED="They became the owner of the deal.",
    MESSAGE="A message was sent or received.",
    COMMENT="A comment was written or deleted.",
    CHANGE="Something else happened to a deal that they follow, or came to follow by it.",
)
_publish(
    PreviousContact,
    "What becomes of the contact before when another one is set.",
    KEEP_AS_PARTICIPANT="Stays as a participant, with the role and label last had on this deal.",
    REMOVE="Leaves the deal.",
)
_publish(
    DealField,
    "What of a deal a change is about.",
    NAME="The name.",
    OWNER="The responsible user; values are ids of users.",
    VISIBILITY="Who sees the deal, as a DealVisibility.",
    SHARED_WITH="One user it was shared with or no longer is; values are ids of users.",
    CONTACT="The contact; values are ids of contacts.",
    PARTICIPANT="One participant who came or left; values are ids of contacts.",
    PARTICIPANT_ROLE="The role of one participant, who is `beforeNode` and `afterNode`.",
    PARTICIPANT_LABEL="The label of one participant, who is `beforeNode` and `afterNode`.",
    SUBSCRIBER="One subscriber (follower) who came or left; values are ids of users.",
    STAGE="The stage; values are ids of stages.",
    STATUS="The OpportunityStatus or LeadStatus.",
    PROBABILITY="The probability in percent.",
    AMOUNT="The amount, as decimal and currency: `10000.00 EUR`.",
    EXPECTED_CLOSE_DATE="The day on which closing is expected, as an ISO 8601 date.",
    LOST_REASON="Why the opportunity was lost.",
    SOURCE="Where the lead came from.",
    COMPANY="The company that the lead is about.",
)
_publish(
    DealEventKind,
    "What an event of a deal is about. An act that changes several things is one event, of the "
    "strongest kind: CREATED, then WON, LOST, REOPENED, then STAGE_CHANGED, CONVERTED, "
    "CONTACT_CHANGED, OWNER_CHANGED, VISIBILITY_CHANGED, PARTICIPANTS_CHANGED, "
    "SUBSCRIBERS_CHANGED, UPDATED. Important are won, lost, reopened, stage, amount, expected "
    "close date, owner, contact, converted and message received.",
    CREATED="The deal was created.",
    UPDATED="Fields were changed; important when amount or expected close date are among them.",
    STAGE_CHANGED="An opportunity moved to another stage. Important.",
    WON="An opportunity was won. Important.",
    LOST="An opportunity was lost. Important.",
    REOPENED="A won or lost opportunity is open again. Important.",
    OWNER_CHANGED="Another user is responsible. Important.",
    VISIBILITY_CHANGED="Who sees the deal was changed: visibility or sharing.",
    CONTACT_CHANGED="The contact was set, replaced or cleared. Important.",
    CONTACT_EDITED="The data of a person who stands on the deal was edited; notifies nobody.",
    PARTICIPANTS_CHANGED="Participants came, left or got another role or label.",
    SUBSCRIBERS_CHANGED="Subscribers (followers) came or left.",
    COMMENTED="A comment was written.",
    COMMENT_EDITED="A comment was edited.",
    COMMENT_DELETED="A comment was deleted.",
    MESSAGE_SENT="A message to the people outside was accepted for sending, or once more after it failed.",
    MESSAGE_DELIVERED="The mail server took a message for all its recipients; notifies nobody.",
    MESSAGE_FAILED="A message could not be delivered to all its recipients, and was given up.",
    MESSAGE_RECEIVED="A message came in from one of the people outside. Important.",
    CONTRIBUTION_RECORDED="A call, meeting, note or message of someone outside was recorded.",
    CONVERTED="A lead became an opportunity; it keeps its id. Important.",
    CONVERSION_UNDONE="An opportunity became the lead that it was.",
    ARCHIVED="The deal was archived: it left lists and boards.",
    RESTORED="An archived deal is back.",
)
_publish(
    ContributionKind,
    "What someone outside did.",
    MESSAGE="Wrote, or was written to.",
    CALL="Spoke on the telephone.",
    MEETING="Met somebody.",
    NOTE="Something else, noted on their behalf.",
)
_publish(
    Direction,
    "Between us and the people outside: which way?",
    INBOUND="From them to us.",
    OUTBOUND="From us to them.",
)
_publish(
    DeliveryStatus,
    "What became of a message.",
    PENDING="Accepted; it is being sent, or will be tried again.",
    SENT="The mail server took it for all its recipients.",
    FAILED="It did not reach all its recipients and is tried no more; `retryMessage` sends it again.",
    RECEIVED="It came in.",
)
_publish(
    DraftWarning,
    "Who is missing among the recipients of a draft.",
    CONTACT_MISSING="The deal has no contact.",
    CONTACT_HAS_NO_EMAIL="The contact has no address, or that of a colleague.",
    PARTICIPANT_HAS_NO_EMAIL="A participant has no address, or that of a colleague.",
)
_publish(
    ErrorCode,
    "Why a mutation was refused. A refused mutation changed nothing and announced nothing.",
    INVALID="A value is not acceptable; `field` says which.",
    NOT_FOUND="No such object, or none that the viewer may see.",
    FORBIDDEN="The viewer may see the object, but not do this to it.",
    CONFLICT="The object moved on since `expectedVersion`, or a draft since `draftKey`; the payload "
    "shows what stands.",
    ALREADY_CONTACT="The person is the contact of the deal and cannot be its participant too.",
    NO_SIGHT="A named user may not see the deal, so can neither follow it nor be mentioned on it; "
    "the message names them.",
    LOST_REASON_REQUIRED="Moving to a stage of type LOST needs `lostReason`.",
    ALREADY_CONVERTED="The lead is an opportunity already; the payload shows it as it stands.",
    LIMIT_REACHED="More than the deal or the input can hold.",
    KEY_REUSED="The idempotency key was used for this mutation with another input.",
)
_publish(
    WarningCode,
    "What is worth knowing about a mutation that succeeded.",
    NO_DEFAULT_RECIPIENT="The deal has no contact now: messages from it start without recipient.",
)
_publish(
    SortDirection,
    "In which direction a list is ordered. Empty values come last in both.",
    ASC="From the smallest, earliest or first letter.",
    DESC="From the greatest, latest or last letter.",
)
_publish(
    OpportunityOrderField,
    "What opportunities are ordered by.",
    NAME="By name, without regard to case and accents.",
    AMOUNT="By the number of the amount, whatever its currency.",
    EXPECTED_CLOSE_DATE="By the day on which closing is expected.",
    CREATED_AT="By the time of creation.",
    UPDATED_AT="By the time of the last change.",
)
_publish(
    LeadOrderField,
    "What leads are ordered by.",
    NAME="By name, without regard to case and accents.",
    CREATED_AT="By the time of creation.",
    UPDATED_AT="By the time of the last change.",
)
_publish(
    UpdateKind,
    "What an item of a live stream is.",
    SNAPSHOT="A deal as it stands, before the stream is READY.",
    READY="Everything up to here has been sent; what follows happens live.",
    CHANGED="Something happened: `event` says what, `deal` is the state after it.",
    REMOVED="The deal leaves the stream; without `event` when sight of it was lost.",
    RESYNC="`after` cannot be resumed: forget what you hold, revisions too; it is sent or to be queried again.",
    HEARTBEAT="Nothing happened for a while; the connection and the cursor are good.",
)
