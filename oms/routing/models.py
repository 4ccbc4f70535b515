"""Decisions: what was chosen, from what, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, PrimaryKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import ROOMY, Table, recorded_at


class RoutingDecision(Table, table=True):
    """One routing of (a part of) an order, with every candidate and the reason beside it."""

    __tablename__ = "routing_decision"
    __table_args__ = (Index("ix_routing_decision_order", "order_id"), ROOMY)

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    order_id: UUID
    cause: str
    rule: str
    version: int
    cost: int
    parcels: int
    plan: list[dict[str, Any]] = Field(sa_type=JSONB)
    candidates: list[dict[str, Any]] = Field(sa_type=JSONB)
    recorded_at: datetime = recorded_at()


class Exclusion(Table, table=True):
    """A location that may not be asked again for this order's SKU (it rejected it)."""

    __tablename__ = "routing_exclusion"
    __table_args__ = (PrimaryKeyConstraint("order_id", "location_id", "sku"),)

    order_id: UUID
    location_id: UUID
    sku: str
    reason: str
    recorded_at: datetime = recorded_at()
