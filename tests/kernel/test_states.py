from dataclasses import dataclass
from enum import StrEnum

import pytest

from oms.kernel.states import IllegalMove, Machine


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


@dataclass
class Row:
    status: Lamp


MACHINE = Machine(
    "lamp",
    start=Lamp.OFF,
    moves=[
        ("switch_on", {Lamp.OFF}, Lamp.ON),
        ("switch_off", {Lamp.ON}, Lamp.OFF),
        ("break", {Lamp.OFF, Lamp.ON}, Lamp.BROKEN),
    ],
)


def test_a_legal_verb_moves():
    row = Row(Lamp.OFF)
    MACHINE.move(row, "switch_on")
    assert row.status is Lamp.ON


def test_an_illegal_verb_names_what_is_possible_and_changes_nothing():
    row = Row(Lamp.OFF)
    with pytest.raises(IllegalMove) as refused:
        MACHINE.move(row, "switch_off")
    assert refused.value.data() == {
        "resource": "lamp",
        "verb": "switch_off",
        "state": "off",
        "possible": ["switch_on", "break"],
    }
    assert row.status is Lamp.OFF


def test_a_state_nobody_can_reach_is_refused_at_import():
    with pytest.raises(ValueError, match="unreachable"):
        Machine("lamp", start=Lamp.OFF, moves=[("switch_on", {Lamp.OFF}, Lamp.ON)])


def test_a_verb_with_two_meanings_in_one_state_is_refused_at_import():
    with pytest.raises(ValueError, match="ambiguous"):
        Machine(
            "lamp",
            start=Lamp.OFF,
            moves=[("go", {Lamp.OFF}, Lamp.ON), ("go", {Lamp.OFF}, Lamp.BROKEN)],
        )
