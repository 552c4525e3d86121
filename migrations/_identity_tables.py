"""What does the database itself hold to be true? Whom providers of sign-in know users as."""

from typing import Any

from migrations._sql import run

TABLES = """
CREATE TABLE identities (
    id {id} PRIMARY KEY,
    organisation_id {id} NOT NULL,
    user_id {id} NOT NULL UNIQUE,
    issuer VARCHAR(500) NOT NULL,
    tenant VARCHAR(200) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    linked_at {instant} NOT NULL,
    UNIQUE (issuer, tenant, subject),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users (organisation_id, id)
);
"""


async def create(_apps: Any, schema_editor: Any) -> None:
    await run(TABLES, schema_editor)
