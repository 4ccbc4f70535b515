"""Finding returns."""

from oms.kernel import ids
from returns import closings, queries
from returns.queries import Filter
from returns.states import ReturnStatus
from tests import factories


async def numbers(session, **wanted) -> list[str]:
    page = await queries.listed(session, wanted=Filter(**wanted), cursor=None)
    return [row.number for row in page.rows]


async def test_returns_are_found_by_order_status_and_channel(session):
    order, (line,) = await factories.shipped_order(session)
    other, (theirs,) = await factories.shipped_order(session)
    mine = await factories.approved_return(session, order, (line, 1))
    foreign = await factories.approved_return(session, other, (theirs, 1))
    await closings.close(session, return_id=foreign.id)
    await session.flush()

    assert set(await numbers(session)) == {mine.number, foreign.number}
    assert await numbers(session, order_id=order.id) == [mine.number]
    assert await numbers(session, status=ReturnStatus.CLOSED) == [foreign.number]
    assert await numbers(session, channel_id=other.channel_id) == [foreign.number]
    assert await numbers(session, channel_id=ids.new()) == []


async def test_a_list_goes_on_where_it_stopped(session):
    order, (line,) = await factories.shipped_order(session, {"ordered": 3})
    made = [await factories.approved_return(session, order, (line, 1)) for _ in range(3)]
    newest_first = sorted((one.id for one in made), reverse=True)

    first = await queries.listed(session, wanted=Filter(), cursor=None, limit=2)
    rest = await queries.listed(session, wanted=Filter(), cursor=first.next_cursor, limit=2)

    assert [row.id for row in first.rows] == newest_first[:2]
    assert [row.id for row in rest.rows] == newest_first[2:]
    assert rest.next_cursor is None


async def test_refunded_units_are_counted_per_order_line(session):
    order, (one, two) = await factories.shipped_order(session, {}, {})
    line_ids = [one.id, two.id]
    assert await queries.refunded_units(session, order_line_ids=line_ids) == {}

    await factories.inspected_return(session, order, (one, 1))
    await factories.inspected_return(session, order, (one, 2))
    await factories.inspected_return(session, order, (two, 1), refund=False)

    assert await queries.refunded_units(session, order_line_ids=line_ids) == {one.id: 3}
