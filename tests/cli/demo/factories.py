"""Papers of a small shop, with working defaults."""

import csv
import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

from oms.cli.demo.documents import CreditLine, CreditNote, InvoiceLine, SaleInvoice
from oms.cli.demo.rows import COLUMNS

NOON = datetime(2010, 12, 6, 12, 0, tzinfo=UTC)

_CELLS = ("536365", "85123A", "LANTERN", "6", "2010-12-01 08:26:00", "2.55", "17850")


def cells(**changes: str) -> list[str]:
    """One row of the file as its cells; changes by column name."""
    known = dict(zip(COLUMNS, (*_CELLS, "United Kingdom"), strict=True))
    assert changes.keys() <= known.keys()
    return list((known | changes).values())


def text(*rows: list[str]) -> str:
    """The file as text: the header and the rows."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([COLUMNS, *rows])
    return stream.getvalue()


def file(folder: Path, content: str) -> Path:
    """The content as a gzipped file."""
    path = folder / "online_retail.csv.gz"
    path.write_bytes(gzip.compress(content.encode()))
    return path


def sale(number: str, *lines: tuple[str, int], **changes: object) -> SaleInvoice:
    """A sale of (sku, quantity) lines."""
    values: dict = {
        "number": number,
        "placed_at": NOON,
        "customer_id": "17850",
        "country": "United Kingdom",
        "lines": tuple(InvoiceLine(sku, "LANTERN", quantity, 255) for sku, quantity in lines),
        "shipping_pence": 0,
    }
    return SaleInvoice(**(values | changes))


def note(number: str, *lines: tuple[str, int], **changes: object) -> CreditNote:
    """A credit note of (sku, quantity) lines."""
    values: dict = {
        "number": number,
        "issued_at": NOON,
        "customer_id": "17850",
        "country": "United Kingdom",
        "lines": tuple(CreditLine(sku, "LANTERN", quantity, 255) for sku, quantity in lines),
        "shipping_pence": 0,
    }
    return CreditNote(**(values | changes))
