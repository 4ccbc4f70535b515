"""Many rows in one request: what is wrong with one is said of that one."""

import pytest

from oms.kernel import bulk
from oms.kernel.bulk import Mode, Row, RowsIn
from oms.kernel.inputs import Input, InvalidInput, Quantity, Sku


class CountIn(Input):
    sku: Sku
    quantity: Quantity


class CountsIn(RowsIn):
    rows: list[Row[CountIn]]


ROWS = b'[{"sku": "CUP", "quantity": 1}, {"sku": "", "quantity": "2"}, 5, {"sku": "LID"}]'


def test_every_problem_of_every_row_is_named_when_all_must_do():
    with pytest.raises(InvalidInput) as refusal:
        CountsIn.read(b'{"rows": ' + ROWS + b"}")

    assert [(one["pointer"], one["code"]) for one in refusal.value.errors] == [
        ("/rows/1/sku", "string_too_short"),
        ("/rows/1/quantity", "int_type"),
        ("/rows/2", "model_type"),
        ("/rows/3/quantity", "missing"),
    ]


def test_rows_that_can_be_read_are_read_beside_those_that_cannot():
    made = CountsIn.read(b'{"mode": "row_by_row", "rows": ' + ROWS + b"}")

    assert made.mode is Mode.ROW_BY_ROW
    assert bulk.readable(made.rows) == {0: CountIn(sku="CUP", quantity=1)}
    told = {place: [one["pointer"] for one in found] for place, found in made.unreadable().items()}
    assert told == {1: ["/sku", "/quantity"], 2: [""], 3: ["/quantity"]}


def test_a_request_that_is_none_is_refused_in_either_mode():
    for body in (b'{"rows": 5}', b'{"mode": "some", "rows": []}', b'{"rows": [], "more": 1}'):
        with pytest.raises(InvalidInput):
            CountsIn.read(body)


def test_a_refusal_points_into_the_request():
    found = {3: [bulk.problem("/sku", "unknown", "No.")], 1: [bulk.problem("", "late", "No.")]}

    assert [one["pointer"] for one in bulk.refusal(found).errors] == ["/rows/1", "/rows/3/sku"]
