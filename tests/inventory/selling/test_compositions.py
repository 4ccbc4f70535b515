"""What a unit of a line holds of the shelves."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from inventory.selling import compositions

HERE = UUID(int=1)
SET = {"SET": {"POT": 1, "CUP": 2}}
UNITS = st.integers(0, 9)


def offers(demand, has, parts=SET):
    return [way[HERE] for way in compositions.offers(demand, {HERE: has}, parts)]


def test_what_holds_itself_is_offered_as_it_stands():
    has = {"POT": 5}

    [only] = compositions.offers({"POT": 1}, {HERE: has}, SET)

    assert only[HERE] is has


def test_kits_or_singles_are_served_first():
    kits_first, singles_first = offers({"CUP": 3, "SET": 2}, {"POT": 2, "CUP": 5})

    assert kits_first == {"SET": 2, "CUP": 1}
    assert singles_first == {"CUP": 3, "SET": 1}


def test_of_what_is_not_counted_there_is_always_enough():
    assert offers({"CARD": 7}, {}, {"CARD": {"CARD": 0}})[0] == {"CARD": 7}


@given(st.dictionaries(st.sampled_from(["SET", "CUP", "POT"]), st.integers(1, 9), min_size=1),
       st.fixed_dictionaries({"POT": UNITS, "CUP": UNITS}))  # fmt: skip
def test_what_is_offered_together_can_be_given_together(demand, has):
    for offer in compositions.offers(demand, {HERE: has}, SET):
        left = dict(has)
        for sku, units in offer[HERE].items():
            if "SET" in demand:
                compositions.take(left, sku, units, SET)
        assert min(left.values()) >= 0
