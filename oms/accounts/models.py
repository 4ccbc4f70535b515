"""Staff and the credentials of everybody who calls."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, Uuid
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, choice, moment, recorded_at


class Role(StrEnum):
    """What a member of staff is there for."""

    WAREHOUSE = "warehouse"
    STORE = "store"
    SUPPORT = "support"
    MANAGER = "manager"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API key may do."""

    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    INVENTORY_READ = "inventory:read"
    INVENTORY_WRITE = "inventory:write"
    FULFILLMENT_READ = "fulfillment:read"
    FULFILLMENT_WRITE = "fulfillment:write"
    RETURNS_READ = "returns:read"
    RETURNS_WRITE = "returns:write"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    WEBHOOKS = "webhooks"


class CredentialKind(StrEnum):
    """Whose credential it is."""

    API_KEY = "api_key"
    STAFF_TOKEN = "staff_token"  # noqa: S105 -- a kind, not a secret


class Staff(Table, table=True):
    """A person who works here; no location list means every location."""

    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("cardinality(roles) > 0", name="has_a_role"),)

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    name: str
    roles: list[str] = Field(sa_type=ARRAY(Text))
    location_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    active: bool = True
    recorded_at: datetime = recorded_at()


class Credential(Table, table=True):
    """A bearer credential: shown once, kept as a keyed hash that is found by its prefix."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint("(kind = 'staff_token') = (staff_id is not null)", name="staff_tokens"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    kind: CredentialKind = choice(CredentialKind)
    name: str
    prefix: str = Field(unique=True)
    digest: bytes
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    channel_id: UUID | None = None
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    expires_at: datetime | None = moment(nullable=True)
    revoked_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()
