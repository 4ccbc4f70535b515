"""Sales channels."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, choice, recorded_at


class ChannelKind(StrEnum):
    """What sort of place sells."""

    SITE = "site"
    MARKETPLACE = "marketplace"
    STORE = "store"
    SUPPORT = "support"


class Channel(Table, table=True):
    """A place where orders come from, with the currency it sells in."""

    __tablename__ = "channel"
    __table_args__ = (CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_iso"),)

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: ChannelKind = choice(ChannelKind, ChannelKind.SITE)
    currency: str
    recorded_at: datetime = recorded_at()
