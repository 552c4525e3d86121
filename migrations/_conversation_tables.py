"""What does the database itself hold to be true? What happens around a deal: words, mail, notifications."""

from typing import Any

from migrations._sql import run

# Notifications have a key to their event alone: keys to user and deal would lock a row of users for each one.
TABLES = """
CREATE TABLE comments (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    author_id {id} NOT NULL,
    body TEXT NOT NULL,
    created_at {instant} NOT NULL,
    edited_at {instant},
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, author_id) REFERENCES users (organisation_id, id)
);
CREATE INDEX comments_by_deal ON comments (deal_id, created_at, id);

CREATE TABLE mentions (
    id {serial},
    organisation_id {id} NOT NULL,
    comment_id {id} NOT NULL,
    user_id {id} NOT NULL,
    UNIQUE (comment_id, user_id),
    FOREIGN KEY (organisation_id, comment_id) REFERENCES comments (organisation_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);

CREATE TABLE messages (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    direction VARCHAR(20) NOT NULL CHECK (direction IN ('INBOUND', 'OUTBOUND')),
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    sender VARCHAR(320) NOT NULL,
    "to" {json} NOT NULL,
    cc {json} NOT NULL,
    thread_id {id} NOT NULL,
    in_reply_to_id {id},
    status VARCHAR(20) NOT NULL CHECK (status IN ('PENDING', 'SENT', 'FAILED', 'RECEIVED')),
    at {instant} NOT NULL,
    author_id {id},
    attempts INT NOT NULL,
    due_at {instant},
    claimed_until {instant},
    reached {json} NOT NULL,
    failure VARCHAR(500),
    UNIQUE (organisation_id, id),
    UNIQUE (deal_id, id),
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, author_id) REFERENCES users (organisation_id, id),
    FOREIGN KEY (deal_id, thread_id) REFERENCES messages (deal_id, id),
    FOREIGN KEY (deal_id, in_reply_to_id) REFERENCES messages (deal_id, id),
    CHECK ((direction = 'INBOUND') = (status = 'RECEIVED')),
    CHECK ((status = 'PENDING') = (due_at IS NOT NULL))
);
CREATE INDEX messages_by_deal ON messages (deal_id, at, id);
CREATE INDEX messages_due ON messages (due_at) WHERE status = 'PENDING';

CREATE TABLE contributions (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    contact_id {id} NOT NULL,
    kind VARCHAR(20) NOT NULL CHECK (kind IN ('MESSAGE', 'CALL', 'MEETING', 'NOTE')),
    direction VARCHAR(20) NOT NULL CHECK (direction IN ('INBOUND', 'OUTBOUND')),
    at {instant} NOT NULL,
    subject TEXT,
    body TEXT NOT NULL,
    message_id {id},
    recorded_by_id {id},
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, contact_id) REFERENCES contacts (organisation_id, id),
    FOREIGN KEY (organisation_id, recorded_by_id) REFERENCES users (organisation_id, id),
    FOREIGN KEY (deal_id, message_id) REFERENCES messages (deal_id, id)
);
CREATE INDEX contributions_by_deal ON contributions (deal_id, at, id);
CREATE INDEX contributions_by_person ON contributions (deal_id, contact_id, at, id);

CREATE TABLE notifications (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    user_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    event_id {id} NOT NULL REFERENCES events (id),
    position BIGINT NOT NULL,
    reason VARCHAR(20) NOT NULL CHECK (reason IN ('MENTION', 'ASSIGNED', 'MESSAGE', 'COMMENT', 'CHANGE')),
    created_at {instant} NOT NULL,
    read_at {instant},
    snoozed_until {instant},
    UNIQUE (event_id, user_id)
);
CREATE INDEX notifications_by_user ON notifications (user_id, position);
CREATE INDEX notifications_by_deal ON notifications (user_id, deal_id, position);
CREATE INDEX notifications_unread ON notifications (user_id, deal_id) WHERE read_at IS NULL;
CREATE INDEX notifications_asleep ON notifications (snoozed_until) WHERE snoozed_until IS NOT NULL;

CREATE TABLE contact_merges (
    contact_id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    into_id {id} NOT NULL,
    merged_at {instant} NOT NULL,
    CHECK (contact_id <> into_id),
    FOREIGN KEY (organisation_id, contact_id) REFERENCES contacts (organisation_id, id),
    FOREIGN KEY (organisation_id, into_id) REFERENCES contacts (organisation_id, id)
);
CREATE INDEX contact_merges_by_survivor ON contact_merges (into_id);

ALTER TABLE subscribers ADD COLUMN seen_position BIGINT NOT NULL DEFAULT 0;
ALTER TABLE subscribers ADD COLUMN last_seen_at {instant};
UPDATE subscribers SET seen_position = (SELECT position FROM deals WHERE deals.id = subscribers.deal_id);
ALTER TABLE events ADD COLUMN object_id {id};
"""


async def create(_apps: Any, schema_editor: Any) -> None:
    await run(TABLES, schema_editor)
