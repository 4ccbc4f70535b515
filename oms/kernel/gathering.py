"""Doing together what arrives together: who comes while a lot is being done is in the next one."""

import asyncio
from asyncio import Future
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
R = TypeVar("R")

Place = tuple[T, Future[R]]


class Gathering(Generic[K, T, R]):
    """Lots of a kind, done one after another; nobody waits for company.

    `work` does a lot of one kind and returns an outcome for each. When it fails, each of the lot
    is done alone, so that one of them cannot hurt its neighbours. Belongs to one event loop.
    """

    def __init__(
        self, work: Callable[[K, Sequence[T]], Awaitable[Sequence[R | Exception]]], *, at_most: int
    ) -> None:
        """Do lots of up to `at_most`."""
        self._work, self._at_most = work, at_most
        self._waiting: dict[K, list[Place[T, R]]] = {}
        self._serving: dict[K, asyncio.Task[None]] = {}

    async def join(self, kind: K, one: T) -> R:
        """Wait in line and return what became of `one`, or raise it.

        Who goes away while waiting stops nothing.
        """
        outcome: Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(kind, []).append((one, outcome))
        if kind not in self._serving:
            self._serving[kind] = asyncio.create_task(self._serve(kind))
        return await outcome

    async def _serve(self, kind: K) -> None:
        try:
            while line := self._waiting.pop(kind, None):
                lot, rest = line[: self._at_most], line[self._at_most :]
                if rest:
                    self._waiting[kind] = rest
                await self._do(kind, lot)
        finally:
            del self._serving[kind]

    async def _do(self, kind: K, lot: Sequence[Place[T, R]]) -> None:
        try:
            outcomes = await self._work(kind, [one for one, _ in lot])
        except Exception as error:  # noqa: BLE001 -- told to the one it belongs to
            if len(lot) > 1:
                for alone in lot:
                    await self._do(kind, [alone])
                return
            outcomes = [error]
        for (_, outcome), became in zip(lot, outcomes, strict=True):
            _tell(outcome, became)


def _tell(outcome: Future[R], became: R | Exception) -> None:
    if outcome.done():  # whoever asked has gone away
        return
    if isinstance(became, Exception):
        outcome.set_exception(became)
    else:
        outcome.set_result(became)
