"""What does the database itself hold to be true? The first tables."""

from typing import Any

from migrations._sql import run

TABLES = """
CREATE TABLE organisations (
    id {id} PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    created_at {instant} NOT NULL
);

CREATE TABLE users (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL REFERENCES organisations (id),
    full_name VARCHAR(200) NOT NULL,
    name_key {key} NOT NULL,
    email VARCHAR(320) NOT NULL UNIQUE CHECK (email = lower(email)),
    role VARCHAR(20) NOT NULL CHECK (role IN ('ADMIN', 'MEMBER', 'VIEWER')),
    is_active {flag} NOT NULL,
    signed_out_at {instant},
    created_at {instant} NOT NULL,
    UNIQUE (organisation_id, id)
);
CREATE INDEX users_by_name ON users (organisation_id, name_key, id);

CREATE TABLE contacts (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL REFERENCES organisations (id),
    full_name VARCHAR(200) NOT NULL,
    name_key {key} NOT NULL,
    email VARCHAR(320),
    phone VARCHAR(60),
    job_title VARCHAR(200),
    company VARCHAR(200),
    search_key {key} NOT NULL,
    is_archived {flag} NOT NULL,
    version INT NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    UNIQUE (organisation_id, id)
);
CREATE INDEX contacts_by_name ON contacts (organisation_id, name_key, id);

CREATE TABLE pipelines (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL REFERENCES organisations (id),
    name VARCHAR(200) NOT NULL,
    created_at {instant} NOT NULL,
    UNIQUE (organisation_id, id)
);

CREATE TABLE stages (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    pipeline_id {id} NOT NULL,
    name VARCHAR(200) NOT NULL,
    position INT NOT NULL,
    probability INT NOT NULL CHECK (probability BETWEEN 0 AND 100),
    type VARCHAR(20) NOT NULL CHECK (type IN ('OPEN', 'WON', 'LOST')),
    UNIQUE (pipeline_id, id),
    UNIQUE (pipeline_id, position),
    FOREIGN KEY (organisation_id, pipeline_id) REFERENCES pipelines (organisation_id, id)
);

CREATE TABLE deals (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    kind VARCHAR(20) NOT NULL,
    name VARCHAR(200) NOT NULL,
    name_key {key} NOT NULL,
    search_key {key} NOT NULL,
    owner_id {id} NOT NULL,
    visibility VARCHAR(20) NOT NULL CHECK (visibility IN ('ORGANISATION', 'RESTRICTED')),
    source VARCHAR(200),
    company VARCHAR(200),
    company_key {key},
    lead_status VARCHAR(20) CHECK (lead_status IN ('NEW', 'CONTACTED', 'QUALIFIED', 'UNQUALIFIED')),
    pipeline_id {id},
    stage_id {id},
    status VARCHAR(20) CHECK (status IN ('OPEN', 'WON', 'LOST')),
    probability INT CHECK (probability BETWEEN 0 AND 100),
    amount_units BIGINT CHECK (amount_units >= 0),
    currency VARCHAR(3),
    expected_close_date DATE,
    closed_at {instant},
    lost_reason VARCHAR(2000),
    converted_at {instant},
    conversion_revision INT,
    version INT NOT NULL,
    revision INT NOT NULL,
    position BIGINT NOT NULL,
    archived_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES users (organisation_id, id),
    FOREIGN KEY (organisation_id, pipeline_id) REFERENCES pipelines (organisation_id, id),
    FOREIGN KEY (pipeline_id, stage_id) REFERENCES stages (pipeline_id, id),
    CHECK (
        (kind = 'LEAD' AND lead_status IS NOT NULL
            AND pipeline_id IS NULL AND stage_id IS NULL AND status IS NULL AND probability IS NULL)
        OR (kind = 'OPPORTUNITY'
            AND pipeline_id IS NOT NULL AND stage_id IS NOT NULL AND status IS NOT NULL AND probability IS NOT NULL)
    ),
    CHECK ((amount_units IS NULL) = (currency IS NULL)),
    CHECK (status <> 'LOST' OR lost_reason IS NOT NULL)
);
CREATE INDEX deals_by_age ON deals (organisation_id, kind, created_at, id);
CREATE INDEX deals_by_owner ON deals (owner_id);
CREATE INDEX deals_by_stage ON deals (stage_id);

CREATE TABLE people (
    id {serial},
    organisation_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    contact_id {id} NOT NULL,
    standing VARCHAR(20) NOT NULL CHECK (standing IN ('CONTACT', 'PARTICIPANT', 'FORMER')),
    role VARCHAR(20) NOT NULL,
    label VARCHAR(200),
    added_by_id {id},
    added_at {instant} NOT NULL,
    UNIQUE (deal_id, contact_id),
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, contact_id) REFERENCES contacts (organisation_id, id),
    FOREIGN KEY (organisation_id, added_by_id) REFERENCES users (organisation_id, id)
);
CREATE UNIQUE INDEX people_one_contact ON people (deal_id) WHERE standing = 'CONTACT';
CREATE INDEX people_by_contact ON people (contact_id);

CREATE TABLE subscribers (
    id {serial},
    organisation_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    user_id {id} NOT NULL,
    level VARCHAR(20) NOT NULL CHECK (level IN ('ALL', 'IMPORTANT', 'MENTIONS', 'MUTED')),
    reason VARCHAR(20) NOT NULL,
    since {instant} NOT NULL,
    has_left {flag} NOT NULL,
    UNIQUE (deal_id, user_id),
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
CREATE INDEX subscribers_by_user ON subscribers (user_id);
CREATE INDEX subscribers_in_order ON subscribers (deal_id, has_left, since, id);

CREATE TABLE shares (
    id {serial},
    organisation_id {id} NOT NULL,
    deal_id {id} NOT NULL,
    user_id {id} NOT NULL,
    UNIQUE (deal_id, user_id),
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
CREATE INDEX shares_by_user ON shares (user_id);

CREATE TABLE event_heads (
    organisation_id {id} PRIMARY KEY REFERENCES organisations (id),
    position BIGINT NOT NULL,
    epoch VARCHAR(20) NOT NULL
);

CREATE TABLE events (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL REFERENCES organisations (id),
    position BIGINT NOT NULL CHECK (position > 0),
    kind VARCHAR(40) NOT NULL,
    deal_id {id},
    actor_id {id},
    at {instant} NOT NULL,
    important {flag} NOT NULL,
    revision INT NOT NULL,
    archived {flag} NOT NULL,
    changes {json} NOT NULL,
    audience {json},
    audience_before {json},
    subject_id {id},
    data {json},
    UNIQUE (organisation_id, position),
    FOREIGN KEY (organisation_id, deal_id) REFERENCES deals (organisation_id, id),
    FOREIGN KEY (organisation_id, actor_id) REFERENCES users (organisation_id, id),
    FOREIGN KEY (organisation_id, subject_id) REFERENCES users (organisation_id, id)
);
CREATE INDEX events_by_deal ON events (deal_id, position);
CREATE INDEX events_of_users ON events (organisation_id, position) WHERE subject_id IS NOT NULL;

CREATE TABLE idempotency_keys (
    id {serial},
    organisation_id {id} NOT NULL,
    user_id {id} NOT NULL,
    mutation VARCHAR(60) NOT NULL,
    key VARCHAR(200) NOT NULL,
    input_hash VARCHAR(64) NOT NULL,
    object_id {id},
    event_id {id},
    created_at {instant} NOT NULL,
    UNIQUE (user_id, mutation, key),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
"""


async def create(_apps: Any, schema_editor: Any) -> None:
    await run(TABLES, schema_editor)
