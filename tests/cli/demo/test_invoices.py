"""A file becomes documents; what does not fit is refused row by row."""

from datetime import UTC, datetime

import pytest

from oms.cli.demo import invoices
from oms.cli.demo.documents import (
    CreditLine,
    InvoiceLine,
    MatchedPiece,
    RefusedRow,
    SaleInvoice,
    StockAdjustment,
)
from oms.cli.demo.invoices import UnknownFile
from oms.cli.demo.rows import Reason
from tests.cli.demo import factories


def test_rows_of_one_number_become_one_sale_with_its_shipping(tmp_path):
    path = factories.file(
        tmp_path,
        factories.text(
            factories.cells(InvoiceDate="2010-12-01 08:27:00"),
            factories.cells(
                StockCode="POST", Description="POSTAGE", Quantity="3", UnitPrice="18.0"
            ),
            factories.cells(Description="LANTERN, RED", Quantity="2", UnitPrice="3.39"),
        ),
    )

    dataset = invoices.read(path)

    assert dataset.sales == (
        SaleInvoice(
            number="536365",
            placed_at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
            customer_id="17850",
            country="United Kingdom",
            lines=(
                InvoiceLine("85123A", "LANTERN", 6, 255),
                InvoiceLine("85123A", "LANTERN, RED", 2, 339),
            ),
            shipping_pence=5400,
        ),
    )
    assert dataset.sales[0].goods_pence == 2208
    assert dataset.sales[0].total_pence == 7608


def test_a_credit_note_has_positive_units_and_its_shipping_back(tmp_path):
    credit = {"InvoiceNo": "C536400", "InvoiceDate": "2010-12-02 09:00:00"}
    path = factories.file(
        tmp_path,
        factories.text(
            factories.cells(),
            factories.cells(Quantity="-4", **credit),
            factories.cells(StockCode="POST", Quantity="-1", UnitPrice="4.41", **credit),
        ),
    )

    (note,) = invoices.read(path).credits

    assert note.lines == (
        CreditLine("85123A", "LANTERN", 4, 255, pieces=(MatchedPiece("536365", 0, 4),)),
    )
    assert note.shipping_pence == 441


def test_units_that_leave_without_a_sale_become_an_adjustment(tmp_path):
    gone = {"Quantity": "-30", "UnitPrice": "0.0", "CustomerID": ""}
    path = factories.file(
        tmp_path,
        factories.text(
            factories.cells(InvoiceNo="537032", Description="?", **gone),
            factories.cells(InvoiceNo="536589", Description="", **gone),
        ),
    )

    at = datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert invoices.read(path).adjustments == (
        StockAdjustment("536589", at, "85123A", -30, None),
        StockAdjustment("537032", at, "85123A", -30, "?"),
    )


@pytest.mark.parametrize(
    "other", [{"CustomerID": "13047"}, {"CustomerID": ""}, {"Country": "EIRE"}]
)
def test_a_row_that_contradicts_its_invoice_is_refused(tmp_path, other):
    path = factories.file(
        tmp_path, factories.text(factories.cells(), factories.cells(**other), factories.cells())
    )

    dataset = invoices.read(path)

    assert dataset.refused == (RefusedRow(3, "536365", Reason.INVOICE_CONTRADICTS),)
    assert len(dataset.sales[0].lines) == 2


def test_shipping_without_goods_is_refused(tmp_path):
    path = factories.file(
        tmp_path,
        factories.text(
            factories.cells(StockCode="POST"),
            factories.cells(Quantity="0"),
            factories.cells(StockCode="DOT"),
        ),
    )

    dataset = invoices.read(path)

    assert dataset.sales == ()
    assert dataset.refused == (
        RefusedRow(2, "536365", Reason.SHIPPING_WITHOUT_GOODS),
        RefusedRow(3, "536365", Reason.QUANTITY_ZERO),
        RefusedRow(4, "536365", Reason.SHIPPING_WITHOUT_GOODS),
    )


def test_a_torn_quote_costs_one_row_and_not_the_rest(tmp_path):
    header, row = factories.text(factories.cells()).splitlines(keepends=True)
    torn = '536366,22632,"HAND WARMER,6,2010-12-01 08:28:00,1.85,17850,United Kingdom\n'
    path = factories.file(tmp_path, header + torn + row)

    dataset = invoices.read(path)

    assert dataset.refused == (RefusedRow(2, "536366", Reason.COLUMNS_WRONG),)
    assert [sale.number for sale in dataset.sales] == ["536365"]


def test_an_empty_line_is_refused(tmp_path):
    path = factories.file(tmp_path, factories.text() + "\n")

    assert invoices.read(path).refused == (RefusedRow(2, "", Reason.COLUMNS_WRONG),)


@pytest.mark.parametrize("content", ["", "number,sku\n", "536365,85123A\n"])
def test_a_file_with_another_header_is_refused_whole(tmp_path, content):
    with pytest.raises(UnknownFile):
        invoices.read(factories.file(tmp_path, content))
