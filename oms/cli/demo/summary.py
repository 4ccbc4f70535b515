"""What happened, on one screen: counted by those who took part, and by the database."""

from collections import Counter
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from oms.cli import verify
from oms.cli.demo import books
from oms.cli.demo.books import Moved
from oms.cli.demo.documents import Dataset
from oms.cli.demo.tally import Tally
from oms.kernel import money
from oms.kernel.checks import Finding

SHOWN = 20


@dataclass(frozen=True)
class Report:
    """All that the summary tells."""

    dataset: Dataset
    tally: Tally
    seconds: float
    numbers: dict[str, int]
    cancelled: Counter[str]
    money: list[Moved]
    findings: list[Finding]

    @property
    def surprises(self) -> list[str]:
        """What went otherwise than it must, apart from broken invariants."""
        told = list(self.tally.surprises)
        heard = self.tally.counts["webhooks verified"]
        if heard != self.numbers["webhooks_delivered"]:
            told.append(f"{heard} webhooks heard, {self.numbers['webhooks_delivered']} delivered")
        return told

    @property
    def exit_code(self) -> int:
        """0 when everything went as it must."""
        return 1 if self.surprises or verify.broken(self.findings) else 0


async def gather(dataset: Dataset, tally: Tally, *, seconds: float) -> Report:
    """Read the books and check every invariant."""
    return Report(
        dataset=dataset,
        tally=tally,
        seconds=seconds,
        numbers=await books.numbers(),
        cancelled=await books.cancelled(),
        money=await books.money(),
        findings=await verify.findings(),
    )


def show(report: Report, console: Console) -> None:
    """Print the summary, then everything that should not have happened."""
    table = Table("Two weeks", "", title_justify="left", box=None, pad_edge=False)
    for name, told in (*_sold(report), *_moved(report), *_came_back(report), *_told(report)):
        table.add_row(name, told)
    console.print(table)
    for surprise in report.surprises[:SHOWN]:
        console.print(f"  {surprise}", style="red", markup=False, soft_wrap=True)
    for finding in verify.broken(report.findings):
        console.print(f"{finding.check.name}: {finding.offenders}", style="red", markup=False)


def _sold(report: Report) -> list[tuple[str, str]]:
    tally, numbers = report.tally, report.numbers
    refused = tally.reasons["refused"]
    rows = Counter(row.reason.value for row in report.dataset.refused)
    return [
        ("Rows refused", f"{sum(rows.values()):,}{_why(rows)}"),
        ("Orders placed", f"{numbers['orders']:,}"),
        ("Orders refused", f"{sum(refused.values()):,}{_why(refused)}"),
        ("Orders cancelled", f"{report.cancelled.total():,}{_why(report.cancelled)}"),
        ("Units ordered", f"{numbers['units']:,}"),
    ]


def _moved(report: Report) -> list[tuple[str, str]]:
    tally, numbers = report.tally, report.numbers
    shipped, split = numbers["orders_shipped"], numbers["orders_split"]
    share = f"{100 * split / shipped:.1f} %" if shipped else "–"
    scans = {
        "told twice": tally.counts["scans told twice"],
        "out of order": tally.counts["scans out of order"],
    }
    return [
        ("Parcels shipped", f"{numbers['parcels']:,} with {numbers['units_shipped']:,} units"),
        ("Orders split", f"{split:,} of {shipped:,} ({share})"),
        ("Work given back", f"{tally.counts['rejections']:,} (the shelf was empty)"),
        ("Units backordered", f"{numbers['units_backordered']:,}"),
        ("Parcels delivered", f"{numbers['parcels_delivered']:,}"),
        ("Carrier scans", f"{numbers['scans']:,}{_why(scans)}"),
    ]


def _came_back(report: Report) -> list[tuple[str, str]]:
    tally = report.tally
    missing = tally.reasons["units not returned"]
    written_off, blind = tally.counts["units written off"], tally.counts["units returned blind"]
    rows = [
        ("Returns", f"{tally.counts['returns']:,} with {tally.counts['units returned']:,} units"),
        ("Blind returns", f"{tally.counts['blind returns']:,} with {blind:,} units"),
        ("Units not returned", f"{sum(missing.values()):,}{_why(missing)}"),
        ("Units written off", f"{written_off:,}{_why(tally.reasons['units not written off'])}"),
    ]
    for one in report.money:
        captured, granted, processed = (
            money.written(amount, one.currency)
            for amount in (one.captured, one.granted, one.processed)
        )
        rows += [("Captured", captured), ("Refunded", f"{processed} of {granted} granted")]
    return rows


def _told(report: Report) -> list[tuple[str, str]]:
    tally, numbers = report.tally, report.numbers
    told = numbers["webhooks_delivered"]
    verified = tally.counts["webhooks verified"]
    again = {"at the second attempt": tally.counts["webhooks not taken at first"]}
    p50, p99 = (tally.placing_milliseconds(percent) for percent in (50, 99))
    rows = sum(finding.rows for finding in report.findings)
    broken = verify.broken(report.findings)
    verdict = f"{len(broken)} checks failed" if broken else "OK"
    requests = tally.counts["requests"]
    rate = requests / report.seconds if report.seconds else 0
    return [
        ("Events", f"{numbers['events']:,} with {numbers['reactions']:,} reactions"),
        ("Stock movements", f"{numbers['movements']:,}"),
        ("Webhooks delivered", f"{told:,}, {verified:,} verified{_why(again)}"),
        ("Requests", f"{requests:,} in {report.seconds:.0f} s ({rate:.0f} per second)"),
        ("Posts told again", f"{tally.counts['posts told again']:,}, each in effect once"),
        ("Placing an order", f"p50 {p50} ms, p99 {p99} ms"),
        ("Surprises", f"{tally.surprise_count:,}"),
        ("oms verify", f"{verdict} ({len(report.findings)} checks of {rows:,} rows)"),
    ]


def _why(reasons: dict[str, int] | Counter[str]) -> str:
    """List reasons behind a number: ` (out_of_stock 21)`."""
    told = ", ".join(f"{reason} {number:,}" for reason, number in sorted(reasons.items()) if number)
    return f" ({told})" if told else ""
