"""Selling what is not there, within its limits."""

from datetime import UTC, datetime, timedelta

import pytest

from inventory.catalog.items import UnknownSkus
from inventory.selling import backlog, backlog_limits, queries
from inventory.selling.backlog import BacklogFull, NotOwed, Owed
from inventory.selling.backlog_limits import BelowOwed, DateMissing, Permit
from inventory.selling.models import BacklogKind
from oms.kernel import ids
from tests.factories import item

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
WEB, SHOP = ids.new(), ids.new()
LINE, OTHER = ids.new(), ids.new()
B, P = BacklogKind.BACKORDER, BacklogKind.PREORDER


async def permitted(session, units, *, channel_id=None, kind=B, **given):
    return await backlog_limits.permit(
        session, sku="CUP", channel_id=channel_id, permit=Permit(kind, units, **given)
    )


async def take(session, *rows, now=NOON):
    await backlog.take(session, rows=rows, now=now)


def owed(quantity, *, line=LINE, channel_id=WEB, sku="CUP"):
    return Owed(line, sku, channel_id, quantity)


async def taken(session):
    found = await queries.lock_backlog(session, skus=["CUP"])
    return {one.channel_id: one.taken for one in found}


@pytest.fixture(autouse=True)
async def cup(session):
    await item(session, sku="CUP")


async def test_units_are_owed_up_to_the_limit_and_not_one_more(session):
    await permitted(session, 3)
    await take(session, owed(2))

    with pytest.raises(BacklogFull) as refusal:
        await take(session, owed(2, line=OTHER))

    assert refusal.value.shortages == [{"sku": "CUP", "wanted": 2, "available": 1}]
    assert await taken(session) == {None: 2}
    await take(session, owed(1))
    assert await queries.claims(session, claimants=[LINE, OTHER]) == {(LINE, "CUP"): 3}


async def test_what_nobody_permitted_is_not_sold_ahead(session):
    await permitted(session, 3, channel_id=SHOP)

    with pytest.raises(BacklogFull) as refusal:
        await take(session, owed(1))

    assert refusal.value.shortages == [{"sku": "CUP", "wanted": 1, "available": 0}]


async def test_every_limit_that_binds_a_channel_must_allow_it(session):
    await permitted(session, 5)
    await permitted(session, 2, channel_id=WEB)
    await take(session, owed(2), owed(3, line=OTHER, channel_id=SHOP))

    for channel_id in (WEB, SHOP):
        with pytest.raises(BacklogFull):
            await take(session, owed(1, channel_id=channel_id))

    assert await taken(session) == {None: 5, WEB: 2}


async def test_channels_that_share_a_limit_are_summed_before_they_are_judged(session):
    await permitted(session, 5)

    with pytest.raises(BacklogFull) as refusal:
        await take(session, owed(3), owed(3, line=OTHER, channel_id=SHOP))

    assert refusal.value.shortages == [{"sku": "CUP", "wanted": 6, "available": 5}]
    assert await taken(session) == {None: 0}


async def test_what_is_given_back_can_be_sold_again(session):
    await permitted(session, 3)
    await take(session, owed(3))

    await backlog.give_back(session, rows=[owed(2)])

    assert await taken(session) == {None: 1}
    await take(session, owed(2, line=OTHER))


async def test_more_than_is_owed_is_not_given_back(session):
    await permitted(session, 3)
    await take(session, owed(2))

    with pytest.raises(NotOwed) as refusal:
        await backlog.give_back(session, rows=[owed(2), owed(1)])

    assert refusal.value.shortages == [{"sku": "CUP", "wanted": 3, "available": 2}]
    assert await taken(session) == {None: 2}
    await backlog.give_back(session, rows=[owed(2)])
    assert await queries.claims(session, claimants=[LINE]) == {}


async def test_a_preorder_is_sold_until_its_date(session):
    await permitted(session, 3, kind=P, available_at=NOON)

    await take(session, owed(1), now=NOON - timedelta(seconds=1))

    with pytest.raises(BacklogFull):
        await take(session, owed(1), now=NOON)


async def test_a_closed_limit_sells_nothing_and_forgets_nothing(session):
    await permitted(session, 3)
    await permitted(session, 3, channel_id=WEB)
    await take(session, owed(1))
    await permitted(session, 3, open=False)

    with pytest.raises(BacklogFull):
        await take(session, owed(1))

    await backlog.give_back(session, rows=[owed(1)])
    assert await taken(session) == {None: 0, WEB: 0}


async def test_a_new_limit_counts_what_is_owed_already(session):
    await permitted(session, 9)
    await take(session, owed(2), owed(3, line=OTHER, channel_id=SHOP))

    with pytest.raises(BelowOwed) as refusal:
        await permitted(session, 1, channel_id=WEB)

    assert refusal.value.taken == 2
    assert (await permitted(session, 2, channel_id=WEB)).taken == 2
    assert await taken(session) == {None: 5, WEB: 2}


async def test_a_limit_needs_a_known_item_and_a_preorder_a_date(session):
    with pytest.raises(UnknownSkus):
        await backlog_limits.permit(session, sku="LAMP", channel_id=None, permit=Permit(B, 1))
    with pytest.raises(DateMissing):
        await permitted(session, 1, kind=P)
