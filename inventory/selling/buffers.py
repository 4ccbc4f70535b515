"""Units that a channel leaves on every shelf."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from inventory.selling.events import ChannelBufferSet
from inventory.selling.models import ChannelBuffer
from oms.kernel import events


async def keep_back(session: AsyncSession, *, channel_id: UUID, units: int) -> None:
    """Let a channel leave this many units per SKU and location on the shelf."""
    await session.execute(
        insert(ChannelBuffer)
        .values(channel_id=channel_id, units=units)
        .on_conflict_do_update(index_elements=["channel_id"], set_={"units": units})
    )
    told = ChannelBufferSet(units=units)
    events.record(session, told, about=channel_id, channel_id=channel_id)
