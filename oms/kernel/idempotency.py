"""One effect per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07).

The key's lock, the work and the stored answer share one transaction: a crash leaves none of
them, a commit all of them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import PrimaryKeyConstraint, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import clock, db, jobs
from oms.kernel.errors import Conflict, DomainError, Malformed, Rejected
from oms.kernel.statements import Rows, Statement
from oms.kernel.tables import ROOMY, Table, recorded_at

KEPT = timedelta(days=7)
MAX_KEY = 255


class IdempotencyKeyMissing(Malformed):
    """This request needs an Idempotency-Key header of 1 to 255 printable ASCII characters."""


class IdempotencyKeyReused(Rejected):
    """This Idempotency-Key was used with another request."""


class IdempotencyKeyInUse(Conflict):
    """The first request with this Idempotency-Key is still running; ask again shortly."""


class Answer(Table, table=True):
    """What was answered to a key of a client, word for word."""

    __tablename__ = "idempotency_answer"
    __table_args__ = (PrimaryKeyConstraint("client", "key"), ROOMY)

    client: str
    key: str
    fingerprint: bytes
    status_code: int
    headers: str = "{}"
    body: bytes
    recorded_at: datetime = recorded_at()


@dataclass(frozen=True)
class Ticket:
    """The right to answer one key: who asks, the key, and the digest of what was asked."""

    client: str
    key: str
    fingerprint: bytes


def ticket(*, client: str, header: str | None, parts: Sequence[bytes]) -> Ticket:
    """Read the header (quoted or not) and digest the request. Raises IdempotencyKeyMissing."""
    key = (header or "").strip().removeprefix('"').removesuffix('"')
    if not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise IdempotencyKeyMissing
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return Ticket(client, key, digest.digest())


_CLAIM = Statement("""
SELECT pg_try_advisory_xact_lock(hashtextextended(asked.client || ':' || asked.key, 20)) AS free,
       answer.status_code, answer.headers, answer.body, answer.fingerprint
FROM unnest(CAST(:clients AS text[]), CAST(:keys AS text[])) WITH ORDINALITY
    AS asked (client, key, place)
LEFT JOIN LATERAL (
    SELECT * FROM idempotency_answer WHERE client = asked.client AND key = asked.key LIMIT 1
) AS answer ON true
ORDER BY asked.place
""")


async def claim(session: AsyncSession, asked: Ticket) -> Answer | None:
    """Take the key for this transaction, or return the answer it already has.

    Raises IdempotencyKeyInUse while another request holds it, IdempotencyKeyReused when the
    stored answer belongs to another request.
    """
    [found] = await claim_all(session, [asked])
    if isinstance(found, DomainError):
        raise found
    return found


async def claim_all(
    session: AsyncSession, asked: Sequence[Ticket]
) -> list[Answer | DomainError | None]:
    """Claim several keys at once; what `claim` would raise stands in the place of the answer."""
    rows = await _CLAIM.rows(
        session, clients=[one.client for one in asked], keys=[one.key for one in asked]
    )
    taken: set[tuple[str, str]] = set()
    found: list[Answer | DomainError | None] = []
    for one, row in zip(asked, rows, strict=True):
        twice = (one.client, one.key) in taken  # a transaction may lock a key twice
        found.append(_claimed(one, row, free=row["free"] and not twice))
        taken.add((one.client, one.key))
    return found


def _claimed(asked: Ticket, row: Mapping[str, Any], *, free: bool) -> Answer | DomainError | None:
    if row["status_code"] is None:
        return None if free else IdempotencyKeyInUse()
    if row["fingerprint"] != asked.fingerprint:
        return IdempotencyKeyReused()
    return Answer(
        client=asked.client,
        key=asked.key,
        fingerprint=asked.fingerprint,
        status_code=row["status_code"],
        headers=row["headers"],
        body=row["body"],
    )


_ROWS = Rows(
    "idempotency_answer",
    "client text, key text, fingerprint text, status_code int, headers text, body text",
    filled={
        "fingerprint": "decode(fingerprint, 'hex')",
        "body": "convert_to(body, 'UTF8')",
    },
)


def keep(
    session: AsyncSession, asked: Ticket, *, status_code: int, headers: str, body: bytes
) -> None:
    """Store the answer with the commit of the work it answers; the body is UTF-8."""
    _ROWS.add(
        session,
        client=asked.client,
        key=asked.key,
        fingerprint=asked.fingerprint.hex(),
        status_code=status_code,
        headers=headers,
        body=body.decode(),
    )


async def keep_refusal(
    session: AsyncSession, asked: Ticket, *, status_code: int, body: bytes
) -> Answer | None:
    """Undo the work, then store the refusal; returns the answer if one came in between."""
    session.info.clear()
    await session.rollback()
    earlier = await claim(session, asked)
    if earlier is None:
        keep(session, asked, status_code=status_code, headers="{}", body=body)
    return earlier


@jobs.job("idempotency.forget", every=timedelta(minutes=10))
async def forget() -> None:
    """Drop answers older than the promised seven days."""
    async with db.transaction() as session:
        await session.execute(delete(Answer).where(col(Answer.recorded_at) < clock.now() - KEPT))
