import asyncio

import pytest

from oms.kernel.gathering import Gathering


class Clerk:
    """Does lots when told to, and remembers them."""

    def __init__(self) -> None:
        self.lots = []
        self.free = asyncio.Event()

    async def work(self, kind, lot):
        self.lots.append((kind, list(lot)))
        await self.free.wait()
        if "poison" in lot and len(lot) > 1:
            raise ZeroDivisionError
        return [ValueError(one) if one in {"bad", "poison"} else f"{one} done" for one in lot]


async def test_who_comes_while_a_lot_is_done_is_in_the_next_one():
    clerk = Clerk()
    desk = Gathering(clerk.work, at_most=2)

    first = asyncio.create_task(desk.join("a", "1"))
    await asyncio.sleep(0)
    others = [asyncio.create_task(desk.join("a", str(one))) for one in (2, 3, 4)]
    await asyncio.sleep(0)
    clerk.free.set()

    assert await asyncio.gather(first, *others) == ["1 done", "2 done", "3 done", "4 done"]
    assert clerk.lots == [("a", ["1"]), ("a", ["2", "3"]), ("a", ["4"])]


async def test_lots_are_of_one_kind_and_do_not_wait_for_another():
    clerk = Clerk()
    desk = Gathering(clerk.work, at_most=9)

    waiting = [asyncio.create_task(desk.join(kind, kind)) for kind in ("a", "b")]
    await asyncio.sleep(0.01)

    assert clerk.lots == [("a", ["a"]), ("b", ["b"])]
    clerk.free.set()
    await asyncio.gather(*waiting)


async def test_a_refusal_is_told_to_its_own_and_to_nobody_else():
    clerk = Clerk()
    clerk.free.set()
    desk = Gathering(clerk.work, at_most=9)

    ended = await asyncio.gather(
        *(desk.join("a", one) for one in ("1", "bad", "2")), return_exceptions=True
    )

    assert [str(one) for one in ended] == ["1 done", "bad", "2 done"]


async def test_when_a_lot_fails_each_of_it_is_done_alone():
    clerk = Clerk()
    clerk.free.set()
    desk = Gathering(clerk.work, at_most=9)

    ended = await asyncio.gather(
        *(desk.join("a", one) for one in ("1", "poison", "2")), return_exceptions=True
    )

    assert [str(one) for one in ended] == ["1 done", "poison", "2 done"]
    assert isinstance(ended[1], ValueError)
    assert clerk.lots == [
        ("a", ["1", "poison", "2"]),
        ("a", ["1"]),
        ("a", ["poison"]),
        ("a", ["2"]),
    ]


async def test_who_goes_away_while_waiting_stops_nothing():
    clerk = Clerk()
    desk = Gathering(clerk.work, at_most=9)
    gone = asyncio.create_task(desk.join("a", "1"))
    stays = asyncio.create_task(desk.join("a", "2"))
    await asyncio.sleep(0)

    gone.cancel()
    await asyncio.sleep(0)
    clerk.free.set()

    assert await stays == "2 done"
    with pytest.raises(asyncio.CancelledError):
        await gone
