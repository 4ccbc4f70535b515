"""A row is understood or refused with its reason."""

from datetime import UTC, datetime

import pytest

from oms.cli.demo import rows
from oms.cli.demo.rows import Kind, Reason, Row, UnusableRow
from tests.cli.demo import factories

REFUSED = [
    ({"InvoiceNo": "A563185"}, Reason.INVOICE_UNREADABLE),
    ({"InvoiceNo": "53636"}, Reason.INVOICE_UNREADABLE),
    ({"InvoiceNo": "536365\u0661"}, Reason.INVOICE_UNREADABLE),
    ({"InvoiceDate": "01/12/2010 08:26"}, Reason.DATE_UNREADABLE),
    ({"InvoiceDate": "2010-13-01 08:26:00"}, Reason.DATE_UNREADABLE),
    ({"InvoiceDate": ""}, Reason.DATE_UNREADABLE),
    ({"CustomerID": "17850.0"}, Reason.CUSTOMER_UNREADABLE),
    ({"Country": " "}, Reason.COUNTRY_MISSING),
    ({"Quantity": "six"}, Reason.QUANTITY_UNREADABLE),
    ({"Quantity": "6.0"}, Reason.QUANTITY_UNREADABLE),
    ({"Quantity": "1_0"}, Reason.QUANTITY_UNREADABLE),
    ({"Quantity": "9999999999"}, Reason.QUANTITY_UNREADABLE),
    ({"Quantity": "0"}, Reason.QUANTITY_ZERO),
    ({"Quantity": "-0"}, Reason.QUANTITY_ZERO),
    ({"UnitPrice": ""}, Reason.PRICE_UNREADABLE),
    ({"UnitPrice": "NaN"}, Reason.PRICE_UNREADABLE),
    ({"UnitPrice": "1e3"}, Reason.PRICE_UNREADABLE),
    ({"UnitPrice": "1,50"}, Reason.PRICE_UNREADABLE),
    ({"UnitPrice": "0.001"}, Reason.PRICE_HAS_FRACTION),
    ({"UnitPrice": "2.555"}, Reason.PRICE_HAS_FRACTION),
    ({"StockCode": "AMAZONFEE"}, Reason.FEE),
    ({"StockCode": "BANK CHARGES"}, Reason.FEE),
    ({"StockCode": "M"}, Reason.CORRECTION),
    ({"StockCode": "m"}, Reason.CORRECTION),
    ({"StockCode": "D"}, Reason.CORRECTION),
    ({"StockCode": "S"}, Reason.CORRECTION),
    ({"StockCode": "gift_0001_20"}, Reason.NOT_A_SKU),
    ({"StockCode": "DCGS0076"}, Reason.NOT_A_SKU),
    ({"StockCode": ""}, Reason.NOT_A_SKU),
    ({"Quantity": "-6"}, Reason.SALE_BELOW_ZERO),
    ({"Quantity": "-6", "UnitPrice": "0.0"}, Reason.SALE_BELOW_ZERO),
    ({"Quantity": "-6", "CustomerID": ""}, Reason.SALE_BELOW_ZERO),
    ({"Quantity": "-1", "StockCode": "POST"}, Reason.SALE_BELOW_ZERO),
    ({"InvoiceNo": "C536365"}, Reason.CREDIT_ABOVE_ZERO),
    ({"Description": "  "}, Reason.NAME_MISSING),
    ({"Description": "LAN\x00TERN"}, Reason.NAME_UNREADABLE),
    ({"UnitPrice": "0.0"}, Reason.PRICE_ZERO),
    ({"UnitPrice": "-2.55"}, Reason.PRICE_NEGATIVE),
]


@pytest.mark.parametrize(("changes", "reason"), REFUSED)
def test_a_bad_row_is_refused_with_its_reason(changes, reason):
    with pytest.raises(UnusableRow) as refusal:
        rows.parse(factories.cells(**changes), row_number=2)

    assert refusal.value.reason is reason


@pytest.mark.parametrize("count", [0, 1, 7, 9])
def test_a_row_without_eight_columns_is_refused(count):
    with pytest.raises(UnusableRow) as refusal:
        rows.parse([*factories.cells(), "more"][:count], row_number=2)

    assert refusal.value.reason is Reason.COLUMNS_WRONG


def test_the_first_reason_in_order_is_told():
    cells = factories.cells(Description="", UnitPrice="0.0", CustomerID="")

    with pytest.raises(UnusableRow) as refusal:
        rows.parse(cells, row_number=2)

    assert refusal.value.reason is Reason.NAME_MISSING


def test_a_good_row_becomes_pence_units_and_utc():
    row = rows.parse(factories.cells(StockCode="85123a", Description=" LANTERN "), row_number=7)

    assert row == Row(
        row_number=7,
        kind=Kind.GOODS,
        invoice="536365",
        at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        customer_id="17850",
        country="United Kingdom",
        sku="85123A",
        name="LANTERN",
        quantity=6,
        unit_price_pence=255,
    )


@pytest.mark.parametrize(
    ("text", "pence"),
    [("0.01", 1), ("0.1", 10), ("4.35", 435), ("13541.33", 1354133), ("8.500", 850)],
)
def test_a_price_is_exact(text, pence):
    assert rows.parse(factories.cells(UnitPrice=text), row_number=2).unit_price_pence == pence


def test_no_customer_is_a_guest_not_a_refusal():
    assert rows.parse(factories.cells(CustomerID=""), row_number=2).customer_id is None


def test_units_without_price_and_customer_that_leave_are_an_adjustment():
    cells = factories.cells(Quantity="-6", UnitPrice="0.0", CustomerID="", Description="")

    assert rows.parse(cells, row_number=2).kind is Kind.ADJUSTMENT


@pytest.mark.parametrize("code", ["POST", "DOT", "C2", "post"])
def test_postage_and_carriage_are_shipping(code):
    assert rows.parse(factories.cells(StockCode=code), row_number=2).kind is Kind.SHIPPING
