"""What is stored, and what is true whoever asks?"""

from models.comments import Comment as Comment
from models.comments import Mention as Mention
from models.deals import Deal as Deal
from models.deals import Person as Person
from models.deals import Share as Share
from models.deals import Subscriber as Subscriber
from models.events import Event as Event
from models.events import EventHead as EventHead
from models.events import IdempotencyKey as IdempotencyKey
from models.identities import Identity as Identity
from models.messages import Contribution as Contribution
from models.messages import Message as Message
from models.notifications import Notification as Notification
from models.people import Contact as Contact
from models.people import ContactMerge as ContactMerge
from models.people import Organisation as Organisation
from models.people import User as User
from models.pipelines import Pipeline as Pipeline
from models.pipelines import Stage as Stage
