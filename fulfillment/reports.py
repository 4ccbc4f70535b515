"""What carriers send us: verified and kept at the door, read later by a job."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import carriers, tasks
from fulfillment.carriers import UnreadableReport
from oms.kernel import inbox

MAX_MESSAGE_ID = 255


async def receive(
    session: AsyncSession,
    *,
    carrier: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> bool:
    """Keep a carrier's signed message; tells whether it is new. Headers by lower-case name.

    Raises UnknownAdapter, InvalidSignature, UnreadableReport for a message id that is too long.
    """
    message_id = carriers.load(carrier).verify(headers=headers, body=body, now=now)
    if len(message_id) > MAX_MESSAGE_ID:
        raise UnreadableReport(carrier, f"a message id has at most {MAX_MESSAGE_ID} characters")
    return await inbox.receive(
        session,
        source=f"{tasks.SOURCE}{carrier}",
        message_id=message_id,
        body=body,
        then=tasks.read_report,
    )
