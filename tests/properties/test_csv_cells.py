"""What is written as CSV is read back as it was, whatever it is and in both charsets."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from oms.kernel.files import csvs, lines
from oms.kernel.files.charsets import Charset, Detector
from oms.kernel.files.csvs import Columns, Reader, Writer

ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TRICKY = st.text(st.sampled_from("'=+-@\t\r\n\",;＝ａa1 "), max_size=8)
JAPANESE = st.text(st.sampled_from("湯呑みアイｱｲー～－・々㈱髙①'=\",\r\n"), max_size=8)

NAMES = ["first", "second"]


def back(written, charset):
    reader = Reader(lines.read(io.BytesIO(written), charset), Columns(NAMES))
    assert reader.columns == NAMES
    return [one.cells for one in reader]


def rows(cells):
    """Return rows that are not blank: those are no rows when they are read."""
    row = st.tuples(cells, cells).map(list).filter(any)
    return st.lists(row, max_size=6)


@given(rows(ANY | TRICKY), st.booleans())
def test_any_text_comes_back_in_utf_8(given_rows, bom):
    written = Writer(NAMES, bom=bom).write(given_rows)

    assert back(written, Charset.UTF_8) == given_rows


@given(rows(JAPANESE))
def test_japanese_comes_back_in_cp932_and_is_found_to_be_that(given_rows):
    written = Writer(NAMES, charset=Charset.CP932).write(given_rows)
    detector = Detector()
    detector.feed(written)

    assert back(written, Charset.CP932) == given_rows
    found = detector.found()
    assert found.charset is Charset.CP932 or written.isascii() or not found.certain


@given(rows(TRICKY))
def test_no_text_begins_as_a_formula(given_rows):
    for row in csv.reader(io.StringIO(Writer([]).write(given_rows).decode(), newline="")):
        assert not any(cell[:1] in tuple("=+-@\t\r\n＝＋－＠") for cell in row if cell)


@given(st.lists(st.text(st.sampled_from("湯a1;:=\"'., "), min_size=1).map(str.strip).filter(bool)))
def test_a_list_in_a_cell_comes_back(parts):
    assert csvs.split(csvs.join(parts)) == parts
