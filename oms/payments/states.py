"""Life of a payment, of a request to a gateway, and of a refund."""

from enum import StrEnum

from oms.kernel.states import Machine


class PaymentStatus(StrEnum):
    """Where a payment stands; amounts captured and refunded are counters beside it."""

    PENDING = "pending"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"


class OperationKind(StrEnum):
    """What is asked of a gateway."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class OperationStatus(StrEnum):
    """What came of it; `pending` waits for the gateway's webhook."""

    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundStatus(StrEnum):
    """How far money owed has got."""

    GRANTED = "granted"
    PROCESSED = "processed"
    FAILED = "failed"


P, A, R = PaymentStatus, OperationStatus, RefundStatus

PAYMENT = Machine(
    "payment",
    start=P.PENDING,
    moves=[
        # verb        from                          to
        ("authorise", {P.PENDING},                  P.AUTHORISED),
        ("decline",   {P.PENDING},                  P.DECLINED),
        ("capture",   {P.AUTHORISED, P.CAPTURED},   P.CAPTURED),
        ("void",      {P.PENDING, P.AUTHORISED},    P.VOIDED),
    ],
)  # fmt: skip

OPERATION = Machine(
    "payment_operation",
    start=A.REQUESTED,
    moves=[
        # verb        from                          to
        ("wait",      {A.REQUESTED},                A.PENDING),
        ("succeed",   {A.REQUESTED, A.PENDING},     A.SUCCEEDED),
        ("fail",      {A.REQUESTED, A.PENDING},     A.FAILED),
    ],
)  # fmt: skip

REFUND = Machine(
    "refund",
    start=R.GRANTED,
    moves=[
        # verb        from                          to
        ("process",   {R.GRANTED},                  R.PROCESSED),
        ("fail",      {R.GRANTED},                  R.FAILED),
        ("retry",     {R.FAILED},                   R.GRANTED),
        ("settle",    {R.GRANTED, R.FAILED},        R.PROCESSED),
    ],
)  # fmt: skip
