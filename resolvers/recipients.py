"""To whom does a message go: to those of the draft that its sender saw, or to those they named (rule 10)?"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from models import Deal, Message
from models.enums import ErrorCode
from models.errors import Reason, Stale, refuse
from resolvers import drafts
from resolvers.contacts import checked_email
from resolvers.operation import Given

# The contact and as many participants as a deal can have, and some more.
MOST_RECIPIENTS = 250


async def chosen(deal: Deal, parent: Message | None, given: Given) -> tuple[list[str], list[str]]:
    """To and Cc, each address once.

    Raises:
        Refused: INVALID with the index of the bad one, LIMIT_REACHED; CONFLICT when the draft was another one.
    """
    _check_size(given)
    key = given.get("draft_key")
    if key is None and not ("to" in given and "cc" in given):
        message = "is needed, unless both `to` and `cc` are given"
        raise refuse(ErrorCode.INVALID, message, "draftKey")
    draft = None if key is None else await drafts.of_deal(deal, parent)
    to = _addresses(given, "to", draft.to if draft else ())
    cc = _addresses(given, "cc", draft.cc if draft else ())
    if draft is not None and key != draft.key:
        message = "is of a draft that would go to other people by now"
        raise Stale(Reason(ErrorCode.CONFLICT, message, ("draftKey",)), deal.id)
    if not to:
        raise refuse(ErrorCode.INVALID, "the draft has nobody to write to", "to")
    await _check_outside(deal, to=to, cc=cc)
    seen: set[str] = set()
    return list(_once(to, seen)), list(_once(cc, seen))


def _check_size(given: Given) -> None:
    if "to" in given and not given["to"]:
        raise refuse(ErrorCode.INVALID, "must name somebody", "to")
    most = MOST_RECIPIENTS
    for field in ("to", "cc"):
        most -= len(given.get(field) or ())
        if most < 0:
            message = f"a message has at most {MOST_RECIPIENTS} recipients"
            raise refuse(ErrorCode.LIMIT_REACHED, message, field)


def _addresses(given: Given, field: str, drafted: Sequence[drafts.Recipient]) -> list[str]:
    if field not in given:
        return [recipient.email for recipient in drafted]
    addresses = []
    for index, value in enumerate(given[field] or ()):
        address = checked_email(value, field, index)
        if address is None:
            raise refuse(ErrorCode.INVALID, "must not be empty", field, index)
        addresses.append(address)
    return addresses


async def _check_outside(deal: Deal, **fields: Sequence[str]) -> None:
    inside = await drafts.colleagues(deal.organisation_id, chain(*fields.values()))
    for field, addresses in fields.items():
        for index, address in enumerate(addresses):
            if address.lower() in inside:
                message = "is a colleague's: colleagues follow a deal and are not written to"
                raise refuse(ErrorCode.INVALID, message, field, index)


def _once(addresses: Iterable[str], seen: set[str]) -> Iterator[str]:
    for address in addresses:
        if address.lower() not in seen:
            seen.add(address.lower())
            yield address
