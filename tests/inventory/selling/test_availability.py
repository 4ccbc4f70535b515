"""What a channel may sell: the numbers an order is placed by."""

from datetime import timedelta

from sqlalchemy import func, select

from inventory import commitments, movements
from inventory.commitments import Promise
from inventory.models import Reason
from inventory.movements import Change
from inventory.places.distances import Point
from inventory.selling import availability, buffers, candidates, nearby
from inventory.selling.availability import Question
from inventory.selling.candidates import ItemFacts
from oms.kernel import ids
from tests.factories import item, location, shelf

WEB, SHOP = ids.new(), ids.new()


async def sellable(session, *skus, channel_id=WEB):
    return await availability.of_channel(session, asked=Question(channel_id, skus))


async def test_it_is_told_in_all_and_by_location(session):
    tokyo, osaka = await location(session, code="TYO"), await location(session, code="OSA")
    await shelf(session, units=5, location_id=tokyo.id)
    await shelf(session, units=2, location_id=osaka.id)
    await shelf(session, sku="VASE", units=1, location_id=osaka.id)

    found = await sellable(session, "VASE", "CUP")

    assert (found.channel_id, found.unknown) == (WEB, [])
    assert [(one.sku, one.total) for one in found.items] == [("VASE", 1), ("CUP", 7)]
    assert [[(at.location_code, at.available) for at in one.locations] for one in found.items] == [
        [("OSA", 1), ("TYO", 0)],
        [("OSA", 2), ("TYO", 5)],
    ]


async def test_what_is_promised_kept_back_or_not_good_is_not_sellable(session):
    cup = await shelf(session, units=9)
    here = cup.location_id
    promises = [Promise(ids.new(), "CUP", here, 3)]
    await commitments.make(session, promises=promises, reference="SO-1")
    await movements.apply(
        session,
        changes=[Change("CUP", here, Reason.OTHER, safety_stock=1, damaged=1, quality_control=1)],
    )

    assert (await sellable(session, "CUP")).items[0].total == 3


async def test_a_channel_leaves_its_buffer_on_every_shelf(session):
    await shelf(session, units=5)
    await shelf(session, units=2)
    await buffers.keep_back(session, channel_id=WEB, units=1)
    await buffers.keep_back(session, channel_id=WEB, units=3)

    [web] = (await sellable(session, "CUP")).items
    [shop] = (await sellable(session, "CUP", channel_id=SHOP)).items

    assert (web.total, sorted(at.available for at in web.locations)) == (2, [0, 2])
    assert shop.total == 7


async def test_only_active_locations_that_ship_count(session):
    for given in ({"ships": False}, {"active": False}):
        place = await location(session, **given)
        await shelf(session, units=5, location_id=place.id)

    [cup] = (await sellable(session, "CUP")).items

    assert (cup.total, cup.locations) == (0, [])


async def test_what_is_not_known_or_not_sold_any_more_is_named_not_guessed(session):
    await shelf(session, units=5)
    await item(session, sku="OLD", active=False)

    found = await sellable(session, "LAMP", "OLD", "CUP", "LAMP")

    assert [one.sku for one in found.items] == ["CUP"]
    assert found.unknown == ["LAMP", "OLD"]


async def test_candidates_are_every_place_that_ships_with_what_it_has(session):
    place = await location(session, code="TYO", latitude=35.65, longitude=139.83)
    await item(session, sku="CUP 1/2", name='茶碗 "A"', weight_grams=250)
    await movements.apply(
        session, changes=[Change("CUP 1/2", place.id, Reason.RECEIVED, on_hand=4)]
    )
    empty = await location(session, code="OSA")

    found = await candidates.of_channel(session, skus=["CUP 1/2", "LAMP"], channel_id=WEB)

    assert found.items == {"CUP 1/2": ItemFacts("CUP 1/2", '茶碗 "A"', 250)}
    assert set(found.locations) == {place.id, empty.id}
    tokyo = found.locations[place.id]
    assert (tokyo.code, tokyo.kind, tokyo.country) == ("TYO", "warehouse", "JP")
    assert (tokyo.latitude, tokyo.longitude) == (35.65, 139.83)
    assert found.available == {("CUP 1/2", place.id): 4}


async def test_it_is_told_when_the_numbers_were_read_by_the_clock_of_the_database(session):
    begun = await session.scalar(select(func.now()))

    found = await sellable(session, "CUP")
    asked = nearby.Question(WEB, ["CUP"], Point(35, 139), radius_metres=1, limit=1)
    near = await nearby.stores(session, asked=asked, now=begun + timedelta(days=1))

    assert found.as_of == near.as_of == begun
