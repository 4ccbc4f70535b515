"""CSV: read from whatever people have, written so that a spreadsheet runs nothing."""

import io

import pytest

from oms.kernel.files import csvs, lines
from oms.kernel.files.charsets import BOM, Charset
from oms.kernel.files.csvs import Columns, NotCsv, Reader, Record, Writer, WrongColumns
from oms.kernel.files.lines import LineTooLong

COLUMNS = Columns(
    known=("sku", "name"), required=("sku",), more=lambda name: name.startswith("name:")
)


def read(content, charset=Charset.UTF_8):
    reader = Reader(lines.read(io.BytesIO(content), charset), COLUMNS)
    return reader.columns, [(one.line, one.cells) for one in reader]


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
@pytest.mark.parametrize("comma", [b",", b"\t", b";"])
@pytest.mark.parametrize("before", [b"", BOM])
def test_any_line_end_and_any_usual_delimiter_is_understood(end, comma, before):
    content = before + end.join(
        [comma.join([b" SKU ", b"Name"]), comma.join([b"CUP", b'"A ""cup"""']), b"", b"POT" + comma]
    )

    assert read(content) == (["sku", "name"], [(2, ["CUP", 'A "cup"']), (4, ["POT", ""])])


def test_a_cell_may_have_lines_of_its_own():
    content = b'sku,name\r\nCUP,"two\r\nlines"\r\nPOT,one\r\n'

    assert read(content)[1] == [(2, ["CUP", "two\r\nlines"]), (4, ["POT", "one"])]


def test_japanese_is_read_in_both_charsets():
    text = "sku,name\nCUP,湯呑み\n"

    for charset in Charset:
        assert read(text.encode(charset), charset)[1] == [(2, ["CUP", "湯呑み"])]


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        (b"sku,colour,name", {"unknown": ["colour"], "missing": [], "twice": []}),
        (b"name", {"unknown": [], "missing": ["sku"], "twice": []}),
        (b"sku,name,SKU", {"unknown": [], "missing": [], "twice": ["sku"]}),
        (b"CUP,A cup", {"unknown": ["CUP", "A cup"], "missing": ["sku"], "twice": []}),
    ],
)
def test_a_header_that_is_not_ours_is_refused_by_all_that_is_wrong_with_it(header, wrong):
    with pytest.raises(WrongColumns) as refusal:
        read(header + b"\nCUP,1")

    assert refusal.value.data() == {**wrong, "possible": ["sku", "name"]}


def test_an_empty_file_has_no_columns():
    with pytest.raises(WrongColumns) as refusal:
        read(b"")

    assert refusal.value.missing == ["sku"]


def test_columns_that_no_list_can_name_are_known_by_their_form():
    assert read(b"sku,name:ja,name:en-GB\n")[0] == ["sku", "name:ja", "name:en-GB"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'sku\nPOT\n"CUP', 3),
        (b'sku\n"CUP"x\n', 2),
        (b'sku\n"' + b"x\n" * 100_000, 2),
    ],
)
def test_quotes_that_do_not_close_are_refused_where_they_open(content, line):
    with pytest.raises(NotCsv) as refusal:
        read(content)

    assert refusal.value.line == line


def test_a_line_longer_than_can_be_meant_is_refused():
    with pytest.raises(LineTooLong) as refusal:
        read(b"sku\nCUP\n" + b"x" * 1_000_000)

    assert refusal.value.line == 3


def test_a_spreadsheet_runs_nothing_that_we_write():
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "'plain", "1-1"]
    written = Writer(["text"]).write([[text] for text in texts])

    rows = Reader(lines.read(io.BytesIO(written), Charset.UTF_8), Columns(("text",)))
    assert [one.cells for one in rows] == [[text] for text in texts]
    cells = [row.strip('"') for row in written.decode().split("\r\n")[1:-1]]
    assert [cell[:2] for cell in cells] == [
        "'=", "'+", "'-", "'@", "'\t", "'\r", "'\n", "'＝", "''", "'p", "1-",
    ]  # fmt: skip


def test_numbers_stay_numbers():
    assert Writer(["a", "b", "c", "d"]).write([[-5, True, None, "-5"]]) == (
        b"a,b,c,d\r\n-5,true,,'-5\r\n"
    )


def test_the_header_and_the_bom_come_once():
    writer = Writer(["sku"], bom=True)

    assert writer.write([["CUP"]]) == BOM + b"sku\r\nCUP\r\n"
    assert writer.write([["POT"]]) == b"POT\r\n"
    assert Writer(["sku"], charset=Charset.CP932, bom=True).write([]) == b"sku\r\n"


def test_a_cell_holds_a_list():
    for parts in ([], ["a"], ["a", "b c"], ["a;b", 'say "c"', "d=1"]):
        assert csvs.split(csvs.join(parts)) == parts
    assert csvs.split(" a ;  b;c ") == ["a", "b", "c"]


def test_a_record_knows_its_line():
    assert next(Reader(["sku\n", "CUP\n"], COLUMNS)) == Record(2, ["CUP"])
