"""`oms verify`: every invariant of every room, proved on the whole database."""

import asyncio
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from fulfillment.checks import CHECKS as FULFILLMENT
from inventory.checks import CHECKS as INVENTORY
from inventory.counts.checks import CHECKS as COUNTS
from inventory.holds.checks import CHECKS as HOLDS
from inventory.selling.checks import CHECKS as SELLING
from inventory.supply.checks import CHECKS as SUPPLY
from inventory.tracing.checks import CHECKS as TRACING
from inventory.transfers.checks import CHECKS as TRANSFERS
from oms.channels.checks import CHECKS as CHANNELS
from oms.cli import databases
from oms.journey.checks import CHECKS as JOURNEY
from oms.kernel import checks, db, log
from oms.kernel.checks import CHECKS as KERNEL
from oms.kernel.checks import Finding
from oms.kernel.partitions import CHECKS as PARTITIONS
from oms.orders.checks import CHECKS as ORDERS
from oms.payments.checks import CHECKS as PAYMENTS
from oms.webhooks.checks import CHECKS as WEBHOOKS
from returns.checks import CHECKS as RETURNS

CHECKS = [
    *INVENTORY,
    *HOLDS,
    *TRANSFERS,
    *COUNTS,
    *SELLING,
    *TRACING,
    *SUPPLY,
    *ORDERS,
    *PAYMENTS,
    *FULFILLMENT,
    *RETURNS,
    *JOURNEY,
    *CHANNELS,
    *WEBHOOKS,
    *KERNEL,
    *PARTITIONS,
]


def run() -> None:
    """Check, print what was seen, and exit with 1 when an invariant is broken."""
    log.configure()
    databases.ready()
    seen = asyncio.run(_alone())
    show(seen, Console())
    if broken(seen):
        raise typer.Exit(1)


async def findings() -> list[Finding]:
    """Run every check, each in a transaction of its own that may take its time."""
    seen = []
    for check in CHECKS:
        async with db.transaction() as session:
            await session.execute(text("SET LOCAL statement_timeout = 0"))
            seen.append(await checks.run(session, check))
    return seen


def broken(seen: Sequence[Finding]) -> list[Finding]:
    """Return the findings that do not hold."""
    return [finding for finding in seen if not finding.holds]


def show(seen: Sequence[Finding], console: Console) -> None:
    """Print what was checked, over how many rows, and whether it holds."""
    table = Table("Check", "What must hold", "Rows", "", box=None, pad_edge=False)
    table.columns[0].no_wrap, table.columns[2].justify = True, "right"
    for finding in seen:
        verdict = "[green]OK[/]" if finding.holds else "[bold red]BROKEN[/]"
        table.add_row(finding.check.name, finding.check.says, f"{finding.rows:,}", verdict)
    console.print(table)
    for finding in broken(seen):
        console.print(f"\n{finding.check.name} is broken by", style="bold red")
        for offender in finding.offenders:
            console.print(f"  {offender}", markup=False, highlight=False, soft_wrap=True)
    verdict = f"{len(broken(seen))} of {len(seen)} checks failed" if broken(seen) else "OK"
    console.print(f"\noms verify: {verdict}", highlight=False)


async def _alone() -> list[Finding]:
    try:
        return await findings()
    finally:
        await db.dispose()
