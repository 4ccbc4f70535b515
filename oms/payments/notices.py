"""What gateways tell unasked: verified and kept at the door, interpreted later by a job."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from oms.kernel import inbox
from oms.kernel.errors import Malformed
from oms.payments import gateways, tasks

MAX_MESSAGE_ID = 255


class MessageIdTooLong(Malformed):
    """A message id has at most 255 characters."""


async def receive(
    session: AsyncSession, *, gateway: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Keep a gateway's signed webhook; tells whether it is new. Headers by lower-case name.

    Raises UnknownAdapter, NoWebhooks, InvalidSignature, MessageIdTooLong.
    """
    message_id = gateways.load(gateway).verify(headers=headers, body=body, now=now)
    if len(message_id) > MAX_MESSAGE_ID:
        raise MessageIdTooLong
    return await inbox.receive(
        session,
        source=f"{tasks.SOURCE}{gateway}",
        message_id=message_id,
        body=body,
        then=tasks.interpret,
    )
