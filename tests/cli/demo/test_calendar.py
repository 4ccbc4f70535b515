"""Who waits for a moment of the file is woken when it is reached, and not before."""

import asyncio
from datetime import timedelta

from oms.cli.demo.calendar import Calendar
from tests.cli.demo.factories import NOON

HOUR = timedelta(hours=1)


async def waiting(calendar, moment):
    task = asyncio.create_task(calendar.wait(moment))
    await asyncio.sleep(0)
    return task


async def test_a_moment_that_has_come_is_not_waited_for():
    calendar = Calendar(NOON)

    await calendar.wait(NOON)
    await calendar.wait(NOON - HOUR)


async def test_those_are_woken_whose_moment_has_come():
    calendar = Calendar(NOON)
    soon, late = await waiting(calendar, NOON + HOUR), await waiting(calendar, NOON + 3 * HOUR)

    calendar.advance(NOON + 2 * HOUR)
    await asyncio.sleep(0)

    assert soon.done()
    assert not late.done()
    late.cancel()


async def test_the_calendar_never_goes_back():
    calendar = Calendar(NOON)

    calendar.advance(NOON + HOUR)
    calendar.advance(NOON)

    assert calendar.now == NOON + HOUR
    assert calendar.reached(NOON + HOUR)


async def test_at_the_end_every_moment_has_come():
    calendar = Calendar(NOON)
    late = await waiting(calendar, NOON + 1000 * HOUR)

    calendar.end()
    await late

    assert calendar.reached(NOON + 2000 * HOUR)
