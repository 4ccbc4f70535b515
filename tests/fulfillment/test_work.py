"""The work of a location, step by step and given back."""

import pytest
from sqlalchemy import func, select, text
from sqlmodel import col

from fulfillment import queries, views, work
from fulfillment.models import FulfillmentOrder
from fulfillment.queries import Filter, FulfillmentOrderChanged, UnknownFulfillmentOrder
from fulfillment.states import WORK, RejectReason, WorkStatus
from fulfillment.work import UnitsNotInWork, UnitsUnaccounted, WorkStarted
from oms.kernel import actors, events, ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.events import EventRow
from oms.kernel.states import IllegalMove
from tests.factories import opened_work, packed_work, shipped_parcel

EMPTY = RejectReason.INVENTORY_OUT_OF_STOCK


async def facts(session, order_id):
    await events.flush(session)
    return list(
        await session.scalars(
            select(EventRow)
            .where(col(EventRow.subject_id) == order_id)
            .order_by(col(EventRow.sequence))
        )
    )


async def units(session, row):
    """Return quantity, picked, rejected and shipped by SKU."""
    lines = await queries.lines(session, work_ids=[row.id])
    return {line.sku: (line.quantity, line.picked, line.rejected, line.shipped) for line in lines}


async def line_ids(session, row):
    lines = await queries.lines(session, work_ids=[row.id])
    return {line.sku: line.order_line_id for line in lines}


async def test_work_goes_from_open_to_packed(session):
    row = await opened_work(session, units={"CUP": 2, "PLATE": 1})
    assert (row.status, row.version) == (WorkStatus.OPEN, 1)
    assert row.number.startswith("FO-")

    await work.accept(session, work_id=row.id)
    await work.pick(session, work_id=row.id)
    await work.pack(session, work_id=row.id)

    assert (row.status, row.version) == (WorkStatus.PACKED, 4)
    assert await units(session, row) == {"CUP": (2, 2, 0, 0), "PLATE": (1, 1, 0, 0)}


async def test_every_step_is_told_with_its_units_under_the_order(session):
    row = await packed_work(session, units={"CUP": 2})

    told = await facts(session, row.order_id)

    assert [fact.name.removeprefix("fulfillment_order.") for fact in told] == [
        "opened",
        "accepted",
        "picked",
        "packed",
    ]
    line_id = (await line_ids(session, row))["CUP"]
    for fact in told:
        assert fact.channel_id == row.channel_id
        assert fact.data["lines"] == [{"order_line_id": str(line_id), "sku": "CUP", "quantity": 2}]


async def test_steps_cannot_be_skipped_nor_done_twice(session):
    row = await opened_work(session)

    with pytest.raises(IllegalMove) as refusal:
        await work.pick(session, work_id=row.id)
    assert refusal.value.possible == ["accept", "reject", "cancel"]

    await work.accept(session, work_id=row.id)
    with pytest.raises(IllegalMove) as refusal:
        await work.accept(session, work_id=row.id)
    assert (refusal.value.state, refusal.value.possible) == ("accepted", ["pick", "reject"])
    assert row.version == 2


async def test_a_stale_version_is_refused_with_the_present_one(session):
    row = await opened_work(session)
    await work.accept(session, work_id=row.id, version=1)

    with pytest.raises(FulfillmentOrderChanged) as refusal:
        await work.pick(session, work_id=row.id, version=1)

    assert refusal.value.data() == {"number": row.number, "version": 2, "state": "accepted"}
    assert row.status is WorkStatus.ACCEPTED


async def test_a_line_not_named_is_picked_whole(session):
    row = await opened_work(session, units={"CUP": 3, "PLATE": 2})
    await work.accept(session, work_id=row.id)
    cup = (await line_ids(session, row))["CUP"]

    await work.pick(session, work_id=row.id, found=[(cup, 1)])

    assert await units(session, row) == {"CUP": (3, 1, 0, 0), "PLATE": (2, 2, 0, 0)}


async def test_more_than_wanted_or_a_foreign_line_cannot_be_picked(session):
    row = await opened_work(session, units={"CUP": 3})
    await work.accept(session, work_id=row.id)
    cup, foreign = (await line_ids(session, row))["CUP"], ids.new()

    with pytest.raises(UnitsNotInWork) as refusal:
        await work.pick(session, work_id=row.id, found=[(cup, 2), (cup, 2), (foreign, 0)])

    assert refusal.value.lines == [
        {"order_line_id": str(cup), "wanted": 4, "possible": 3},
        {"order_line_id": str(foreign), "wanted": 0, "possible": 0},
    ]
    assert row.status is WorkStatus.ACCEPTED
    assert await units(session, row) == {"CUP": (3, 0, 0, 0)}


