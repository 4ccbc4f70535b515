"""Payment gateways: one provider, one module, one object called `gateway`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from oms.kernel import adapters
from oms.kernel.errors import Malformed, NotFound
from oms.payments.states import OperationKind


class NoWebhooks(NotFound):
    """This gateway sends no webhooks."""

    gateway: str


class UnreadableNotice(Malformed):
    """The gateway's webhook cannot be understood."""

    gateway: str
    reason: str


class Answer(StrEnum):
    """What a gateway says; `pending` promises a webhook."""

    SUCCEEDED = "succeeded"
    PENDING = "pending"
    FAILED = "failed"


@dataclass(frozen=True)
class Request:
    """What is asked: `key` is the idempotency key, `amount` is in minor units.

    `token` stands for the shopper's means of payment and comes with an authorisation;
    `reference` is what the gateway called the payment when it authorised it.
    """

    key: UUID
    payment_id: UUID
    amount: int
    currency: str
    token: str | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of it; `reference` is the gateway's name for the payment."""

    status: Answer
    reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Notice:
    """What a gateway tells by webhook, in our words; to be compared before it is believed."""

    key: UUID
    kind: OperationKind
    amount: int
    currency: str
    outcome: Outcome


class Gateway(Protocol):
    """A provider. Asked the same key again, it does nothing and answers as it stands now.

    A refusal is an Outcome; an exception means that nobody knows, and the key is asked again.
    """

    async def authorise(self, request: Request) -> Outcome: ...
    async def capture(self, request: Request) -> Outcome: ...
    async def void(self, request: Request) -> Outcome: ...
    async def refund(self, request: Request) -> Outcome: ...

    def verify(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Return the id of a signed webhook, the same at every retry.

        Raises InvalidSignature, or NoWebhooks when it never sends any.
        """
        ...

    def read(self, body: bytes) -> Notice:
        """Translate a verified webhook. Raises UnreadableNotice."""
        ...


def codes() -> list[str]:
    """Return the codes of the gateways that are installed, sorted."""
    return adapters.codes(__name__)


def load(code: str) -> Gateway:
    """Return a gateway by its code. Raises UnknownAdapter."""
    gateway: Gateway = adapters.load(__name__, code).gateway
    return gateway
