"""Several people say at once what a place is: one of them has the last word, never two halves."""

import asyncio

from sqlalchemy import func, select

from inventory.places import bins, groups
from inventory.places.bin_views import BinIn
from inventory.places.group_views import LocationGroupIn
from inventory.places.models import BinItem, GroupMember
from inventory.places.queries import LocationGroupChanged
from oms.kernel import db
from tests.factories import item, location

MANY = 8


async def test_a_bin_said_by_many_at_once_is_one_bin_with_one_of_their_contents(database):
    async with db.transaction() as session:
        place = await location(session)
        for number in range(MANY):
            await item(session, sku=f"S-{number}")

    async def say(number):
        async with db.transaction() as session:
            given = BinIn(skus=[f"S-{number}", f"S-{(number + 1) % MANY}"])
            return await bins.put(session, location_id=place.id, code="A", given=given)

    said = await asyncio.gather(*(say(number) for number in range(MANY)))

    assert len({one.id for one in said}) == 1
    assert sorted(one.version for one in said) == list(range(1, MANY + 1))
    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(BinItem)) == 2


async def test_of_those_who_saw_the_same_group_one_changes_it(database):
    async with db.transaction() as session:
        places = [(await location(session)).id for _ in range(MANY)]
        made = await groups.put(session, code="west", given=LocationGroupIn(name="West"))

    async def change(place):
        try:
            async with db.transaction() as session:
                given = LocationGroupIn(name="West", location_ids=[place])
                await groups.put(session, code="west", given=given, version=made.version)
        except LocationGroupChanged:
            return "stale"
        return "changed"

    ended = await asyncio.gather(*map(change, places))

    assert sorted(ended) == ["changed"] + ["stale"] * (MANY - 1)
    async with db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(GroupMember)) == 1
