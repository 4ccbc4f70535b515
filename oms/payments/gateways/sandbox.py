"""A provider to try things with: it keeps a book of its own and trusts nobody's arithmetic.

The token decides what happens, as the test cards of real providers do (TOKENS). `pending`,
`decide` and `notice` below the gateway play the provider, for tests and the demo.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from oms.kernel import signatures
from oms.kernel.db import transaction
from oms.kernel.errors import Conflict
from oms.kernel.inputs import Input, InvalidInput, InvalidJson, Text, Word
from oms.kernel.money import Currency, Price
from oms.payments.gateways import Answer, Notice, Outcome, Request, UnreadableNotice
from oms.payments.models import SandboxCharge
from oms.payments.states import OperationKind

K = OperationKind
CODE = "sandbox"

TOKENS = {
    "tok_ok": "everything succeeds",
    "tok_declined": "the authorisation is refused: card_declined",
    "tok_late": "the authorisation is pending until the webhook",
    "tok_capture_fails": "the first capture is refused: card_declined",
    "tok_refund_pending": "refunds are pending until the webhook",
    "tok_timeout": "all is done, but the first answer to each request is lost",
}
LATE = {("tok_late", K.AUTHORISE), ("tok_refund_pending", K.REFUND)}
UNKNOWN = "unknown"


class NotPending(Conflict):
    """The sandbox does not owe a decision about this request."""

    key: UUID


class Settings(BaseSettings):
    """What the operator agreed with the provider."""

    model_config = SettingsConfigDict(env_prefix="OMS_SANDBOX_", extra="ignore")

    webhook_secret: SecretStr | None = None
    """`whsec_…` its webhooks are signed with. None: one derived from our secret."""


class SandboxNoticeIn(Input):
    """The body of its webhook: what came of a request."""

    key: UUID
    reference: Word
    kind: Literal["authorise", "capture", "void", "refund"]
    status: Literal["succeeded", "failed"]
    amount: Price
    currency: Currency
    reason: Text | None = None


@dataclass(frozen=True)
class Webhook:
    """A signed message, ready to be posted."""

    headers: dict[str, str]
    body: bytes


class Sandbox:
    """Every request is one transaction of the provider's own, once per key."""

    async def authorise(self, request: Request) -> Outcome:
        return await _once(request, K.AUTHORISE)

    async def capture(self, request: Request) -> Outcome:
        return await _once(request, K.CAPTURE)

    async def void(self, request: Request) -> Outcome:
        return await _once(request, K.VOID)

    async def refund(self, request: Request) -> Outcome:
        return await _once(request, K.REFUND)

    def verify(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        return signatures.verify(secret=secret(), headers=headers, body=body, now=now)

    def read(self, body: bytes) -> Notice:
        try:
            told = SandboxNoticeIn.read(body)
        except (InvalidJson, InvalidInput) as error:
            raise UnreadableNotice(CODE, error.detail) from None
        outcome = Outcome(Answer(told.status), reference=told.reference, reason=told.reason)
        return Notice(told.key, K(told.kind), told.amount, told.currency, outcome)


gateway = Sandbox()


def secret() -> str:
    """Return the `whsec_…` secret the provider and we share."""
    given = Settings().webhook_secret
    return given.get_secret_value() if given else signatures.secret_for("sandbox gateway")


async def pending() -> list[SandboxCharge]:
    """Return what the provider has yet to decide, oldest first."""
    async with transaction() as session:
        found = await session.scalars(
            select(SandboxCharge)
            .where(col(SandboxCharge.outcome) == Answer.PENDING)
            .order_by(col(SandboxCharge.key))
        )
        return list(found)


async def decide(*, key: UUID, reason: str | None = None, now: datetime) -> Webhook:
    """Play the provider: settle a pending request, refused when there is a reason.

    Returns the webhook that tells it. Raises NotPending.
    """
    async with transaction() as session:
        charge = await session.get(SandboxCharge, str(key))
        if charge is None or charge.outcome != Answer.PENDING:
            raise NotPending(key)
        charge.outcome = Answer.FAILED if reason else Answer.SUCCEEDED
        charge.reason = reason
    return notice(charge, now=now)


def notice(charge: SandboxCharge, *, now: datetime) -> Webhook:
    """Play the provider: the webhook about an entry of its book, under one id however often."""
    told = SandboxNoticeIn.model_validate(
        {
            "key": UUID(charge.key),
            "reference": charge.reference,
            "kind": charge.kind,
            "status": charge.outcome,
            "amount": charge.amount,
            "currency": charge.currency,
            "reason": charge.reason,
        }
    )
    return signed(told.model_dump_json().encode(), message_id=f"msg_{charge.key}", now=now)


def signed(body: bytes, *, message_id: str, now: datetime) -> Webhook:
    """Play the provider: sign any body."""
    headers = signatures.sign(secret=secret(), message_id=message_id, body=body, now=now)
    return Webhook({"content-type": "application/json", **headers}, body)


async def _once(request: Request, kind: OperationKind) -> Outcome:
    async with transaction() as session:
        await _lock(session, request.payment_id)
        known = await session.get(SandboxCharge, str(request.key))
        charge = known or await _decided(session, request, kind)
        session.add(charge)
    if known is None and charge.token == "tok_timeout":  # noqa: S105 -- the name of a scenario
        raise TimeoutError("done, but the answer was lost on its way")
    return Outcome(Answer(charge.outcome), reference=charge.reference, reason=charge.reason)


async def _lock(session: AsyncSession, payment_id: UUID) -> None:
    """Let one request at a time touch a payment, or the provider's sums would not be exact."""
    digest = hashlib.sha256(payment_id.bytes).digest()[:8]
    number = int.from_bytes(digest, "big", signed=True)
    await session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


async def _decided(session: AsyncSession, request: Request, kind: OperationKind) -> SandboxCharge:
    reference = f"sb_{request.payment_id.hex}" if kind is K.AUTHORISE else request.reference
    page = await session.scalars(
        select(SandboxCharge).where(col(SandboxCharge.reference) == (reference or UNKNOWN))
    )
    entries = list(page)
    token = request.token if kind is K.AUTHORISE else _token(entries)
    reason = _refusal(entries, request, kind, token)
    late = Answer.PENDING if (token, kind) in LATE else Answer.SUCCEEDED
    return SandboxCharge(
        key=str(request.key),
        reference=reference or UNKNOWN,
        kind=kind,
        amount=request.amount,
        currency=request.currency,
        token=token,
        outcome=Answer.FAILED if reason else late,
        reason=reason,
    )


def _token(entries: list[SandboxCharge]) -> str | None:
    return next((one.token for one in entries if one.kind == K.AUTHORISE), None)


def _refusal(
    entries: list[SandboxCharge], request: Request, kind: OperationKind, token: str | None
) -> str | None:
    """Say why the provider refuses, by its own arithmetic, if it does."""
    authorised, captured = _total(entries, K.AUTHORISE), _total(entries, K.CAPTURE)
    if kind is K.AUTHORISE:
        known = None if token in TOKENS else "invalid_token"
        return "card_declined" if token == "tok_declined" else known  # noqa: S105 -- a scenario
    if {one.currency for one in entries} != {request.currency}:
        return "unknown_payment"
    room = {
        K.CAPTURE: authorised - captured - _total(entries, K.VOID),
        K.VOID: authorised - captured - _total(entries, K.VOID),
        K.REFUND: captured - _total(entries, K.REFUND),
    }[kind]
    if request.amount > room:
        return f"only_{room}_left"
    first = not any(one.kind == K.CAPTURE for one in entries)
    if kind is K.CAPTURE and token == "tok_capture_fails" and first:  # noqa: S105 -- a scenario
        return "card_declined"
    return None


def _total(entries: list[SandboxCharge], kind: OperationKind) -> int:
    """Sum what was done, or is kept free for what is pending."""
    return sum(one.amount for one in entries if one.kind == kind and one.outcome != Answer.FAILED)