async def test_nothing_is_packed_while_units_are_missing(session):
    row = await opened_work(session, units={"CUP": 3, "PLATE": 1})
    await work.accept(session, work_id=row.id)
    cup = (await line_ids(session, row))["CUP"]
    await work.pick(session, work_id=row.id, found=[(cup, 1)])

    with pytest.raises(UnitsUnaccounted) as refusal:
        await work.pack(session, work_id=row.id)

    assert refusal.value.lines == [{"order_line_id": str(cup), "sku": "CUP", "missing": 2}]
    assert row.status is WorkStatus.PICKED


async def test_rejecting_what_was_not_found_lets_the_rest_go(session):
    row = await opened_work(session, units={"CUP": 3, "PLATE": 1})
    await work.accept(session, work_id=row.id)
    cup = (await line_ids(session, row))["CUP"]
    await work.pick(session, work_id=row.id, found=[(cup, 1)])

    [rejected] = await work.reject_lines(
        session, work_id=row.id, lines=[(cup, 2)], reason=EMPTY, version=3
    )

    assert (rejected.order_line_id, rejected.sku, rejected.quantity) == (cup, "CUP", 2)
    assert (row.status, row.version, row.reason) == (WorkStatus.PICKED, 4, EMPTY)
    assert await units(session, row) == {"CUP": (3, 1, 2, 0), "PLATE": (1, 1, 0, 0)}
    await work.pack(session, work_id=row.id)


async def test_every_partial_rejection_raises_the_version(session):
    row = await opened_work(session, units={"CUP": 3})
    cup = (await line_ids(session, row))["CUP"]

    for version in (2, 3):
        await work.reject_lines(session, work_id=row.id, lines=[(cup, 1)], reason=EMPTY)
        assert row.version == version


async def test_units_nobody_picked_are_given_back_before_picked_ones(session):
    row = await opened_work(session, units={"CUP": 4})
    await work.accept(session, work_id=row.id)
    cup = (await line_ids(session, row))["CUP"]
    await work.pick(session, work_id=row.id, found=[(cup, 3)])

    await work.reject_lines(session, work_id=row.id, lines=[(cup, 1)], reason=EMPTY)
    assert await units(session, row) == {"CUP": (4, 3, 1, 0)}

    await work.reject_lines(session, work_id=row.id, lines=[(cup, 1)], reason=EMPTY)
    assert await units(session, row) == {"CUP": (4, 2, 2, 0)}


async def test_work_without_anything_left_is_rejected(session):
    row = await opened_work(session, units={"CUP": 2, "PLATE": 1})
    cup = (await line_ids(session, row))["CUP"]
    await work.reject_lines(session, work_id=row.id, lines=[(cup, 1)], reason=EMPTY)

    rest = await work.reject_lines(
        session, work_id=row.id, lines=[], reason=RejectReason.DAMAGED, version=2
    )

    assert {line.sku: line.quantity for line in rest} == {"CUP": 1, "PLATE": 1}
    assert (row.status, row.reason) == (WorkStatus.REJECTED, "damaged")
    assert WORK.possible(row.status) == []
    last = (await facts(session, row.order_id))[-1]
    assert (last.name, last.data["reason"]) == ("fulfillment_order.rejected", "damaged")
    assert {unit["sku"]: unit["quantity"] for unit in last.data["lines"]} == {"CUP": 1, "PLATE": 1}


async def test_more_than_is_left_cannot_be_rejected(session):
    row = await opened_work(session, units={"CUP": 2})
    cup = (await line_ids(session, row))["CUP"]
    await work.reject_lines(session, work_id=row.id, lines=[(cup, 1)], reason=EMPTY)

    with pytest.raises(UnitsNotInWork) as refusal:
        await work.reject_lines(session, work_id=row.id, lines=[(cup, 2)], reason=EMPTY)

    assert refusal.value.lines == [{"order_line_id": str(cup), "wanted": 2, "possible": 1}]
    assert await units(session, row) == {"CUP": (2, 0, 1, 0)}


async def test_packed_work_cannot_be_rejected(session):
    row = await packed_work(session)

    with pytest.raises(IllegalMove):
        await work.reject_lines(session, work_id=row.id, lines=[], reason=EMPTY)

    assert await units(session, row) == {"CUP": (2, 2, 0, 0)}


async def test_open_work_is_cancelled_with_its_order(session):
    row = await opened_work(session, units={"CUP": 2})

    await work.cancel_of_order(session, order_id=row.order_id)
    await work.cancel_of_order(session, order_id=row.order_id)

    assert row.status is WorkStatus.CANCELLED
    told = await facts(session, row.order_id)
    assert [fact.name for fact in told] == [
        "fulfillment_order.opened",
        "fulfillment_order.cancelled",
    ]
    assert told[-1].data["lines"][0]["quantity"] == 2


