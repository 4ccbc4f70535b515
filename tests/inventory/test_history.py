"""Stock at past moments, told by the ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from inventory import history, movements
from inventory.models import Reason
from inventory.movements import BUCKETS, Change
from oms.kernel.inputs import InvalidInput
from tests.factories import shelf

TICK = timedelta(microseconds=1)


async def stood(session, as_of, sku="CUP"):
    page = await history.levels(
        session, as_of=as_of, sku=sku, location_id=None, cursor=None, limit=50
    )
    return [
        {name: getattr(row, name) for name in BUCKETS if getattr(row, name)} for row in page.rows
    ]


async def test_a_level_is_told_as_it_stood_after_each_of_its_changes(session):
    cup = await shelf(session, units=10)
    here = cup.location_id
    for change in (
        Change("CUP", here, Reason.DAMAGED, damaged=2),
        Change("CUP", here, Reason.SAFETY_STOCK, safety_stock=3),
        Change("CUP", here, Reason.SHRINKAGE, on_hand=-4),
    ):
        await movements.apply(session, changes=[change])
    found = await session.scalars(
        text("SELECT recorded_at FROM stock_movement ORDER BY recorded_at")
    )
    times = found.all()

    assert await stood(session, times[0] - TICK) == [{}]
    assert [(await stood(session, at))[0] for at in times] == [
        {"on_hand": 10},
        {"on_hand": 10, "damaged": 2},
        {"on_hand": 10, "damaged": 2, "safety_stock": 3},
        {"on_hand": 6, "damaged": 2, "safety_stock": 3},
    ]
    assert await stood(session, times[2] - TICK) == [{"on_hand": 10, "damaged": 2}]
    session.expire_all()
    assert await stood(session, None) == await stood(session, times[-1])


async def test_only_the_lines_since_the_moment_are_read(session):
    seen = text("EXPLAIN SELECT 1 FROM stock_movement WHERE sku = 'CUP' AND id >= :id")
    plan = (await session.scalars(seen, {"id": "ffffffff-0000-7000-8000-000000000000"})).all()

    assert "stock_movement_default" in "".join(plan)
    assert f"stock_movement_{datetime.now(UTC):%Y_%m}" not in "".join(plan)


@pytest.mark.parametrize("told", ["yesterday", "2026-01-01", "2026-01-01T00:00:00", "1"])
def test_a_moment_has_an_offset(told):
    with pytest.raises(InvalidInput) as refusal:
        history.moment(told, now=datetime.now(UTC))

    assert refusal.value.errors[0]["pointer"] == "/as_of"


def test_the_future_is_not_told():
    now = datetime(2026, 1, 1, tzinfo=UTC)

    assert history.moment("2026-01-01T09:00:00+09:00", now=now) == now
    with pytest.raises(history.MomentAhead):
        history.moment("2026-01-01T00:00:01Z", now=now)


async def test_callers_ask_for_a_moment(shop):
    await shop.open(stock={"CUP": {"TYO": 3}})
    before = (await shop.do("TYO", "GET", "/stock/movements"))["movements"][0]["recorded_at"]
    await shop.receive("TYO", "CUP", 4)

    told = await shop.do("site", "GET", f"/stock/levels?as_of={before}")
    now = await shop.do("site", "GET", "/stock/levels")
    ahead = await shop.ask("site", "GET", "/stock/levels?as_of=2199-01-01T00:00:00Z")

    assert [(one["on_hand"], one["available"]) for one in told["levels"]] == [(3, 3)]
    assert (told["as_of"], now["as_of"]) == (before, None)
    assert [one["on_hand"] for one in now["levels"]] == [7]
    assert (ahead.status_code, ahead.json()["code"]) == (422, "moment_ahead")
