"""Facts: audit trail, outbox, timeline, webhook feed and live stream in one row.

`record` notes a fact beside the change it tells. With the commit every noted fact becomes an
`event` row with the subject's next number, together with one `delivery` row per reaction.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

import msgspec
from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from oms.kernel import actors, clock, ids
from oms.kernel.due import Due
from oms.kernel.statements import Statement, settle
from oms.kernel.tables import ROOMY, Table, moment, recorded_at

E = TypeVar("E", bound="Event")
Reaction = Callable[[AsyncSession, E], Awaitable[None]]


class Event(BaseModel):
    """A past-tense fact. Subclasses say `class OrderPlaced(Event, name="order.placed")`.

    Fields are ids and values; they are added over time, never changed.
    """

    model_config = ConfigDict(frozen=True)
    name: ClassVar[str]
    known: ClassVar[dict[str, type["Event"]]] = {}

    def __init_subclass__(cls, *, name: str) -> None:
        """Register the fact under its public name, once."""
        super().__init_subclass__()
        if name in cls.known:
            message = f"two events are called {name}"
            raise ValueError(message)
        cls.name = name
        cls.known[name] = cls


class UnknownReaction(Exception):
    """This process does not know the reaction; a newer one may have asked for it."""


class EventRow(Table, table=True):
    """One recorded fact; `sequence` counts the facts of its subject from 1 without a gap."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("subject_id", "sequence"), ROOMY)

    id: UUID = Field(primary_key=True)
    subject_id: UUID
    sequence: int
    name: str
    data: dict[str, Any] = Field(sa_type=JSONB)
    actor: str
    channel_id: UUID | None = None
    occurred_at: datetime = moment()
    recorded_at: datetime = recorded_at()


class Subject(Table, table=True):
    """The last number given to a fact of this subject; its row lock serialises recording."""

    __tablename__ = "event_subject"
    __table_args__ = (CheckConstraint("sequence > 0", name="counts_from_one"),)

    subject_id: UUID = Field(primary_key=True)
    sequence: int = Field(sa_type=BigInteger)


class Delivery(Due, table=True):
    """One reaction owed to one event.

    Reactions of a lane see a subject's facts in order; one that comes `after_others` waits until
    every other reaction to its event was tried.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "subscriber"),
        Index("ix_delivery_due", "next_at", postgresql_where=text("status = 'due'")),
        Index(
            "ix_delivery_lane",
            "subject_id",
            "lane",
            "sequence",
            postgresql_where=text("status = 'due'"),
        ),
        *Due.checks(),
    )

    event_id: UUID = Field(foreign_key="event.id")
    subscriber: str
    lane: str
    subject_id: UUID
    sequence: int
    after_others: bool = False


@dataclass(frozen=True)
class Subscription:
    """A reaction to one kind of fact, or to every kind when `event` is None."""

    event: type[Event] | None
    reaction: Callable[..., Awaitable[None]]

    @property
    def lane(self) -> str:
        """Return the module of the reaction: within it, facts of a subject come in order."""
        return self.reaction.__module__

    @property
    def name(self) -> str:
        """Return the name under which deliveries of this reaction are kept."""
        return f"{self.lane}.{self.reaction.__name__}"


_subscriptions: list[Subscription] = []


def on(event: type[E], *reactions: Reaction[E]) -> list[Subscription]:
    """Declare what happens after `event`: each reaction in a transaction of its own."""
    return [Subscription(event, reaction) for reaction in reactions]


def on_every(*reactions: Callable[[AsyncSession, EventRow], Awaitable[None]]) -> list[Subscription]:
    """Declare reactions to every fact, after all others; they receive the stored row."""
    return [Subscription(None, reaction) for reaction in reactions]


def subscribe(wiring: Iterable[list[Subscription]]) -> None:
    """Install the wiring of this process, replacing what was there."""
    _subscriptions[:] = [one for group in wiring for one in group]


def subscription(name: str) -> Subscription:
    """Return a subscription of the reaction of this name. Raises UnknownReaction."""
    for one in _subscriptions:
        if one.name == name:
            return one
    raise UnknownReaction(name)


def record(
    session: AsyncSession,
    event: Event,
    *,
    about: UUID,
    channel_id: UUID | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Note a fact about a subject; it is written with the commit of this session."""
    row = {
        "id": ids.new(),
        "subject_id": about,
        "name": event.name,
        "data": event.model_dump(mode="json"),
        "actor": actors.current().label,
        "channel_id": channel_id,
        "occurred_at": occurred_at or clock.now(),
    }
    session.info.setdefault("events", []).append(row)


_STORE = Statement("""
WITH noted AS (
    SELECT * FROM jsonb_to_recordset(CAST(:events AS jsonb)) AS row (
        id uuid, subject_id uuid, name text, data jsonb, actor text, channel_id uuid,
        occurred_at timestamptz, place int, of int)
), counted AS (
    INSERT INTO event_subject AS counter (subject_id, sequence)
    SELECT subject_id, count(*) FROM noted GROUP BY subject_id ORDER BY subject_id
    ON CONFLICT (subject_id) DO UPDATE SET sequence = counter.sequence + EXCLUDED.sequence
    RETURNING subject_id, sequence
), stored AS (
    INSERT INTO event (id, subject_id, sequence, name, data, actor, channel_id, occurred_at)
    SELECT id, subject_id, counted.sequence - of + place, name, data, actor, channel_id, occurred_at
    FROM noted JOIN counted USING (subject_id)
    RETURNING id, subject_id, sequence
)
INSERT INTO delivery (
    id, event_id, subscriber, lane, subject_id, sequence, after_others, status, attempts, next_at)
SELECT owed.id, event_id, subscriber, lane, subject_id, sequence, after_others, 'due', 0, now()
FROM jsonb_to_recordset(CAST(:deliveries AS jsonb)) AS owed (
    id uuid, event_id uuid, subscriber text, lane text, after_others bool)
JOIN stored ON stored.id = event_id
""")


async def flush(session: AsyncSession) -> None:
    """Write the noted facts, what is owed to their subscribers, and all that was left for later.

    Subjects are counted in key order and last of all, so that no two transactions wait crosswise.
    """
    noted: list[dict[str, Any]] = session.info.pop("events", [])
    if not noted:
        await settle(session)
        return
    totals: dict[UUID, int] = {}
    for row in noted:
        row["place"] = totals[row["subject_id"]] = totals.get(row["subject_id"], 0) + 1
    for row in noted:
        row["of"] = totals[row["subject_id"]]
    owed = [delivery for row in noted for delivery in _owed(row)]
    await settle(
        session,
        _STORE,
        events=msgspec.json.encode(noted).decode(),
        deliveries=msgspec.json.encode(owed).decode(),
    )
    session.info.setdefault("wake", []).extend(("delivery", row["id"]) for row in owed)


def woken(session: AsyncSession) -> list[tuple[str, UUID]]:
    """Return, once, the kinds and ids of work this session's commit made due."""
    waiting: list[tuple[str, UUID]] = session.info.pop("wake", [])
    return waiting


def _owed(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "id": ids.new(),
            "event_id": row["id"],
            "subscriber": one.name,
            "lane": one.lane,
            "after_others": one.event is None,
        }
        for one in _subscriptions
        if one.event is None or one.event.name == row["name"]
    ]
