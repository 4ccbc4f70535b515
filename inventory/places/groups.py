"""Groups of locations that rules and routing speak of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col

from inventory.places import queries
from inventory.places.group_views import LocationGroupIn
from inventory.places.models import GroupMember, Location, LocationGroup
from oms.kernel import ids, pages
from oms.kernel.db import Busy
from oms.kernel.errors import Rejected
from oms.kernel.pages import Page


class UnknownLocations(Rejected):
    """Some locations are not known."""

    location_ids: list[str]


@dataclass(frozen=True)
class Membership:
    """A group and who is in it."""

    code: str
    name: str
    location_ids: list[UUID]
    version: int
    recorded_at: datetime


async def put(
    session: AsyncSession, *, code: str, given: LocationGroupIn, version: int | None = None
) -> Membership:
    """Let there be a group of this name and these members.

    Raises UnknownLocations, LocationGroupChanged, UnknownLocationGroup when a version is named of
    one that is not there, and Busy when it is removed meanwhile.
    """
    if version is None:
        new = {"id": ids.new(), "code": code, "name": given.name, "version": 1}
        await session.execute(
            insert(LocationGroup).values(new).on_conflict_do_nothing(index_elements=["code"])
        )
    try:
        group = await queries.lock_group(session, code=code, version=version)
    except queries.UnknownLocationGroup:
        if version is None:
            raise Busy("overtaken") from None
        raise
    group.name = given.name
    if given.location_ids is not None:
        await _admit(session, group, given.location_ids)
    await session.flush()
    return (await _told(session, [group]))[0]


async def remove(session: AsyncSession, *, code: str, version: int | None = None) -> None:
    """Forget a group; its locations stay. The database refuses while rules use it.

    Raises UnknownLocationGroup, LocationGroupChanged.
    """
    group = await queries.lock_group(session, code=code, version=version)
    await session.delete(group)
    await session.flush()


async def read(session: AsyncSession, *, code: str) -> Membership:
    """Return a group. Raises UnknownLocationGroup."""
    return (await _told(session, [await queries.group(session, code=code)]))[0]


async def groups(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[Membership]:
    """Return a page of groups by code."""
    page = await pages.page_by(
        session, select(LocationGroup), [col(LocationGroup.code)], cursor=cursor, limit=limit
    )
    return Page(await _told(session, page.rows), page.next_cursor)


async def _admit(session: AsyncSession, group: LocationGroup, wanted: Collection[UUID]) -> None:
    query = select(col(Location.id)).where(col(Location.id).in_(wanted))
    known = set(await session.scalars(query))
    if unknown := sorted(set(wanted) - known):
        raise UnknownLocations([str(one) for one in unknown])
    own = col(GroupMember.group_id) == group.id
    members = set(await session.scalars(select(col(GroupMember.location_id)).where(own)))
    if members == known:
        return
    leaving = col(GroupMember.location_id).in_(members - known)
    await session.execute(delete(GroupMember).where(own, leaving))
    session.add_all(
        GroupMember(group_id=group.id, location_id=one) for one in sorted(known - members)
    )
    flag_modified(group, "name")  # who is in it is part of it, so its version must rise


async def _told(session: AsyncSession, groups: Sequence[LocationGroup]) -> list[Membership]:
    found = await session.execute(
        select(col(GroupMember.group_id), col(GroupMember.location_id))
        .where(col(GroupMember.group_id).in_([one.id for one in groups]))
        .order_by(col(GroupMember.location_id))
    )
    members: dict[UUID, list[UUID]] = {one.id: [] for one in groups}
    for group_id, location_id in found:
        members[group_id].append(location_id)
    return [
        Membership(one.code, one.name, members[one.id], one.version, one.recorded_at)
        for one in groups
    ]
