"""Whatever is done to a transfer, no unit appears or vanishes without a reason."""

import hypothesis
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import text

from inventory import checks as inventory_checks
from inventory.transfers import arrivals, departures, queries, requests
from inventory.transfers import checks as transfer_checks
from inventory.transfers.arrivals import Piece
from inventory.transfers.departures import Found, Trip
from inventory.transfers.states import Outcome, TransferReason
from oms.kernel import checks, clock, ids
from oms.kernel.errors import DomainError
from tests.factories import transfer

UNITS = st.integers(0, 4)
PIECE = st.builds(
    Piece, st.just(""), st.sampled_from(Outcome), st.integers(1, 3), st.just(TransferReason.OTHER)
)
DEPARTURES = st.one_of(
    st.just(("reserve", None)),
    st.tuples(st.just("pick"), st.builds(Found, st.just(""), UNITS, UNITS)),
    st.just(("ship", None)),
    st.just(("cancel", None)),
)
ARRIVALS = st.one_of(
    st.tuples(st.sampled_from(["receive", "take_back"]), st.lists(PIECE, min_size=1, max_size=2)),
    st.just(("cancel", None)),
)
DEPARTED = [("reserve", None), ("pick", None), ("ship", None)]
JOURNEYS = st.one_of(
    st.lists(DEPARTURES, max_size=6),
    st.lists(ARRIVALS, min_size=1, max_size=10).map(lambda steps: [*DEPARTED, *steps]),
)


async def take(session, transfer_id, sku, verb, given):
    """Try one step of a transfer; what is refused changes nothing."""
    its = {"transfer_id": transfer_id}
    now, trip = clock.now(), Trip()
    try:
        async with session.begin_nested():
            match verb, given:
                case "reserve", _:
                    await requests.reserve(session, **its)
                case "pick", None:
                    await departures.pick(session, **its)
                case "pick", Found(_, quantity, missing):
                    picked = [Found(sku, quantity, missing)]
                    await departures.pick(session, **its, found=picked)
                case "ship", _:
                    await departures.ship(session, **its, trip=trip, now=now)
                case "cancel", _:
                    await requests.cancel(session, **its)
                case _, pieces:
                    named = [Piece(sku, one.outcome, one.quantity, one.reason) for one in pieces]
                    await getattr(arrivals, verb)(session, **its, pieces=named)
    except DomainError:
        return


@hypothesis.settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(journey=JOURNEYS, wanted=st.integers(1, 10))
async def test_units_are_conserved_through_any_sequence_of_steps(session, journey, wanted):
    sku = f"CUP-{ids.new()}"
    transfer_id = (await transfer(session, sku=sku, stock=9, units=wanted)).id

    for verb, told in journey:
        await take(session, transfer_id, sku, verb, told)

    standing = await session.scalar(
        text("SELECT sum(on_hand) FROM stock_level WHERE sku = :sku"), {"sku": sku}
    )
    [line] = await queries.lines(session, transfer_ids=[transfer_id])
    on_the_road = line.under_way + line.returning
    gone = line.lost + line.back_lost + line.missing
    assert standing + on_the_road + gone == 9 + line.surplus
    for check in [*inventory_checks.CHECKS, *transfer_checks.CHECKS]:
        assert (await checks.run(session, check)).offenders == [], check.name
