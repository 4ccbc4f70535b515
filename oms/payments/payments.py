"""Payments: money a shopper promises when the order is placed."""

import re
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import events, ids, jobs
from oms.kernel.errors import Rejected
from oms.kernel.statements import Rows
from oms.kernel.tables import untracked
from oms.payments import gateways, tasks
from oms.payments.events import PaymentAuthorised
from oms.payments.models import Payment
from oms.payments.states import PAYMENT

CARD_NUMBER = re.compile(r"\d(?:[ -]?\d){12,18}")


class UnknownGateway(Rejected):
    """No payment gateway of this name is installed."""

    gateway: str
    known: list[str]


class CardNumberRefused(Rejected):
    """This looks like a card number; send the token your gateway made of it."""


_PAYMENTS = Rows(
    "payment",
    "id uuid, order_id uuid, channel_id uuid, gateway text, method text, status text,"
    " currency text, amount bigint, token text",
    filled={"authorised": "0", "captured": "0", "refunded": "0", "version": "1"},
)

_OPERATIONS = Rows(
    "payment_operation",
    "id uuid, payment_id uuid, amount bigint",
    filled={"kind": "'authorise'", "status": "'requested'"},
)


def demand_possible(*, gateway: str, token: str | None) -> None:
    """Make sure that a payment can be asked for. Raises UnknownGateway, CardNumberRefused."""
    if gateway not in gateways.codes():
        raise UnknownGateway(gateway, gateways.codes())
    if token is not None and CARD_NUMBER.fullmatch(token):
        raise CardNumberRefused


def expect(  # noqa: PLR0913 -- facts of one promise; a value would only rename them
    session: AsyncSession,
    *,
    order_id: UUID,
    channel_id: UUID,
    currency: str,
    amount: int,
    gateway: str,
    method: str,
    token: str | None,
) -> Payment:
    """Note that a shopper promised `amount`, and owe the question whether the gateway has it.

    Written with the commit, because placing an order is the busiest path of the system.
    Nothing to pay is authorised at once. Raises UnknownGateway, CardNumberRefused.
    """
    demand_possible(gateway=gateway, token=token)
    payment = untracked(
        Payment,
        id=ids.new(),
        order_id=order_id,
        channel_id=channel_id,
        currency=currency,
        amount=amount,
        gateway=gateway,
        method=method,
        token=token,
    )
    if amount == 0:
        return _free(session, Payment(**vars(payment)))
    operation_id = ids.new()
    _PAYMENTS.add(session, **{name: getattr(payment, name) for name in _PAYMENTS.names})
    _OPERATIONS.add(session, id=operation_id, payment_id=payment.id, amount=amount)
    jobs.enqueue(session, tasks.ask, key=f"operation:{operation_id}", operation_id=operation_id)
    return payment


def _free(session: AsyncSession, payment: Payment) -> Payment:
    PAYMENT.move(payment, "authorise")
    session.add(payment)
    fact = PaymentAuthorised(
        order_id=payment.order_id, payment_id=payment.id, amount=0, currency=payment.currency
    )
    events.record(session, fact, about=payment.order_id, channel_id=payment.channel_id)
    return payment
