"""Whatever carts do and in whatever order, no unit is held twice, sold twice or lost."""

from datetime import timedelta

import hypothesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import text

from inventory import checks as inventory_checks
from inventory import movements
from inventory.holds import checks as hold_checks
from inventory.holds import holds, queries, reservations
from inventory.holds.holds import Cart, Terms
from inventory.models import Reason
from oms.kernel import checks, db, ids
from oms.kernel.db import Busy
from oms.kernel.errors import DomainError
from oms.orders import placements
from tests.factories import item, kit, new_order, sites

STOCK = {"CUP": 7, "LID": 4}
SKUS = ["CUP", "LID", "SET", "CARD"]
LINES = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1, max_size=3)
CARTS = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["create", "change", "order"]), CARTS, LINES),
    st.tuples(st.sampled_from(["extend", "release", "late", "sweep"]), CARTS, st.just({})),
)


async def a_shop(session):
    await sites(session, {"CUP": 4, "LID": 1}, {"CUP": 3, "LID": 3})
    await kit(session, "SET", CUP=2, LID=1)
    await item(session, sku="CARD", tracked=False)


async def sweep(session):
    """Do what the job does, in this transaction."""
    for one in await queries.lock_due(session, limit=10):
        own = (await queries.allotments(session, hold_ids=[one.id]))[one.id]
        changes = reservations.ending(one, own, reason=Reason.RESERVATION_EXPIRED)
        await movements.apply(session, changes=changes)
        holds.expire(session, one, own)
    await session.flush()


async def be_late(session, hold_id):
    """Let the time of a hold be over."""
    past = await queries.moment(session) - timedelta(seconds=1)
    await session.execute(
        text("UPDATE hold SET expires_at = :past WHERE id = :id"), {"past": past, "id": hold_id}
    )


async def ordered(session, channel_id, hold_id, lines):
    wanted = [(sku, units, 10) for sku, units in lines.items()]
    order = new_order(*wanted, channel_id=channel_id, hold_id=hold_id)
    await placements.place(session, new=order)


async def step(session, channel_id, known, verb, cart, lines):
    hold_id = known.get(cart, ids.new())
    match verb:
        case "create":
            new = Cart(channel_id, f"cart-{cart}", lines)
            known[cart] = (await holds.create(session, cart=new)).id
        case "change":
            await holds.change(session, hold_id=hold_id, lines=lines)
        case "extend":
            await holds.extend(session, hold_id=hold_id, terms=Terms(seconds=60))
        case "release":
            await holds.release(session, hold_id=hold_id)
        case "late":
            await be_late(session, hold_id)
        case "sweep":
            await sweep(session)
        case _:
            await ordered(session, channel_id, hold_id, lines)


async def take(session, *told):
    """Try one step of a cart; what is refused changes nothing. Busy would be a wrong choice."""
    try:
        async with session.begin_nested():
            await step(session, *told)
            await db.write(session)
    except Busy:
        raise
    except DomainError:
        session.info.pop("rows", None)
        session.info.pop("events", None)


@hypothesis.settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
async def test_stock_is_conserved_by_any_sequence_of_verbs(session, steps):
    started = await session.begin_nested()
    channel_id, known = ids.new(), {}
    await a_shop(session)

    for verb, cart, lines in steps:
        await take(session, channel_id, known, verb, cart, lines)

    for check in [*inventory_checks.CHECKS, *hold_checks.CHECKS]:
        finding = await checks.run(session, check)
        assert finding.holds, (check.name, finding.offenders)
    for sku, units in STOCK.items():
        there = "SELECT sum(available + reserved + committed) FROM stock_level WHERE sku = :sku"
        assert await session.scalar(text(there), {"sku": sku}) == units
    await started.rollback()
    session.expunge_all()