async def test_work_that_has_begun_cannot_be_cancelled(session):
    row = await opened_work(session)
    await work.accept(session, work_id=row.id)

    with pytest.raises(WorkStarted) as refusal:
        await work.cancel_of_order(session, order_id=row.order_id)

    assert refusal.value.fulfillment_orders == [row.number]
    assert row.status is WorkStatus.ACCEPTED


async def test_what_has_shipped_stays_shipped(session):
    parcel = await shipped_parcel(session)

    assert await work.cancel_of_order(session, order_id=parcel.order_id) == []

    row = await queries.get(session, work_id=parcel.fulfillment_order_id)
    assert row.status is WorkStatus.SHIPPED


async def test_work_of_another_location_is_not_there(session):
    row = await opened_work(session)
    stranger = Actor(ActorKind.STAFF, "Mori", location_ids=frozenset({ids.new()}))
    colleague = Actor(ActorKind.STAFF, "Sato", location_ids=frozenset({row.location_id}))

    with actors.acting(stranger):
        for step in (queries.get, work.accept, work.pick, work.pack):
            with pytest.raises(UnknownFulfillmentOrder):
                await step(session, work_id=row.id)
        with pytest.raises(UnknownFulfillmentOrder):
            await work.reject_lines(session, work_id=row.id, lines=[], reason=EMPTY)
        assert (await queries.queue(session, wanted=Filter())).rows == []
        wanted = Filter(location_id=row.location_id)
        assert (await queries.queue(session, wanted=wanted)).rows == []
    assert (row.status, row.version) == (WorkStatus.OPEN, 1)

    with actors.acting(colleague):
        await work.accept(session, work_id=row.id)
        assert (await queries.queue(session, wanted=Filter())).rows == [row]


async def test_a_key_of_another_channel_sees_no_work(session):
    row = await opened_work(session)
    stranger = Actor(ActorKind.CLIENT, "site", channel_id=ids.new())

    with actors.acting(stranger):
        with pytest.raises(UnknownFulfillmentOrder):
            await work.accept(session, work_id=row.id)
        assert (await queries.queue(session, wanted=Filter())).rows == []


async def test_the_queue_is_oldest_first_and_pages_on(session):
    rows = [await opened_work(session) for _ in range(5)]
    wanted = sorted(row.id for row in rows)

    seen, cursor = [], None
    while True:
        page = await queries.queue(session, wanted=Filter(), cursor=cursor, limit=2)
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == wanted


async def test_the_queue_holds_what_is_to_be_done(session):
    done = await opened_work(session)
    await work.reject_lines(session, work_id=done.id, lines=[], reason=EMPTY)
    waiting = await opened_work(session)
    begun = await opened_work(session, location_id=waiting.location_id)
    await work.accept(session, work_id=begun.id)

    async def listed(**wanted):
        page = await queries.queue(session, wanted=Filter(**wanted))
        return {row.id for row in page.rows}

    assert await listed() == {waiting.id, begun.id}
    assert await listed(location_id=done.location_id) == set()
    assert await listed(statuses=(WorkStatus.ACCEPTED,)) == {begun.id}
    assert await listed(statuses=(WorkStatus.REJECTED,)) == {done.id}
    assert await listed(statuses=(WorkStatus.REJECTED, WorkStatus.OPEN)) == {done.id, waiting.id}
    assert await listed(order_id=done.order_id) == {done.id}


async def test_the_queue_of_a_location_is_read_from_its_index(session):
    row = await opened_work(session)
    wanted = Filter(location_id=row.location_id, statuses=(WorkStatus.OPEN,))
    query = select(FulfillmentOrder.id).where(*wanted.clauses()).order_by(FulfillmentOrder.id)
    compiled = query.compile(dialect=session.bind.dialect, compile_kwargs={"literal_binds": True})
    await session.execute(select(func.set_config("enable_seqscan", "off", True)))

    plan = "\n".join(await session.scalars(text(f"EXPLAIN {compiled}")))

    assert "ix_fulfillment_order_queue" in plan


async def test_what_is_possible_is_shown(session):
    row = await opened_work(session, units={"PLATE": 1, "CUP": 2})

    shown = await views.work(session, row)

    assert shown.actions == ["accept", "reject", "cancel"]
    assert [(line.sku, line.quantity, line.picked) for line in shown.lines] == [
        ("CUP", 2, 0),
        ("PLATE", 1, 0),
    ]
    assert (shown.version, shown.ship_to) == (1, {"name": "Sato", "city": "Kobe"})
