"""Support agents: every credit note of the file becomes cancellations, returns and blind returns.

Units traced to a purchase come back against its order, all others blind. What was credited whole
within the hour is cancelled, when no location has begun to work on it.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from oms.cli.demo import arrivals, chances, posting, retries
from oms.cli.demo.client import Surprise
from oms.cli.demo.documents import CreditNote, MatchedPiece, SaleInvoice
from oms.cli.demo.network import Channel
from oms.cli.demo.shop import Order, Shop, pounds

AGENTS = 8
LOOKS = 60
LONGEST_PAUSE_SECONDS = 15
SECOND_THOUGHTS = timedelta(hours=1)
TOO_LATE = {"work_started", "nothing_to_cancel"}
NOT_LEFT = {"not_returnable"}

# Why goods come back, and how often of a hundred times.
REASONS = (
    ("unwanted", 40),
    ("not_as_described", 20),
    ("defective", 20),
    ("wrong_item", 12),
    ("style", 8),
)


async def take_back(shop: Shop) -> None:
    """Process all credit notes, each when its day comes, a few at once."""
    stage = shop.screen.stage("credit notes processed", len(shop.dataset.credits))
    desks = asyncio.Semaphore(AGENTS)

    async def process(note: CreditNote) -> None:
        await shop.calendar.wait(note.issued_at)
        await _Case(shop, note, desks).work()
        stage.advance()

    async with asyncio.TaskGroup() as cases:
        for note in shop.dataset.credits:
            cases.create_task(process(note))


class _Case:
    """One credit note and what has to be done about it."""

    def __init__(self, shop: Shop, note: CreditNote, desks: asyncio.Semaphore) -> None:
        self.shop = shop
        self.note = note
        self.desks = desks

    async def work(self) -> None:
        """Do what the note asks for; a surprise in one part spoils that part only."""
        traced: defaultdict[str, list[MatchedPiece]] = defaultdict(list)
        for line in self.note.lines:
            for piece in line.pieces:
                traced[piece.invoice].append(piece)
        for invoice, pieces in traced.items():
            await self._guarded(self._take_back(invoice, pieces))
        if any(line.unmatched for line in self.note.lines):
            await self._guarded(self._take_back_blind())
        self.shop.tally.add("shipping credited, in pence", self.note.shipping_pence)

    async def _take_back(self, invoice: str, pieces: list[MatchedPiece]) -> None:
        """Cancel a sale or send units of it back."""
        units = sum(piece.quantity for piece in pieces)
        await self._until(lambda: invoice in self.shop.orders or invoice in self.shop.refused)
        order = self.shop.orders.get(invoice)
        if order is None:
            refusal = self.shop.refused.get(invoice, "a surprise")
            self._blame(f"order refused: {refusal}", units)
            return
        if self._is_second_thought(order.sale, units) and await self._cancel(order, units):
            return
        wanted = Counter[str]()
        for piece in pieces:
            wanted[order.line_ids[piece.line_index]] += piece.quantity
        await self._until(lambda: all(self.shop.shipped[one] >= n for one, n in wanted.items()))
        await self._send_back(order, wanted)

    def _is_second_thought(self, sale: SaleInvoice, units: int) -> bool:
        whole = units == sum(line.quantity for line in sale.lines)
        return whole and self.note.issued_at - sale.placed_at <= SECOND_THOUGHTS

    async def _cancel(self, order: Order, units: int) -> bool:
        """Cancel the order, unless a location has begun; tells whether it is cancelled."""
        answer = await self.shop.people.agent.post(
            f"/v1/orders/{order.id}/cancel",
            {"reason": "customer"},
            key=retries.idempotency_key("cancel", order.sale.number),
            refusals=TOO_LATE,
        )
        if answer.refusal is None:
            self.shop.tally.blame("units not returned", "cancelled in time", units)
        else:
            self.shop.tally.add("cancellations too late")
        return answer.refusal is None

    async def _send_back(self, order: Order, wanted: Counter[str]) -> None:
        """Return what was shipped of the units wanted; say why the rest is not returned."""
        found = await self._read(order, wanted)
        lines = []
        for line in found["lines"]:
            units = wanted[line["id"]]
            possible = min(units, _returnable(line))
            if possible < units:
                self._blame(_why_not(found), units - possible)
            if possible:
                reason = self._reason(line["sku"])
                lines.append({"order_line_id": line["id"], "quantity": possible, "reason": reason})
        if lines:
            asked = {"order_id": order.id, "lines": lines}
            await self._ask(asked, f"{self.note.number}-{order.sale.number}")

    async def _read(self, order: Order, wanted: Counter[str]) -> dict[str, Any]:
        """Look at the order until it knows that what left the house has left it."""
        path = f"/v1/orders/{order.id}"
        found: dict[str, Any] = await self.shop.people.agent.get(path)
        for look in range(LOOKS):
            lines = {line["id"]: line for line in found["lines"]}
            left = {line: min(units, self.shop.shipped[line]) for line, units in wanted.items()}
            if all(_returnable(lines[line]) >= units for line, units in left.items()):
                break
            self.shop.tally.add("looks at orders that are behind")
            await asyncio.sleep(min(2**look, LONGEST_PAUSE_SECONDS))
            found = await self.shop.people.agent.get(path)
        return found

    async def _take_back_blind(self) -> None:
        lines = [
            {
                "sku": line.sku,
                "quantity": line.unmatched,
                "unit_credit": pounds(line.unit_price_pence),
                "reason": self._reason(line.sku),
            }
            for line in self.note.lines
            if line.unmatched
        ]
        asked = {"channel_id": self.shop.premises.channels[Channel.WEB], "lines": lines}
        await self._ask(asked, f"{self.note.number}-blind")

    async def _ask(self, asked: dict[str, Any], number: str) -> None:
        """Make the return and see it through."""
        async with self.desks:
            answer = await posting.post(
                self.shop.people.agent,
                "/v1/returns",
                {**asked, "external_id": number, "note": f"credit note {self.note.number}"},
                act="return",
                number=number,
                refusals=NOT_LEFT,
            )
            if answer.refusal is None:
                await arrivals.see_through(self.shop, self.note, answer.body)
            else:
                units = sum(line["quantity"] for line in asked["lines"])
                self._blame(str(answer.refusal), units)

    def _reason(self, sku: str) -> str:
        return chances.pick(REASONS, "reason", self.note.number, sku)

    def _blame(self, reason: str, units: int) -> None:
        self.shop.tally.blame("units not returned", reason, units)

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so, or until it can no longer become so."""
        async with self.shop.moved:
            await self.shop.moved.wait_for(lambda: condition() or self.shop.staff_left.is_set())

    async def _guarded(self, part: Any) -> None:  # noqa: ANN401 -- a coroutine
        try:
            await part
        except Surprise:
            return


def _returnable(line: dict[str, Any]) -> int:
    return int(line["shipped"] - line["returned"] - line["return_requested"])


def _why_not(order: dict[str, Any]) -> str:
    if order["status"] == "cancelled":
        return f"order cancelled: {order['cancel_reason']}"
    return f"not shipped: {order['goods_status']}"
