"""Groups of items that rules speak of."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import queries
from inventory.catalog.models import ItemGroup, ItemGroupMember


async def put(session: AsyncSession, *, code: str, name: str) -> ItemGroup:
    """Let there be a group of this name."""
    await session.execute(
        insert(ItemGroup)
        .values(code=code, name=name)
        .on_conflict_do_update(index_elements=["code"], set_={"name": name})
    )
    return await queries.group(session, code=code)


async def remove(session: AsyncSession, *, code: str) -> None:
    """Forget a group; its items stay. Raises UnknownGroup; the database refuses while rules use it.

    The group goes before its members, so that no item can join it meanwhile.
    """
    await queries.lock_group(session, code=code)
    await session.execute(delete(ItemGroupMember).where(col(ItemGroupMember.group_code) == code))
    await session.execute(delete(ItemGroup).where(col(ItemGroup.code) == code))
