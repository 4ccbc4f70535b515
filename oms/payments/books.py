"""A payment with all that was asked of its gateway, and what may still be asked."""

from dataclasses import dataclass
from uuid import UUID

from oms.payments.models import Payment, PaymentOperation
from oms.payments.states import OperationKind, OperationStatus, PaymentStatus

UNSETTLED = frozenset({OperationStatus.REQUESTED, OperationStatus.PENDING})
ENDED = frozenset({PaymentStatus.DECLINED, PaymentStatus.VOIDED})

K = OperationKind


@dataclass(frozen=True)
class Book:
    """One payment, its row locked, and its operations in the order of their ids."""

    payment: Payment
    operations: list[PaymentOperation]

    @property
    def authorisable(self) -> int:
        """Return what is authorised, or may still become so."""
        pending = self.payment.status is PaymentStatus.PENDING
        return self.payment.amount if pending else self.payment.authorised

    @property
    def capturable(self) -> int:
        """Return what may still be captured, less what was already asked for or let go of."""
        if self.payment.status in ENDED:
            return 0
        left = self.authorisable - self.payment.captured - self.in_flight(K.CAPTURE)
        return max(left - self._let_go, 0)

    @property
    def paid(self) -> int:
        """Return what is captured, or was asked for and may still be."""
        under_way = 0 if self.payment.status in ENDED else self.in_flight(K.CAPTURE)
        return self.payment.captured + under_way

    @property
    def refundable(self) -> int:
        """Return how much of what is paid was neither sent back nor asked to be."""
        return self.paid - self.payment.refunded - self.in_flight(K.REFUND)

    @property
    def closing(self) -> bool:
        """Tell whether the gateway was asked to let go of what is not captured."""
        return self._let_go > 0

    @property
    def _let_go(self) -> int:
        return sum(
            one.amount
            for one in self.operations
            if one.kind is K.VOID and one.status is not OperationStatus.FAILED
        )

    def operation(self, operation_id: UUID) -> PaymentOperation:
        """Return one operation of this payment."""
        return next(one for one in self.operations if one.id == operation_id)

    def in_flight(self, kind: OperationKind) -> int:
        """Return how much was asked of the gateway and is not settled."""
        return sum(one.amount for one in self.operations if _open(one, kind))

    def failed_captures(self) -> list[PaymentOperation]:
        """Return the captures that failed and were not asked for again."""
        causes = {one.cause for one in self.operations}
        return [
            one
            for one in self.operations
            if one.kind is K.CAPTURE
            and one.status is OperationStatus.FAILED
            and f"retry:{one.id}" not in causes
        ]

    def must_wait(self, operation: PaymentOperation) -> bool:
        """Tell whether another operation has to settle first; it will wake this one."""
        if operation.kind is K.CAPTURE:
            return self._unsettled(K.AUTHORISE)
        if operation.kind is K.VOID:
            return self._unsettled(K.AUTHORISE, K.CAPTURE)
        if operation.kind is K.REFUND and not self._covers(operation):
            return self._unsettled(K.CAPTURE) or self._refunds_before(operation) > 0
        return False

    def impossible(self, operation: PaymentOperation) -> str | None:
        """Return why an operation that need not wait can never be done, if so."""
        left = self.payment.authorised - self.payment.captured
        if operation.kind is K.CAPTURE and self.payment.status in ENDED:
            return f"payment_{self.payment.status}"
        if operation.kind is K.CAPTURE and left < operation.amount:
            return "not_authorised"
        if operation.kind is K.VOID and left == 0:
            return "nothing_to_void"
        if operation.kind is K.REFUND and not self._covers(operation):
            return "not_captured"
        return None

    def _covers(self, refund: PaymentOperation) -> bool:
        left = self.payment.captured - self.payment.refunded - self._refunds_before(refund)
        return left >= refund.amount

    def _refunds_before(self, refund: PaymentOperation) -> int:
        return sum(
            one.amount for one in self.operations if _open(one, K.REFUND) and one.id < refund.id
        )

    def _unsettled(self, *kinds: OperationKind) -> bool:
        return any(_open(one, kind) for one in self.operations for kind in kinds)


def _open(operation: PaymentOperation, kind: OperationKind) -> bool:
    return operation.kind is kind and operation.status in UNSETTLED
