"""Tracing credited goods to the purchases they come from.

The file does not link a credit note to a sale. The rule: the latest earlier purchase of the same
sku by the same customer that still has units not taken back; what is left goes to the one before
it. A guest has no earlier purchases, so a guest's credit is always blind.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from oms.cli.demo.documents import (
    CreditLine,
    CreditNote,
    MatchedPiece,
    SaleInvoice,
    timeline,
)


def trace(
    sales: Iterable[SaleInvoice], credit_notes: Iterable[CreditNote]
) -> tuple[CreditNote, ...]:
    """The credit notes in the order of time, every line with the pieces it was traced to."""
    purchases = _Purchases()
    traced: list[CreditNote] = []
    for document in timeline([*sales, *credit_notes]):
        if isinstance(document, SaleInvoice):
            purchases.add(document)
        elif isinstance(document, CreditNote):
            traced.append(purchases.trace(document))
    return tuple(traced)


class _Purchases:
    """What each customer bought and has not sent back, the latest on top."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], list[MatchedPiece]] = defaultdict(list)

    def add(self, sale: SaleInvoice) -> None:
        if sale.customer_id is None:
            return
        for index, line in enumerate(sale.lines):
            piece = MatchedPiece(invoice=sale.number, line_index=index, quantity=line.quantity)
            self._open[sale.customer_id, line.sku].append(piece)

    def trace(self, note: CreditNote) -> CreditNote:
        return replace(note, lines=tuple(self._trace_line(note, line) for line in note.lines))

    def _trace_line(self, note: CreditNote, line: CreditLine) -> CreditLine:
        if note.customer_id is None:
            return line
        return replace(line, pieces=self._take(note.customer_id, line.sku, line.quantity))

    def _take(self, customer_id: str, sku: str, quantity: int) -> tuple[MatchedPiece, ...]:
        bought = self._open[customer_id, sku]
        pieces: list[MatchedPiece] = []
        while quantity > 0 and bought:
            latest = bought.pop()
            taken = min(quantity, latest.quantity)
            pieces.append(replace(latest, quantity=taken))
            if taken < latest.quantity:
                bought.append(replace(latest, quantity=latest.quantity - taken))
            quantity -= taken
        return tuple(pieces)
