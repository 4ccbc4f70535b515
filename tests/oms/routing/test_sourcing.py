"""Which location ships what, and the verdict about every other one."""

import time
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from oms.kernel import ids, statements
from oms.routing import decisions, sourcing
from oms.routing.sourcing import PARCEL_POINTS, UNKNOWN_KM, Pick, Place, Source, Verdict

TOKYO = Place(35.68, 139.76)
NOWHERE = Place(None, None)


def at(code, north=0.0, *, excluded=(), **has) -> Source:
    """A source so many degrees (111 km) north of Tokyo."""
    return Source(ids.new(), code, Place(35.68 + north, 139.76), has, frozenset(excluded))


def route(sources, **demand):
    return sourcing.source(demand, sources, TOKYO)


def verdicts(found) -> dict[str, str]:
    return {one["code"]: one["verdict"] for one in found.candidates}


def by_code(found, sources) -> list[tuple[str, str, int]]:
    codes = {one.id: one.code for one in sources}
    return [(codes[pick.location_id], pick.sku, pick.quantity) for pick in found.picks]


def test_the_nearest_that_has_all_ships_all():
    sources = [at("FAR", 3, CUP=9, BOWL=9), at("NEAR", 1, CUP=9, BOWL=9), at("PART", 0, CUP=9)]

    found = route(sources, CUP=2, BOWL=1)

    assert by_code(found, sources) == [("NEAR", "CUP", 2), ("NEAR", "BOWL", 1)]
    assert (found.parcels, found.cost, found.exact) == (1, PARCEL_POINTS + 111, True)
    assert verdicts(found) == {"PART": "has_only_a_part", "NEAR": "chosen", "FAR": "dearer"}


def test_an_order_is_split_only_when_that_costs_less():
    near = [at("A", 0, CUP=9), at("B", 0, BOWL=9)]

    together = route([*near, at("ALL", 5, CUP=9, BOWL=9)], CUP=1, BOWL=1)
    apart = route([*near, at("ALL", 6, CUP=9, BOWL=9)], CUP=1, BOWL=1)

    assert (together.parcels, together.cost) == (1, PARCEL_POINTS + 556)
    assert verdicts(together) == {"A": "has_only_a_part", "B": "has_only_a_part", "ALL": "chosen"}
    assert (apart.parcels, apart.cost) == (2, 2 * PARCEL_POINTS)
    assert verdicts(apart) == {"A": "chosen", "B": "chosen", "ALL": "dearer"}


def test_the_nearest_of_a_split_ships_as_much_as_it_can():
    sources = [at("NEAR", 0, CUP=3), at("FAR", 1, CUP=9)]

    found = route(sources, CUP=12)

    assert by_code(found, sources) == [("NEAR", "CUP", 3), ("FAR", "CUP", 9)]


def test_what_nobody_has_is_missing_and_never_invented():
    sources = [at("A", 0, CUP=1), at("B", 1, CUP=2), at("C", 2)]

    found = route(sources, CUP=5, POT=1)

    assert found.missing == {"CUP": 2, "POT": 1}
    assert by_code(found, sources) == [("A", "CUP", 1), ("B", "CUP", 2)]
    assert verdicts(found) == {"A": "chosen", "B": "chosen", "C": "has_none"}
    assert [(one["units"], one["of"]) for one in found.candidates] == [(1, 6), (2, 6), (0, 6)]


def test_who_has_all_there_is_was_dearer_even_if_something_is_missing():
    found = route([at("NEAR", 0, CUP=9), at("FAR", 1, CUP=9)], CUP=2, POT=1)

    assert verdicts(found) == {"NEAR": "chosen", "FAR": "dearer"}


def test_who_rejected_goods_is_not_asked_for_them_and_the_verdict_says_so():
    sources = [
        at("TOOK", 0, excluded=["CUP"], CUP=9),
        at("BOTH", 1, excluded=["CUP"], CUP=9, BOWL=9),
        at("OTHER", 2, excluded=["POT"], CUP=9),
    ]

    found = route(sources, CUP=1, BOWL=1)

    assert by_code(found, sources) == [("BOTH", "BOWL", 1), ("OTHER", "CUP", 1)]
    assert verdicts(found) == {"TOOK": "rejected_before", "BOTH": "chosen", "OTHER": "chosen"}


def test_goods_that_everybody_rejected_are_missing():
    found = route([at("A", 0, excluded=["CUP"], CUP=9)], CUP=1)

    assert (found.picks, found.missing, found.cost) == ([], {"CUP": 1}, 0)
    assert verdicts(found) == {"A": "rejected_before"}


