"""Imports that several work off at once, or that break off anywhere: every row counts once."""

import asyncio
import random
import tracemalloc
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from inventory.models import StockMovement
from oms.channels.imports import queries, runs
from oms.channels.imports.rows import CHUNK_ROWS
from oms.channels.imports.states import ImportStatus
from oms.kernel import db
from oms.kernel.bulk import Mode
from tests.drain import drain
from tests.factories import location
from tests.oms.channels.imports.files import received

ROWS = 1_200
CHUNKS = 3


def levels(units):
    return "sku,location,on_hand\n" + "".join(f"SKU-{place},TYO,{units}\n" for place in range(ROWS))


async def sent(**wish):
    """Open a place, make items known and send the file that sets their levels."""
    items = "sku,name\n" + "".join(f"SKU-{place},A cup\n" for place in range(ROWS))
    async with db.transaction() as session:
        await location(session, code="TYO")
        await received(session, "items.csv", items, mode=Mode.ALL_OR_NOTHING)
    await drain()
    async with db.transaction() as session:
        return await received(session, "levels.csv", levels(5), **wish)


async def ended(made):
    """Return how an import ended, and how many lines the ledger has."""
    async with db.transaction() as session:
        lines = await session.scalar(select(func.count()).select_from(StockMovement))
        return await queries.one(session, import_id=made.id), lines


async def work(made, chunk):
    await runs.work.run(import_id=str(made.id), chunk=str(chunk))


async def test_chunks_that_several_work_off_at_once_and_again_are_done_once(database):
    made = await sent()

    for chunk in (0, 1, 0, 2, 1, 2):
        await asyncio.gather(*(work(made, chunk) for _ in range(3)))

    one, lines = await ended(made)
    assert (one.status, one.changed, one.next_chunk) == (ImportStatus.DONE, ROWS, CHUNKS)
    assert lines == ROWS
    assert await drain() > 0
    assert (await ended(made))[1] == ROWS


@pytest.mark.parametrize("mode", list(Mode))
async def test_steps_that_are_broken_off_anywhere_leave_nothing_done_twice(database, mode):
    made = await sent(mode=mode)
    chance = random.Random(7)

    broken = 0
    for _ in range(40):
        one, lines = await ended(made)
        assert lines == one.changed
        if not one.open:
            break
        try:
            async with asyncio.timeout(chance.uniform(0.005, 0.02) * 1.4**broken):  # until it fits
                await work(made, one.next_chunk)
        except TimeoutError:
            broken += 1

    one, lines = await ended(made)
    assert broken > 0
    assert (one.status, one.changed, lines) == (ImportStatus.DONE, ROWS, ROWS)


async def test_an_import_is_cancelled_or_done_and_its_rows_are_whole_chunks(database):
    made = await sent()
    await work(made, 0)

    async def cancel():
        async with db.transaction() as session:
            await runs.cancel(session, import_id=made.id)

    await asyncio.gather(work(made, 1), cancel())

    one, lines = await ended(made)
    assert one.status is ImportStatus.CANCELLED
    assert lines == one.changed
    assert lines in {500, 1_000}


async def sent_by_stream(shop, rows):
    """Send a file of so many rows piece by piece and begin on it; returns the most memory used."""

    async def pieces():
        yield b"sku,name,unit\n"
        for place in range(rows):
            yield f"SKU-{place},A cup {'x' * 200},piece\n".encode()

    token = await shop.token("manager")
    tracemalloc.start()
    try:
        answer = await shop.client.post(
            "/v1/imports/items.csv?dry_run=true",
            content=pieces(),
            headers={"authorization": f"Bearer {token}", "idempotency-key": uuid4().hex},
        )
        assert (answer.status_code, answer.json()["rows"]) == (202, rows)
        for _ in range(2):
            one = await runs.press(import_id=UUID(answer.json()["id"]))
        assert one.added == 2 * CHUNK_ROWS
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak_bytes


@pytest.mark.slow
async def test_twenty_thousand_rows_need_no_more_memory_than_two_thousand(shop):
    await sent_by_stream(shop, 1_500)  # what is loaded and kept at the first time

    few = await sent_by_stream(shop, 2_000)
    many = await sent_by_stream(shop, 20_000)

    assert many < few + 1_500_000
