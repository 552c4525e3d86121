"""What does somebody find who starts Dealcast to look at it?"""

import shutil
from collections import Counter
from pathlib import Path

import demo
from demo_conversations import CONVERSATIONS
from models import Contact, Contribution, Deal, Message
from models.database import opened
from models.enums import DeliveryStatus
from models.transactions import column
from resolvers import mail_queue


async def test_the_people_of_the_demo_have_written_and_called(
    sqlite_template: Path, tmp_path: Path
) -> None:
    """Nothing of it waits to be mailed, and one message failed, to be seen and sent again."""
    shutil.copy(sqlite_template, tmp_path / "demo.db")
    async with opened(f"sqlite://{tmp_path}/demo.db"):
        assert await demo.seed()
        assert await mail_queue.claim() is None
        statuses = Counter(row.status for row in await Message.all())
        assert (statuses[DeliveryStatus.PENDING], statuses[DeliveryStatus.FAILED]) == (0, 1)
        talked = {
            *await column(Message.all(), "deal_id"),
            *await column(Contribution.all(), "deal_id"),
        }
        names = await column(Deal.filter(id__in=list(talked)), "name")
        assert sorted(names) == sorted(CONVERSATIONS)
        contract = await Deal.get(name="Enterprise contract")
        spoke = await column(Contribution.filter(deal_id=contract.id), "contact_id")
        people = await column(Contact.filter(id__in=spoke), "full_name")
        assert sorted(people) == ["Claire Fontaine", "Ivan Petrov", "Paula Moreau"]
