"""Reading the Online Retail file into sales, credit notes and stock adjustments."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path

from oms.cli.demo import matches, rows
from oms.cli.demo.documents import (
    CreditLine,
    CreditNote,
    Dataset,
    InvoiceLine,
    RefusedRow,
    SaleInvoice,
    StockAdjustment,
)
from oms.cli.demo.rows import Kind, Reason, Row, UnusableRow


@dataclass(eq=False)
class UnknownFile(ValueError):
    """The file does not begin with the header of Online Retail."""

    header: str


def read_shipped() -> Dataset:
    """Read the part of Online Retail that travels with the program."""
    with as_file(files("oms.cli.demo") / "data" / "online_retail.csv.gz") as path:
        return read(path)


def read(path: Path) -> Dataset:
    """Read a gzipped Online Retail file; a row is used or refused with a reason, never mended.

    Raises UnknownFile when the header is another one.
    """
    pile = _Pile()
    for row_number, cells in _cells(path):
        try:
            pile.add(rows.parse(cells, row_number=row_number))
        except UnusableRow as error:
            pile.refuse(row_number, cells[0] if cells else "", error.reason)
    pile.refuse_shipping_without_goods()
    sales = [_sale(group) for group in pile.groups.values() if not group[0].is_credit]
    notes = [_note(group) for group in pile.groups.values() if group[0].is_credit]
    return Dataset(
        sales=tuple(sorted(sales, key=lambda sale: (sale.placed_at, sale.number))),
        credits=matches.trace(sales, notes),
        adjustments=tuple(
            sorted(pile.adjustments, key=lambda change: (change.adjusted_at, change.number))
        ),
        refused=tuple(sorted(pile.refused, key=lambda row: row.row_number)),
    )


def _cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every line under the header. No value holds a line break, so a torn quote costs one line."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as stream:
        header = next(stream, "")
        if header.rstrip("\r\n") != ",".join(rows.COLUMNS):
            raise UnknownFile(header[:200])
        for row_number, line in enumerate(stream, start=2):
            try:
                yield row_number, next(csv.reader([line], strict=True))
            except csv.Error:
                yield row_number, line.split(",", 1)[:1]


@dataclass
class _Pile:
    """Rows while they are read, grouped by invoice number."""

    groups: dict[str, list[Row]] = field(default_factory=dict)
    adjustments: list[StockAdjustment] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def add(self, row: Row) -> None:
        if row.kind is Kind.ADJUSTMENT:
            self.adjustments.append(_adjustment(row))
            return
        group = self.groups.setdefault(row.invoice, [])
        if group and (row.customer_id, row.country) != (group[0].customer_id, group[0].country):
            raise UnusableRow(Reason.INVOICE_CONTRADICTS)
        group.append(row)

    def refuse(self, row_number: int, invoice: str, reason: Reason) -> None:
        self.refused.append(RefusedRow(row_number, invoice, reason))

    def refuse_shipping_without_goods(self) -> None:
        for number, group in list(self.groups.items()):
            if any(row.kind is Kind.GOODS for row in group):
                continue
            del self.groups[number]
            for row in group:
                self.refuse(row.row_number, number, Reason.SHIPPING_WITHOUT_GOODS)


def _sale(group: list[Row]) -> SaleInvoice:
    return SaleInvoice(
        number=group[0].invoice,
        placed_at=min(row.at for row in group),
        customer_id=group[0].customer_id,
        country=group[0].country,
        lines=tuple(
            InvoiceLine(row.sku, row.name, row.quantity, row.unit_price_pence)
            for row in group
            if row.kind is Kind.GOODS
        ),
        shipping_pence=_shipping_pence(group),
    )


def _note(group: list[Row]) -> CreditNote:
    return CreditNote(
        number=group[0].invoice,
        issued_at=min(row.at for row in group),
        customer_id=group[0].customer_id,
        country=group[0].country,
        lines=tuple(
            CreditLine(row.sku, row.name, -row.quantity, row.unit_price_pence)
            for row in group
            if row.kind is Kind.GOODS
        ),
        shipping_pence=_shipping_pence(group),
    )


def _shipping_pence(group: list[Row]) -> int:
    shipping = (row for row in group if row.kind is Kind.SHIPPING)
    return sum(abs(row.quantity) * row.unit_price_pence for row in shipping)


def _adjustment(row: Row) -> StockAdjustment:
    return StockAdjustment(
        number=row.invoice,
        adjusted_at=row.at,
        sku=row.sku,
        quantity=row.quantity,
        note=row.name or None,
    )
