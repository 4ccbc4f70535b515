"""One effect per Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07).

The key's lock, the work and the stored answer share one transaction: a crash leaves none of
them, a commit all of them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import PrimaryKeyConstraint, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import clock, db, jobs
from oms.kernel.errors import Conflict, Malformed, Rejected
from oms.kernel.statements import Statement
from oms.kernel.tables import Table, recorded_at

KEPT = timedelta(days=7)
MAX_KEY = 255
TAKEN = "pk_idempotency_answer"


class IdempotencyKeyMissing(Malformed):
    """This request needs an Idempotency-Key header of 1 to 255 printable ASCII characters."""


class IdempotencyKeyReused(Rejected):
    """This Idempotency-Key was used with another request."""


class IdempotencyKeyInUse(Conflict):
    """The first request with this Idempotency-Key is still running; ask again shortly."""


class Answer(Table, table=True):
    """What was answered to a key of a client, word for word."""

    __tablename__ = "idempotency_answer"
    __table_args__ = (PrimaryKeyConstraint("client", "key"),)

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
SELECT pg_try_advisory_xact_lock(hashtextextended(:client || ':' || :key, 20)) AS free,
       status_code, headers, body, fingerprint
FROM (SELECT 1) AS one
LEFT JOIN idempotency_answer ON client = :client AND key = :key
""")


async def claim(session: AsyncSession, asked: Ticket) -> Answer | None:
    """Take the key for this transaction, or return the answer it already has.

    Raises IdempotencyKeyInUse while another request holds it, IdempotencyKeyReused when the
    stored answer belongs to another request.
    """
    [found] = await _CLAIM.rows(session, client=asked.client, key=asked.key)
    if found["status_code"] is None:
        if not found["free"]:
            raise IdempotencyKeyInUse
        return None
    if found["fingerprint"] != asked.fingerprint:
        raise IdempotencyKeyReused
    return Answer(
        client=asked.client,
        key=asked.key,
        fingerprint=asked.fingerprint,
        status_code=found["status_code"],
        headers=found["headers"],
        body=found["body"],
    )


_KEEP = Statement("""
INSERT INTO idempotency_answer (client, key, fingerprint, status_code, headers, body)
VALUES (:client, :key, :fingerprint, :status_code, :headers, :body)
""")


def keep(
    session: AsyncSession, asked: Ticket, *, status_code: int, headers: str, body: bytes
) -> None:
    """Store the answer with the commit of the work it answers."""
    _KEEP.later(
        session,
        client=asked.client,
        key=asked.key,
        fingerprint=asked.fingerprint,
        status_code=status_code,
        headers=headers,
        body=body,
    )


def answered_meanwhile(error: db.DatabaseError) -> bool:
    """Tell whether the key got its answer between our look at it and ours: it can be replayed."""
    return db.constraint_of(error) == TAKEN


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
