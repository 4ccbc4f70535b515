"""The days of the file, passed in minutes: who waits for a moment is woken when it is reached.

The site moves the calendar with every order it posts. The others look at it, so that an agent
does not take back tomorrow's order and a parcel is not delivered before it was bought.
"""

import asyncio
import heapq
from datetime import datetime, timedelta
from itertools import count


class Calendar:
    """A moment of the file that only moves forward, and those who wait for a later one."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self.ended = False
        self._order = count()
        self._waiting: list[tuple[datetime, int, asyncio.Event]] = []

    def advance(self, moment: datetime) -> None:
        """Go on to a moment, if it is a later one, and wake who waited for it."""
        self.now = max(self.now, moment)
        while self._waiting and (self.ended or self._waiting[0][0] <= self.now):
            heapq.heappop(self._waiting)[2].set()

    def end(self) -> None:
        """Let all days pass: from now on every moment has come."""
        self.ended = True
        self.advance(self.now)

    def reached(self, moment: datetime) -> bool:
        """Tell whether a moment has come."""
        return self.ended or moment <= self.now

    async def wait(self, moment: datetime, *, after: timedelta = timedelta()) -> None:
        """Sleep until a moment, or so long after it."""
        due = moment + after
        if self.reached(due):
            return
        woken = asyncio.Event()
        heapq.heappush(self._waiting, (due, next(self._order), woken))
        await woken.wait()
