"""The shipped file is what docs/data.md says it is."""

import csv
import gzip
import hashlib
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from oms.cli.demo import documents, network
from oms.cli.demo.documents import CreditLine, MatchedPiece, RefusedRow
from oms.cli.demo.rows import Reason


def by_number(items):
    return {item.number: item for item in items}


def test_the_shipped_bytes_are_the_documented_cut():
    packed = (files("oms.cli.demo") / "data" / "online_retail.csv.gz").read_bytes()
    content = gzip.decompress(packed)

    assert content.count(b"\n") == 31_276
    assert hashlib.sha256(content).hexdigest() == (
        "c30f3c415c9de2940030844e540bb3ede3d09181bf5029fdc365fbb38af91a22"
    )


def test_a_code_in_lower_case_names_the_goods_of_its_upper_case():
    packed = (files("oms.cli.demo") / "data" / "online_retail.csv.gz").read_bytes()
    names = defaultdict(lambda: defaultdict(set))
    for row in csv.DictReader(gzip.decompress(packed).decode().splitlines()):
        if row["StockCode"][:5].isdigit() and row["UnitPrice"] != "0.0":
            code = row["StockCode"]
            names[code.upper()][code].add(row["Description"].strip())

    spellings = [list(each.values()) for each in names.values() if len(each) > 1]
    assert len(spellings) == 49
    assert all(set.intersection(*each) for each in spellings)


def test_every_row_is_used_or_refused(shipped):
    assert len(shipped.sales) == 1_109
    assert sum(len(sale.lines) for sale in shipped.sales) == 30_301
    assert len(shipped.credits) == 265
    assert sum(len(note.lines) for note in shipped.credits) == 656
    assert len(shipped.adjustments) == 68
    assert len(shipped.refused) == 175
    shipping_rows = 75
    assert 30_301 + 656 + 68 + 175 + shipping_rows == 31_275


def test_the_refused_rows_by_reason(shipped):
    assert Counter(row.reason for row in shipped.refused) == {
        Reason.PRICE_ZERO: 68,
        Reason.NAME_MISSING: 55,
        Reason.CORRECTION: 38,
        Reason.FEE: 10,
        Reason.NOT_A_SKU: 2,
        Reason.SHIPPING_WITHOUT_GOODS: 2,
    }
    assert RefusedRow(22_584, "538175", Reason.SHIPPING_WITHOUT_GOODS) in shipped.refused
    assert RefusedRow(15_018, "C537630", Reason.FEE) in shipped.refused


def test_the_sales_in_sums(shipped):
    assert shipped.sales[0].number == "536365"
    assert shipped.sales[0].placed_at == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert shipped.sales[-1].placed_at == datetime(2010, 12, 14, 17, 22, tzinfo=UTC)
    assert sum(sale.customer_id is None for sale in shipped.sales) == 77
    assert len({sale.customer_id for sale in shipped.sales} - {None}) == 713
    assert len({sale.country for sale in shipped.sales}) == 20
    assert len({line.sku for sale in shipped.sales for line in sale.lines}) == 2_558
    assert sum(line.quantity for sale in shipped.sales for line in sale.lines) == 250_369
    assert sum(sale.goods_pence for sale in shipped.sales) == 56_444_031
    assert sum(sale.shipping_pence for sale in shipped.sales) == 1_908_890


def test_the_extremes_of_the_sales(shipped):
    sales = by_number(shipped.sales)

    assert len(sales["537434"].lines) == max(len(sale.lines) for sale in shipped.sales) == 674
    assert max(shipped.sales, key=lambda sale: sale.total_pence).number == "537659"
    assert sales["537659"].total_pence == 1_588_549
    assert max(line.quantity for sale in shipped.sales for line in sale.lines) == 2_880
    assert sales["536540"].shipping_pence == 5_000
    # Its rows carry two minutes; the first counts.
    assert sales["536591"].placed_at == datetime(2010, 12, 1, 16, 57, tzinfo=UTC)


