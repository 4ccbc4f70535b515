"""NDJSON: a value a line."""

from oms.kernel.files import ndjson


def test_lines_are_numbered_and_blank_ones_left_out():
    assert list(ndjson.read(['{"a":1}\r\n', "\n", "  [2] "])) == [(1, '{"a":1}'), (3, "[2]")]


def test_values_are_written_one_a_line():
    assert ndjson.write([{"name": "湯呑み"}, {"name": "a\nb"}]) == (
        '{"name":"湯呑み"}\n{"name":"a\\nb"}\n'.encode()
    )
