"""One row of the Online Retail file, read strictly: understood, or refused with a reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

COLUMNS = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)

# POSTAGE, DOTCOM POSTAGE and CARRIAGE: what the customer paid to have the goods sent.
SHIPPING_CODES = frozenset({"POST", "DOT", "C2"})
FEE_CODES = frozenset({"AMAZONFEE", "BANK CHARGES", "CRUK"})
# Manual, Discount, SAMPLES, bad debt and a cushion pad bookkeeping entry.
CORRECTION_CODES = frozenset({"M", "D", "S", "B", "PADS"})

_INVOICE = re.compile(r"C?[0-9]{6}")
_SKU = re.compile(r"[0-9]{5}[A-Z]{0,2}")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_PRICE = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_CUSTOMER = re.compile(r"[0-9]{5}")


class Reason(StrEnum):
    """Why a row does not enter the demonstration; a missing customer is no reason (a guest)."""

    COLUMNS_WRONG = "columns_wrong"
    INVOICE_UNREADABLE = "invoice_unreadable"
    DATE_UNREADABLE = "date_unreadable"
    CUSTOMER_UNREADABLE = "customer_unreadable"
    COUNTRY_MISSING = "country_missing"
    QUANTITY_UNREADABLE = "quantity_unreadable"
    QUANTITY_ZERO = "quantity_zero"
    PRICE_UNREADABLE = "price_unreadable"
    PRICE_HAS_FRACTION = "price_has_fraction"
    FEE = "fee"
    CORRECTION = "correction"
    NOT_A_SKU = "not_a_sku"
    SALE_BELOW_ZERO = "sale_below_zero"
    CREDIT_ABOVE_ZERO = "credit_above_zero"
    NAME_MISSING = "name_missing"
    NAME_UNREADABLE = "name_unreadable"
    PRICE_ZERO = "price_zero"
    PRICE_NEGATIVE = "price_negative"
    INVOICE_CONTRADICTS = "invoice_contradicts"
    SHIPPING_WITHOUT_GOODS = "shipping_without_goods"


class Kind(StrEnum):
    """What an understood row tells."""

    GOODS = "goods"
    SHIPPING = "shipping"
    ADJUSTMENT = "adjustment"


@dataclass(eq=False)
class UnusableRow(ValueError):
    """The row does not say clearly what was sold, credited or written off."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Row:
    """One understood row. The sign of the quantity is the file's; the sku is in upper case."""

    row_number: int
    kind: Kind
    invoice: str
    at: datetime
    customer_id: str | None
    country: str
    sku: str
    name: str
    quantity: int
    unit_price_pence: int

    @property
    def is_credit(self) -> bool:
        """Whether the row belongs to a credit note (invoice number C…)."""
        return self.invoice.startswith("C")


def parse(cells: Sequence[str], *, row_number: int) -> Row:
    """Understand one row, or raise UnusableRow with the first reason that applies.

    The reasons are tried in the order of Reason. The file's times are British local time; all
    of them fall in winter, where that is UTC.
    """
    if len(cells) != len(COLUMNS):
        raise UnusableRow(Reason.COLUMNS_WRONG)
    invoice, code, name, quantity, moment, price, customer, country = map(str.strip, cells)
    if not _INVOICE.fullmatch(invoice):
        raise UnusableRow(Reason.INVOICE_UNREADABLE)
    at = _moment(moment)
    if customer and not _CUSTOMER.fullmatch(customer):
        raise UnusableRow(Reason.CUSTOMER_UNREADABLE)
    if not country:
        raise UnusableRow(Reason.COUNTRY_MISSING)
    units = _quantity(quantity)
    pence = _pence(price)
    row = Row(
        row_number=row_number,
        kind=_kind(invoice, code.upper(), units),
        invoice=invoice,
        at=at,
        customer_id=customer or None,
        country=country,
        sku=code.upper(),
        name=name,
        quantity=units,
        unit_price_pence=pence,
    )
    _check(row)
    return row


def _moment(text: str) -> datetime:
    if not _MOMENT.fullmatch(text):
        raise UnusableRow(Reason.DATE_UNREADABLE)
    try:
        return datetime.fromisoformat(f"{text}+00:00")
    except ValueError as error:
        raise UnusableRow(Reason.DATE_UNREADABLE) from error


def _quantity(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise UnusableRow(Reason.QUANTITY_UNREADABLE)
    if int(text) == 0:
        raise UnusableRow(Reason.QUANTITY_ZERO)
    return int(text)


def _pence(text: str) -> int:
    if not _PRICE.fullmatch(text):
        raise UnusableRow(Reason.PRICE_UNREADABLE)
    pence = Decimal(text) * 100
    if pence != int(pence):
        raise UnusableRow(Reason.PRICE_HAS_FRACTION)
    return int(pence)


def _kind(invoice: str, code: str, quantity: int) -> Kind:
    if code in FEE_CODES:
        raise UnusableRow(Reason.FEE)
    if code in CORRECTION_CODES:
        raise UnusableRow(Reason.CORRECTION)
    if code in SHIPPING_CODES:
        return Kind.SHIPPING
    if not _SKU.fullmatch(code):
        raise UnusableRow(Reason.NOT_A_SKU)
    return Kind.ADJUSTMENT if quantity < 0 and not invoice.startswith("C") else Kind.GOODS


def _check(row: Row) -> None:
    """Refuse a row that contradicts its own kind."""
    written_off = row.kind is Kind.ADJUSTMENT
    below_zero = row.quantity < 0
    for wrong, reason in (
        (written_off and (row.unit_price_pence != 0 or row.customer_id), Reason.SALE_BELOW_ZERO),
        (below_zero and not written_off and not row.is_credit, Reason.SALE_BELOW_ZERO),
        (not below_zero and row.is_credit, Reason.CREDIT_ABOVE_ZERO),
        (not written_off and not row.name, Reason.NAME_MISSING),
        (not row.name.isprintable(), Reason.NAME_UNREADABLE),
        (not written_off and row.unit_price_pence == 0, Reason.PRICE_ZERO),
        (row.unit_price_pence < 0, Reason.PRICE_NEGATIVE),
    ):
        if wrong:
            raise UnusableRow(reason)