def test_the_credit_notes_in_sums(shipped):
    lines = [line for note in shipped.credits for line in note.lines]

    assert sum(line.quantity for line in lines) == 14_188
    assert sum(line.unmatched for line in lines) == 12_346
    assert sum(line.unmatched == 0 for line in lines) == 284
    assert sum(0 < line.unmatched < line.quantity for line in lines) == 2
    assert sum(not line.pieces for line in lines) == 370
    assert sum(note.customer_id is None for note in shipped.credits) == 2
    assert sum(note.shipping_pence for note in shipped.credits) == 441 + 1_234 + 1_299


def test_a_return_of_goods_never_sold_is_blind(shipped):
    (line,) = by_number(shipped.credits)["C536757"].lines

    assert (line.sku, line.quantity, line.pieces) == ("84347", 9_360, ())


def test_a_return_is_traced_over_two_purchases(shipped):
    lines = {line.sku: line for line in by_number(shipped.credits)["C539195"].lines}

    assert lines["22942"] == CreditLine(
        sku="22942",
        name="CHRISTMAS LIGHTS 10 SANTAS",
        quantity=5,
        unit_price_pence=850,
        pieces=(MatchedPiece("538205", 15, 1), MatchedPiece("538000", 0, 4)),
    )


def test_more_can_come_back_than_was_bought(shipped):
    (line,) = by_number(shipped.credits)["C538314"].lines

    assert line.pieces == (MatchedPiece("538313", 1, 1),)
    assert line.unmatched == 46


def test_an_order_is_cancelled_within_its_minute(shipped):
    sale = by_number(shipped.sales)["537407"]
    note = by_number(shipped.credits)["C537408"]

    assert note.issued_at == sale.placed_at
    assert [line.pieces for line in note.lines] == [
        (MatchedPiece("537407", 0, 6),),
        (MatchedPiece("537407", 5, 12),),
    ]


def test_no_purchase_comes_back_more_than_once_or_before_it_was_made(shipped):
    sales = by_number(shipped.sales)
    returned = Counter()
    for note in shipped.credits:
        for line in note.lines:
            for piece in line.pieces:
                sale = sales[piece.invoice]
                returned[piece.invoice, piece.line_index] += piece.quantity
                assert sale.lines[piece.line_index].sku == line.sku
                assert sale.customer_id == note.customer_id
                assert sale.placed_at <= note.issued_at

    for (number, index), units in returned.items():
        assert 0 < units <= sales[number].lines[index].quantity


def test_a_later_credit_note_has_a_purchase_of_the_window(shipped):
    later = [note for note in shipped.credits if note.issued_at.date().isoformat() > "2010-12-14"]

    assert len(later) == 69
    assert all(any(line.pieces for line in note.lines) for note in later)
    assert shipped.credits[-1].issued_at == datetime(2011, 2, 24, 11, 6, tzinfo=UTC)


def test_returns_take_days_up_to_months(shipped):
    sales = by_number(shipped.sales)
    waits = sorted(
        note.issued_at - sales[piece.invoice].placed_at
        for note in shipped.credits
        for line in note.lines
        for piece in line.pieces
    )

    assert waits[0] == timedelta(0)
    assert waits[len(waits) // 2] == timedelta(days=6, hours=22, minutes=28)
    assert waits[-1] == timedelta(days=79, hours=23)


def test_the_stock_adjustments_in_sums(shipped):
    assert sum(change.quantity for change in shipped.adjustments) == -4_005
    largest = min(shipped.adjustments, key=lambda change: change.quantity)
    assert (largest.number, largest.sku, largest.quantity) == ("538090", "20956", -723)
    assert largest.note == "?"


def test_the_timeline_tells_every_document_once_in_order(shipped):
    story = documents.timeline([*shipped.adjustments, *shipped.credits, *shipped.sales])

    moments = [documents.moment(document) for document in story]
    assert len(story) == 1_109 + 265 + 68
    assert moments == sorted(moments)
    assert story.index(by_number(shipped.sales)["537407"]) < story.index(
        by_number(shipped.credits)["C537408"]
    )


def test_every_customer_of_the_file_has_a_home(shipped):
    homes = [network.home(document) for document in (*shipped.sales, *shipped.credits)]

    assert sum(home.is_abroad for home in homes[: len(shipped.sales)]) == 69
