"""Counting in turns, all the year round."""

from datetime import timedelta

from sqlalchemy import text

from inventory.catalog.vocabulary import AbcClass
from inventory.counts import freshness, openings, plans, queries
from inventory.counts.openings import Paper
from inventory.counts.plans import Rhythm
from inventory.places.models import Bin, BinItem
from oms.kernel import clock
from tests.factories import shelf
from tests.inventory.counts.counting import approved

MONTHLY = Rhythm(every_days=30, most_lines=2)


async def shelves(session, *skus):
    """Levels of these SKUs at one location; returns the first."""
    first = await shelf(session, sku=skus[0])
    for sku in skus[1:]:
        await shelf(session, sku=sku, location_id=first.location_id)
    return first


async def due(session, level, *, days=0):
    """Open what is due so many days from now; returns the SKUs."""
    count = await plans.open_due(
        session,
        location_id=level.location_id,
        abc_class=AbcClass.C,
        now=clock.now() + timedelta(days=days),
    )
    found = [] if count is None else await queries.lines(session, count_id=count.id)
    return [line.sku for line in found]


async def planned(session, level, rhythm=MONTHLY):
    return await plans.plan(
        session, location_id=level.location_id, abc_class=AbcClass.C, rhythm=rhythm
    )


async def test_each_day_some_are_counted_and_a_day_asks_once(session):
    level = await shelves(session, "BOWL", "CUP", "DISH")
    await planned(session, level)

    assert await due(session, level) == ["BOWL", "CUP"]
    assert await due(session, level) == []
    assert await due(session, level, days=1) == ["DISH"]
    assert await due(session, level, days=2) == []


async def test_what_was_counted_is_due_again_after_so_many_days(session):
    level = await shelf(session)
    await planned(session, level)
    await approved(session, level, 10)

    assert await due(session, level, days=29) == []
    assert await due(session, level, days=31) == ["CUP"]


async def test_an_ended_plan_and_one_of_another_class_ask_for_nothing(session):
    level = await shelf(session)
    await planned(session, level)
    ended = await planned(session, level, Rhythm(30, 2, active=False))
    assert (ended.version, ended.active) == (2, False)
    assert await due(session, level) == []

    await planned(session, level)
    await session.execute(text("UPDATE item SET abc_class = 'a'"))
    assert await due(session, level) == []


async def test_bins_tell_what_to_count(session):
    level = await shelves(session, "BOWL", "CUP", "DISH")
    shelf_a = Bin(location_id=level.location_id, code="A-1")
    session.add(shelf_a)
    await session.flush()
    session.add(BinItem(bin_id=shelf_a.id, location_id=level.location_id, sku="CUP"))
    await session.flush()

    count = await openings.open_count(
        session, paper=Paper(level.location_id), skus=["DISH"], bins=["A-1", "B-1"]
    )

    found = await queries.lines(session, count_id=count.id)
    assert [line.sku for line in found] == ["CUP", "DISH"]


async def test_a_level_knows_when_it_was_counted_last(session):
    level = await shelves(session, "BOWL", "CUP")
    key = ("BOWL", level.location_id)
    assert await freshness.at(session, levels=[key]) == {}

    count = await approved(session, level, 9)

    [line] = await queries.lines(session, count_id=count.id)
    other = ("CUP", level.location_id)
    assert await freshness.at(session, levels=[key, other]) == {key: line.counted_at}
