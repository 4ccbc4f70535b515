"""Facts about money. Amounts are minor units of `currency`; `about` is the order."""

from uuid import UUID

from oms.kernel.events import Event


class PaymentAuthorised(Event, name="payment.authorised"):
    order_id: UUID
    payment_id: UUID
    amount: int
    currency: str


class PaymentDeclined(Event, name="payment.declined"):
    order_id: UUID
    payment_id: UUID
    amount: int
    currency: str
    reason: str


class PaymentCaptured(Event, name="payment.captured"):
    order_id: UUID
    payment_id: UUID
    amount: int
    currency: str


class PaymentCaptureFailed(Event, name="payment.capture_failed"):
    """Money for goods was not had; without a payment when none had so much left to capture."""

    order_id: UUID
    payment_id: UUID | None
    amount: int
    currency: str
    reason: str


class PaymentVoided(Event, name="payment.voided"):
    """Money that was never captured will not be; `amount` is what was let go."""

    order_id: UUID
    payment_id: UUID
    amount: int
    currency: str


class PaymentVoidFailed(Event, name="payment.void_failed"):
    """The gateway keeps money authorised that nobody wants; it lapses there or a person acts."""

    order_id: UUID
    payment_id: UUID
    amount: int
    currency: str
    reason: str


class RefundGranted(Event, name="refund.granted"):
    order_id: UUID | None
    refund_id: UUID
    amount: int
    currency: str


class RefundProcessed(Event, name="refund.processed"):
    order_id: UUID | None
    refund_id: UUID
    amount: int
    currency: str


class RefundFailed(Event, name="refund.failed"):
    """Part of a refund was refused; it stays owed until it is retried or settled by hand."""

    order_id: UUID | None
    refund_id: UUID
    amount: int
    currency: str
    reason: str