def test_where_the_distance_is_not_known_every_location_is_as_far():
    near, far = at("B", 0, CUP=1), at("A", 9, CUP=1)

    found = sourcing.source({"CUP": 1}, [near, far], NOWHERE)

    assert [one["distance_km"] for one in found.candidates] == [None, None]
    assert found.cost == PARCEL_POINTS + UNKNOWN_KM
    assert found.picks == [Pick(far.id, "CUP", 1)]


def test_without_locations_all_is_missing():
    found = route([], CUP=2)

    assert (found.picks, found.missing, found.candidates) == ([], {"CUP": 2}, [])


def test_equal_locations_are_chosen_by_their_code_whatever_their_order():
    first, second = at("A", 0, CUP=1), at("B", 0, CUP=1)

    assert route([first, second], CUP=1).picks == route([second, first], CUP=1).picks
    assert route([second, first], CUP=1).picks == [Pick(first.id, "CUP", 1)]


def test_distances_are_great_circles():
    osaka, new_york = Place(34.69, 135.50), Place(40.71, -74.01)

    assert sourcing._km(TOKYO, osaka) in range(395, 405)  # noqa: SLF001 -- checked against a map
    assert sourcing._km(TOKYO, new_york) in range(10_800, 10_900)  # noqa: SLF001 -- same
    assert sourcing._km(TOKYO, TOKYO) == 0  # noqa: SLF001 -- same


@st.composite
def markets(draw):
    """A demand, and sources anywhere that may not meet it."""
    skus = ["A", "B", "C"]
    units = st.dictionaries(st.sampled_from(skus), st.integers(0, 5), max_size=3)
    sources = [
        at(
            f"L{number}",
            draw(st.floats(-10, 10)),
            excluded=draw(st.sets(st.sampled_from(skus), max_size=2)),
            **draw(units),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    return sources, draw(st.dictionaries(st.sampled_from(skus), st.integers(1, 9), min_size=1))


def offered(one, sku) -> int:
    return 0 if sku in one.excluded else one.has.get(sku, 0)


@settings(max_examples=400)
@given(markets())
def test_every_choice_is_cheapest_complete_and_explained(market):
    sources, demand = market

    found = route(sources, **demand)

    supply = {sku: sum(offered(one, sku) for one in sources) for sku in demand}
    wanted = {sku: min(count, supply[sku]) for sku, count in demand.items()}
    assert found.missing == {
        sku: demand[sku] - wanted[sku] for sku in demand if demand[sku] > supply[sku]
    }
    by_id = {one.id: one for one in sources}
    for pick in found.picks:
        assert 0 < pick.quantity <= offered(by_id[pick.location_id], pick.sku)
    for sku, count in wanted.items():
        assert sum(pick.quantity for pick in found.picks if pick.sku == sku) == count
    assert len({(pick.location_id, pick.sku) for pick in found.picks}) == len(found.picks)
    assert found.cost == _cheapest(sources, wanted, found)
    _explained(found, by_id, demand, wanted)


def _cheapest(sources, wanted, found) -> int:
    costs = {one["location_id"]: one["cost"] for one in found.candidates}
    return min(
        sum(costs[str(one.id)] for one in chosen)
        for size in range(len(sources) + 1)
        for chosen in combinations(sources, size)
        if all(sum(offered(one, sku) for one in chosen) >= count for sku, count in wanted.items())
    )


def _explained(found, by_id, demand, wanted):
    assert len(found.candidates) == len(by_id)
    chosen = {str(pick.location_id) for pick in found.picks}
    for one in found.candidates:
        place = next(source for source in by_id.values() if str(source.id) == one["location_id"])
        whole = all(offered(place, sku) >= count for sku, count in wanted.items())
        if one["location_id"] in chosen:
            verdict = Verdict.CHOSEN
        elif place.excluded & demand.keys():
            verdict = Verdict.EXCLUDED
        elif not any(offered(place, sku) for sku in demand):
            verdict = Verdict.NO_STOCK
        else:
            verdict = Verdict.DEARER if whole else Verdict.PARTLY
        assert one["verdict"] == verdict


async def test_a_large_network_is_routed_soon_and_the_record_says_it_was_bounded(session):
    """400 locations × 50 lines."""
    sources = [
        Source(
            ids.new(),
            f"L{place:03}",
            Place(24 + place % 22, 123 + place % 23),
            {f"S{sku}": 1 + place % 3 for sku in range(50) if (place * 7 + sku * 13) % 4 == 0},
        )
        for place in range(400)
    ]
    begun = time.process_time()
    found = sourcing.source({f"S{sku}": 3 for sku in range(50)}, sources, TOKYO)
    spent = time.process_time() - begun

    order_id = ids.new()
    decisions.record(session, order_id=order_id, cause="placed", sourcing=found)
    await statements.settle(session)

    assert spent < 1
    [kept] = await decisions.of_order(session, order_id=order_id)
    assert (kept.rule, len(kept.candidates)) == ("least_cost_bounded", 400)
