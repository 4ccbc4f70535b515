"""Cells as people and spreadsheets write them."""

import pytest

from oms.channels.imports import cells, items


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", 12),
        (" 12.0 ", 12),
        ("-3", -3),
        ("12.5", "12.5"),
        ("1,200", "1,200"),
        ("1e3", "1e3"),
        ("９", "９"),
        ("many", "many"),
        ("9" * 16, "9" * 16),
    ],
)
def test_whole_numbers_are_read_and_all_else_is_left_to_be_refused(cell, value):
    assert cells.whole(cell) == value


def test_measures_yes_and_no_and_nothing_are_read():
    assert [cells.number(cell) for cell in ("35.68", "-1e2", "nan", "1,5")] == [
        35.68, -100.0, "nan", "1,5",
    ]  # fmt: skip
    assert [cells.yes(cell) for cell in ("TRUE", "no", "1", "perhaps")] == [
        True, False, True, "perhaps",
    ]  # fmt: skip
    assert [cells.clearable(cells.whole)(cell) for cell in ("NULL", "5")] == [None, 5]


def test_empty_cells_say_nothing_and_brackets_empty_a_list():
    readers = {"sku": cells.text, "groups": cells.many(cells.text)}

    assert cells.said({"sku": " CUP ", "groups": " "}, readers) == {"sku": "CUP"}
    assert cells.said({"groups": "[]"}, readers) == {"groups": []}
    assert cells.said({"groups": 'tea; "a;b"'}, readers) == {"groups": ["tea", "a;b"]}


def test_lists_of_items_are_read_as_they_are_written():
    said = items.SHEET.read(
        {
            "sku": "CUP",
            "identifiers": '4901234567894; "supplier:Arita; Kilns:X-1=case"; alternative:T',
            "packs": "case=12; inner=6",
            "components": "POT; TEA-1=3",
            "name:ja": "湯呑み",
            "width_millimetres": "80",
        }
    )

    assert said == {
        "sku": "CUP",
        "identifiers": [
            {"kind": "gtin", "value": "4901234567894"},
            {"kind": "supplier", "value": "X-1", "supplier": "Arita; Kilns", "pack": "case"},
            {"kind": "alternative", "value": "T"},
        ],
        "packs": [{"code": "case", "units": 12}, {"code": "inner", "units": 6}],
        "components": [{"sku": "POT", "quantity": 1}, {"sku": "TEA-1", "quantity": 3}],
        "also_named": {"ja": "湯呑み"},
        "size": {"width_millimetres": 80},
    }
