"""Sending one message by HTTP, signed by Standard Webhooks 1.0.0.

Nothing of the answer but its status is read, redirects are not followed, and the connection
goes to an address that was just checked.
"""

import asyncio
import ssl
import time
from datetime import datetime
from functools import cache
from uuid import UUID

import httpx
import structlog
from standardwebhooks import Webhook

from oms.kernel import clock, db, work
from oms.kernel.config import settings
from oms.kernel.work import Kind
from oms.webhooks import messages, targets
from oms.webhooks.messages import Letter, Outcome
from oms.webhooks.models import WebhookMessage
from oms.webhooks.targets import Target, TargetNotFound, TargetRefused

log = structlog.get_logger()

TIMEOUT_SECONDS = 15
ERROR_LENGTH = 300


def install() -> None:
    """Let the workers send webhook messages."""
    work.register("webhook", Kind(WebhookMessage, run))


async def run(message_id: UUID) -> None:
    """Make one attempt, if the message is due: claim it, send it, note what came of it.

    May run twice for the same attempt after a crash; the receiver knows the `webhook-id`.
    """
    async with db.transaction() as session:
        letter = await messages.claim(session, message_id=message_id, now=clock.now())
    if letter is None:
        return
    outcome = await send(letter, allow_private=settings().webhooks_allow_private, now=clock.now())
    async with db.transaction() as session:
        await messages.note(session, message_id=message_id, outcome=outcome, now=clock.now())
    log.info("webhook.sent", message_id=str(message_id), status_code=outcome.status_code)


async def send(letter: Letter, *, allow_private: bool, now: datetime) -> Outcome:
    """Ask the target once. Never raises what the network or the target may do."""
    started = time.monotonic()
    status_code, error, final = None, None, False
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            target = await targets.resolve(letter.url, allow_private=allow_private)
            status_code = await _post(target, letter, now)
    except TargetRefused as refusal:
        error, final = refusal.detail, True
    except TargetNotFound as missing:
        error = missing.detail
    except TimeoutError:
        error = f"no answer within {TIMEOUT_SECONDS} seconds"
    except Exception as failure:  # noqa: BLE001 -- noted in the row, tried again, then given up
        error = f"{type(failure).__name__}: {failure}"[:ERROR_LENGTH]
    duration_ms = round((time.monotonic() - started) * 1000)
    return Outcome(status_code, error, duration_ms, final)


def signed(letter: Letter, *, now: datetime) -> dict[str, str]:
    """Return the headers that prove who sent this and when."""
    message_id = str(letter.message_id)
    signature = Webhook(letter.secret).sign(message_id, now, letter.payload.decode())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


@cache
def authorities() -> ssl.SSLContext:
    """Trust the usual authorities, or those of SSL_CERT_FILE; loading them takes a while."""
    return httpx.create_ssl_context()


async def _post(target: Target, letter: Letter, now: datetime) -> int:
    """Try the checked addresses in turn until one takes the connection."""
    *first, last = target.addresses
    for address in first:
        try:
            return await _post_to(address, target, letter, now)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            continue
    return await _post_to(last, target, letter, now)


async def _post_to(address: str, target: Target, letter: Letter, now: datetime) -> int:
    headers = {
        "host": target.host_header,
        "content-type": "application/json",
        "user-agent": "oms-webhooks/1",
        "accept-encoding": "identity",
        **signed(letter, now=now),
    }
    connect = httpx.Timeout(TIMEOUT_SECONDS, connect=TIMEOUT_SECONDS / len(target.addresses))
    async with (
        httpx.AsyncClient(verify=authorities(), trust_env=False, timeout=connect) as client,
        client.stream(
            "POST",
            target.pinned(address),
            content=letter.payload,
            headers=headers,
            extensions={"sni_hostname": target.tls_name},
        ) as response,
    ):
        return response.status_code
