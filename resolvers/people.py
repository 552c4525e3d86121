"""Who stands on a deal from outside, and what does a mutation make of it (rules 1 to 5)?

The rows are changed in memory, compared with what was, and written: so several steps are one set of changes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from models import Person, User
from models.enums import (
    DealEventKind,
    DealField,
    ErrorCode,
    ParticipantRole,
    PreviousContact,
    Standing,
)
from models.errors import refuse
from models.rows import save_all
from models.text import LABEL_LIMIT, clean_optional
from resolvers import door
from resolvers.log import Edit, Log

MOST_PARTICIPANTS = 200

_WRITTEN = ("standing", "role", "label", "added_by_id", "added_at")

_State = tuple[Standing, ParticipantRole, str | None]


class People:
    """The people of one locked deal."""

    def __init__(self, edit: Edit, viewer: User, log: Log, rows: Sequence[Person]) -> None:
        self._edit = edit
        self._viewer = viewer
        self._log = log
        self._rows = {row.contact_id: row for row in rows}
        self._before = {row.contact_id: _state(row) for row in rows}

    @classmethod
    async def of(cls, edit: Edit, viewer: User, log: Log) -> "People":
        return cls(edit, viewer, log, await Person.filter(deal_id=edit.deal.id))

    @property
    def contact_id(self) -> str | None:
        standing = (
            row.contact_id for row in self._rows.values() if row.standing is Standing.CONTACT
        )
        return next(standing, None)

    def standing(self, contact_id: str) -> Standing | None:
        row = self._rows.get(contact_id)
        return row.standing if row else None

    def set_contact(self, contact_id: str | None, previous: PreviousContact) -> None:
        """One act: the new contact leaves the participants, the former one gets its explicit fate (rule 2)."""
        former = self.contact_id
        if former == contact_id:
            return
        if former is not None:
            row = self._rows[former]
            if previous is PreviousContact.KEEP_AS_PARTICIPANT:
                self._stand(row, Standing.PARTICIPANT)
            else:
                row.standing = Standing.FORMER
        if contact_id is not None:
            row = self._rows.get(contact_id) or self._new(contact_id)
            row.standing = Standing.CONTACT

    def add(self, participants: Sequence[Mapping[str, Any]], field: str) -> None:
        """Rule 3: what is given is set, what is left out stays; a new participant's role is OTHER.

        Raises:
            Refused: ALREADY_CONTACT, with the index; LIMIT_REACHED.
        """
        for index, given in enumerate(participants):
            contact_id = given["contact_id"]
            if contact_id == self.contact_id:
                raise refuse(
                    ErrorCode.ALREADY_CONTACT, "is the deal's contact", field, index, "contactId"
                )
            row = self._rows.get(contact_id) or self._new(contact_id)
            if row.standing is not Standing.PARTICIPANT:
                self._stand(row, Standing.PARTICIPANT)
                row.role, row.label = ParticipantRole.OTHER, None
            _describe(row, given, field, index)

    def update(self, contact_id: str, given: Mapping[str, Any]) -> None:
        if self.standing(contact_id) is not Standing.PARTICIPANT:
            raise refuse(ErrorCode.NOT_FOUND, "is no participant of this deal", "contactId")
        _describe(self._rows[contact_id], given)

    def remove(self, contact_ids: Sequence[str]) -> None:
        """Who is no participant already stays none; the contact is left to `set_contact`."""
        for contact_id in contact_ids:
            if self.standing(contact_id) is Standing.PARTICIPANT:
                self._rows[contact_id].standing = Standing.FORMER

    def leave(self, contact_id: str) -> None:
        """A contact who is archived leaves whatever role it has (rule 7)."""
        self._rows[contact_id].standing = Standing.FORMER

    def merge(self, source: str, target: str) -> None:
        """One person takes over what another is here: contact beats participant, a set role beats none (rule 7)."""
        one = self._rows[source]
        other = self._rows.get(target) or self._new(target)
        for standing in (Standing.CONTACT, Standing.PARTICIPANT):
            if standing in {one.standing, other.standing}:
                other.standing = standing
                break
        if target not in self._before or other.role is ParticipantRole.OTHER:
            other.role = one.role
        other.label = other.label or one.label
        one.standing = Standing.FORMER

    async def write(self) -> None:
        """Notes what changed on the edit and writes the rows, the former contact before the new one."""
        if self._count() > MOST_PARTICIPANTS:
            message = f"a deal has at most {MOST_PARTICIPANTS} participants"
            raise refuse(ErrorCode.LIMIT_REACHED, message)
        self._note()
        changed = [
            row for row in self._rows.values() if self._before.get(row.contact_id) != _state(row)
        ]
        # The database holds at most one contact a deal at any moment: who comes to be it is written last.
        others = [row for row in changed if row.standing is not Standing.CONTACT]
        contact = [row for row in changed if row.standing is Standing.CONTACT]
        for rows in (others, contact):
            known = [row for row in rows if row.contact_id in self._before]
            await save_all(known, _WRITTEN)
            await Person.bulk_create(row for row in rows if row.contact_id not in self._before)

    def _note(self) -> None:
        was = next((i for i, s in self._before.items() if s[0] is Standing.CONTACT), None)
        if was != self.contact_id:
            self._edit.note(DealEventKind.CONTACT_CHANGED, DealField.CONTACT, was, self.contact_id)
        kind = DealEventKind.PARTICIPANTS_CHANGED
        for contact_id, row in self._rows.items():
            before = self._before.get(contact_id)
            took_part = before is not None and before[0] is Standing.PARTICIPANT
            takes_part = row.standing is Standing.PARTICIPANT
            if took_part != takes_part:
                self._edit.note(
                    kind,
                    DealField.PARTICIPANT,
                    contact_id if took_part else None,
                    contact_id if takes_part else None,
                )
            elif takes_part and before is not None:
                _, role, label = before
                if role is not row.role:
                    self._edit.note(kind, DealField.PARTICIPANT_ROLE, role, row.role, of=contact_id)
                if label != row.label:
                    self._edit.note(
                        kind, DealField.PARTICIPANT_LABEL, label, row.label, of=contact_id
                    )

    def _new(self, contact_id: str) -> Person:
        row = Person(
            organisation_id=self._edit.deal.organisation_id,
            deal_id=self._edit.deal.id,
            contact_id=contact_id,
            standing=Standing.FORMER,
            added_by_id=self._viewer.id,
            added_at=self._log.now,
        )
        self._rows[contact_id] = row
        return row

    def _stand(self, row: Person, standing: Standing) -> None:
        row.standing = standing
        row.added_by_id = self._viewer.id
        row.added_at = self._log.now

    def _count(self) -> int:
        return sum(row.standing is Standing.PARTICIPANT for row in self._rows.values())


def _state(row: Person) -> _State:
    return row.standing, row.role, row.label


def _describe(row: Person, given: Mapping[str, Any], *field: str | int) -> None:
    if "role" in given:
        if given["role"] is None:
            raise refuse(ErrorCode.INVALID, "cannot be cleared", *field, "role")
        row.role = given["role"]
    if "label" in given:
        row.label = clean_optional(given["label"], *field, "label", limit=LABEL_LIMIT)


async def checked_participants(
    viewer: User, participants: Sequence[Mapping[str, Any]], field: str
) -> list[dict[str, Any]]:
    """People of the contact list, none twice, by the ids that they go by now; a refusal names the index."""
    if len(participants) > MOST_PARTICIPANTS:
        message = f"a deal has at most {MOST_PARTICIPANTS} participants"
        raise refuse(ErrorCode.LIMIT_REACHED, message, field)
    paths = [(field, index, "contactId") for index in range(len(participants))]
    ids = [
        door.check_id(given["contact_id"], "contact", *path)
        for given, path in zip(participants, paths, strict=True)
    ]
    for index, ident in enumerate(ids):
        if ident in ids[:index]:
            raise refuse(ErrorCode.INVALID, "stands in the list twice", *paths[index])
    known_as = await door.contacts(viewer, ids, paths)
    return [{**given, "contact_id": i} for given, i in zip(participants, known_as, strict=True)]
