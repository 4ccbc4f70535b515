"""Deciding whether goods may come back."""

import pytest

from oms.kernel import ids
from oms.kernel.states import IllegalMove
from oms.orders import queries as orders
from returns import approvals, queries, requests
from returns.queries import ReturnChanged, UnknownReturn
from returns.requests import Wanted
from returns.states import DeclineReason, ReturnReason, ReturnStatus
from tests import factories


async def asked(session, *, units=2):
    """A return nobody has decided about, and its order."""
    order, (line,) = await factories.shipped_order(session, {"ordered": 3})
    wanted = [Wanted(line.id, units, ReturnReason.STYLE)]
    return await requests.request(session, order_id=order.id, lines=wanted), order


async def requested(session, order) -> int:
    (line,) = await orders.lines(session, order_id=order.id)
    return line.return_requested


async def test_an_approved_return_is_open(session):
    found, order = await asked(session)

    await approvals.approve(session, return_id=found.id)

    assert found.status is ReturnStatus.OPEN
    assert await requested(session, order) == 2


async def test_a_declined_return_frees_its_units(session):
    found, order = await asked(session)

    await approvals.decline(session, return_id=found.id, reason=DeclineReason.FINAL_SALE)

    assert (found.status, found.decline_reason) == (ReturnStatus.DECLINED, "final_sale")
    assert await requested(session, order) == 0


async def test_only_an_undecided_return_is_decided(session):
    found, order = await asked(session)
    await approvals.approve(session, return_id=found.id)

    with pytest.raises(IllegalMove) as refused:
        await approvals.decline(session, return_id=found.id, reason=DeclineReason.OTHER)

    assert (refused.value.verb, refused.value.state) == ("decline", "open")
    assert refused.value.possible == ["cancel", "receive", "inspect", "close"]
    assert await requested(session, order) == 2


async def test_a_decision_names_the_version_it_is_about(session):
    found, _ = await asked(session)
    seen = found.version

    await approvals.approve(session, return_id=found.id, version=seen)
    await session.flush()

    assert found.version == seen + 1
    with pytest.raises(ReturnChanged):
        await queries.lock(session, return_id=found.id, version=seen)


async def test_an_unknown_return_is_not_found(session):
    with pytest.raises(UnknownReturn):
        await approvals.approve(session, return_id=ids.new())
