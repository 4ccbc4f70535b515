"""Payments, what the gateway did with them, and refunds that are owed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Table, Versioned, choice, moment, recorded_at
from oms.payments.states import OperationKind, OperationStatus, PaymentStatus, RefundStatus


class Payment(Versioned, table=True):
    """Money a shopper promised for an order through one gateway, in minor units."""

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint(
            "0 <= refunded and refunded <= captured and captured <= authorised"
            " and authorised <= amount",
            name="never_more_than_before",
        ),
        Index("ix_payment_order", "order_id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    order_id: UUID
    channel_id: UUID
    gateway: str
    method: str = "card"
    status: PaymentStatus = choice(PaymentStatus, PaymentStatus.PENDING)
    currency: str
    amount: int = Field(sa_type=BigInteger)
    authorised: int = Field(default=0, sa_type=BigInteger)
    captured: int = Field(default=0, sa_type=BigInteger)
    refunded: int = Field(default=0, sa_type=BigInteger)
    token: str | None = None
    gateway_reference: str | None = Field(default=None, index=True)
    recorded_at: datetime = recorded_at()


class PaymentOperation(Table, table=True):
    """One request to a gateway and its outcome; its id is the gateway's idempotency key."""

    __tablename__ = "payment_operation"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_payment_operation_payment", "payment_id"),
        Index("ix_payment_operation_refund", "refund_id"),
        Index(
            "ix_payment_operation_pending",
            "requested_at",
            postgresql_where=text("status = 'pending'"),
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    payment_id: UUID = Field(foreign_key="payment.id")
    kind: OperationKind = choice(OperationKind)
    status: OperationStatus = choice(OperationStatus, OperationStatus.REQUESTED)
    amount: int = Field(sa_type=BigInteger)
    refund_id: UUID | None = Field(default=None, foreign_key="refund.id")
    cause: str | None = Field(default=None, unique=True)
    gateway_reference: str | None = None
    reason: str | None = None
    requested_at: datetime = recorded_at()
    settled_at: datetime | None = moment(nullable=True)


class Refund(Versioned, table=True):
    """Money owed to a shopper (granted), and how much of it was really sent (processed).

    `terms` says how the amount came about. A refund without a payment is settled by hand:
    `settled` is that part of `processed`, `settlement` the reference of the transfer.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("processed between 0 and amount", name="never_more_than_granted"),
        CheckConstraint("settled between 0 and processed", name="settled_is_processed"),
        CheckConstraint("(settled > 0) = (settlement is not null)", name="settled_with_reference"),
        Index("ix_refund_order", "order_id"),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    order_id: UUID | None = None
    cause: str = Field(unique=True)
    status: RefundStatus = choice(RefundStatus, RefundStatus.GRANTED)
    currency: str
    amount: int = Field(sa_type=BigInteger)
    processed: int = Field(default=0, sa_type=BigInteger)
    settled: int = Field(default=0, sa_type=BigInteger)
    settlement: str | None = None
    terms: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    recorded_at: datetime = recorded_at()


class SandboxCharge(Table, table=True):
    """What the sandbox provider remembers: its own book, apart from ours."""

    __tablename__ = "sandbox_charge"

    key: str = Field(primary_key=True)
    reference: str = Field(index=True)
    kind: str
    amount: int = Field(sa_type=BigInteger)
    currency: str
    token: str | None = None
    outcome: str
    reason: str | None = None
    recorded_at: datetime = recorded_at()
