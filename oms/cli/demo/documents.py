"""What the file tells once read: sales, credit notes and stock adjustments."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from oms.cli.demo.rows import Reason


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """Some units of one sku at one price; the same sku may stand in several lines."""

    sku: str
    name: str
    quantity: int
    unit_price_pence: int


@dataclass(frozen=True, slots=True)
class SaleInvoice:
    """One order of the shop. Without a customer it is a guest's.

    A line is addressed by its index in `lines`. `shipping_pence` is what the invoice charges
    for sending the goods.
    """

    number: str
    placed_at: datetime
    customer_id: str | None
    country: str
    lines: tuple[InvoiceLine, ...]
    shipping_pence: int

    @property
    def goods_pence(self) -> int:
        """The sum of the lines."""
        return sum(line.quantity * line.unit_price_pence for line in self.lines)

    @property
    def total_pence(self) -> int:
        """Goods and shipping; corrections the file holds besides are refused rows."""
        return self.goods_pence + self.shipping_pence


@dataclass(frozen=True, slots=True)
class MatchedPiece:
    """Units of a credit line traced to one line of one earlier sale."""

    invoice: str
    line_index: int
    quantity: int


@dataclass(frozen=True, slots=True)
class CreditLine:
    """Units taken back, as a positive quantity, and the purchases they were traced to."""

    sku: str
    name: str
    quantity: int
    unit_price_pence: int
    pieces: tuple[MatchedPiece, ...] = ()

    @property
    def unmatched(self) -> int:
        """Units no earlier purchase explains: a blind return."""
        return self.quantity - sum(piece.quantity for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class CreditNote:
    """A cancellation or return; `shipping_pence` is the shipping paid back with it."""

    number: str
    issued_at: datetime
    customer_id: str | None
    country: str
    lines: tuple[CreditLine, ...]
    shipping_pence: int


@dataclass(frozen=True, slots=True)
class StockAdjustment:
    """Units that left the stock without a sale; the quantity is negative.

    `note` is what the shop wrote beside it (damages, thrown away, …), mostly nothing.
    """

    number: str
    adjusted_at: datetime
    sku: str
    quantity: int
    note: str | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that does not enter; `row_number` is its line in the file, the header being 1."""

    row_number: int
    invoice: str
    reason: Reason


Document = SaleInvoice | CreditNote | StockAdjustment


@dataclass(frozen=True, slots=True)
class Dataset:
    """The whole file: each list in the order of time, the refused rows in the file's order."""

    sales: tuple[SaleInvoice, ...]
    credits: tuple[CreditNote, ...]
    adjustments: tuple[StockAdjustment, ...]
    refused: tuple[RefusedRow, ...]

    def first(self, orders: int) -> "Dataset":
        """The first so many sales, with what happened until the last of them.

        Credit notes are kept when their goods come from these sales, blind ones when they are
        not later.
        """
        sales = self.sales[:orders]
        numbers = {sale.number for sale in sales}
        end = sales[-1].placed_at

        def belongs(note: CreditNote) -> bool:
            origins = {piece.invoice for line in note.lines for piece in line.pieces}
            return origins <= numbers and (bool(origins) or note.issued_at <= end)

        return replace(
            self,
            sales=sales,
            credits=tuple(note for note in self.credits if belongs(note)),
            adjustments=tuple(one for one in self.adjustments if one.adjusted_at <= end),
        )


def timeline(documents: Iterable[Document]) -> list[Document]:
    """The documents as the shop wrote them: by minute, then by the number sequence they share."""
    return sorted(documents, key=lambda document: (moment(document), document.number.lstrip("C")))


def moment(document: Document) -> datetime:
    """When the shop wrote the document."""
    match document:
        case SaleInvoice():
            return document.placed_at
        case CreditNote():
            return document.issued_at
        case StockAdjustment():
            return document.adjusted_at
