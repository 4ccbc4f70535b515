"""An order as its shopper sees it: where it is now, what is in it, and what happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from fulfillment import queries as fulfillment
from fulfillment import views as shown
from fulfillment.states import TrackingStatus
from fulfillment.views import ShipmentOut
from oms.journey import queries, words
from oms.journey.languages import Language, Voice
from oms.journey.timeline import MAX_ENTRIES, fact
from oms.journey.views import (
    ChapterOut,
    ContentOut,
    ItemOut,
    ParcelOut,
    SightingOut,
    StateOut,
    StepOut,
    StoryOut,
    TermOut,
)
from oms.kernel import actors
from oms.kernel.events import EventRow
from oms.kernel.money import Money
from oms.kernel.pages import MAX_LIMIT
from oms.orders import views as orders
from oms.orders.states import CancelReason, GoodsStatus, MoneyStatus, OrderStatus, ReturnsStatus
from oms.orders.views import OrderLineOut, OrderOut
from oms.payments import queries as payments

STEPS = ("received", "preparing", "shipped", "delivered")

REACHED = {
    GoodsStatus.UNFULFILLED: 0,
    GoodsStatus.BACKORDERED: 1,
    GoodsStatus.IN_WORK: 1,
    GoodsStatus.PARTIALLY_SHIPPED: 2,
    GoodsStatus.SHIPPED: 2,
    GoodsStatus.DELIVERED: 3,
}
"""Which of the steps is the current one; a cancelled order has none."""

URGENT = (
    TrackingStatus.EXCEPTION,
    TrackingStatus.ATTEMPT_FAILED,
    TrackingStatus.AVAILABLE_FOR_PICKUP,
    TrackingStatus.OUT_FOR_DELIVERY,
)
"""What a shopper wants to read first about any parcel that has not arrived."""

GOODS = {
    GoodsStatus.UNFULFILLED: "received",
    GoodsStatus.BACKORDERED: "backordered",
    GoodsStatus.IN_WORK: "preparing",
    GoodsStatus.PARTIALLY_SHIPPED: "partially_shipped",
    GoodsStatus.SHIPPED: "shipped",
    GoodsStatus.CANCELLED: "cancelled",
}


async def tell(
    session: AsyncSession, *, order_id: UUID, voice: Voice, channel_id: UUID | None = None
) -> StoryOut:
    """Tell the shopper an order's story. Raises UnknownOrder."""
    order = await orders.show(session, order_id=order_id, channel_id=channel_id)
    with actors.acting(actors.SYSTEM):  # who may see the order may see all its parcels
        page = await fulfillment.shipments(session, order_id=order.id, limit=MAX_LIMIT)
        parcels = await shown.shipments(session, page.rows[::-1])
    rows = await queries.events(session, subject_id=order.id, after=0, limit=MAX_ENTRIES)
    language = voice.language
    return StoryOut(
        number=order.number,
        language=language,
        time_zone=voice.zone.key,
        headline=_term("headline", headline(order, parcels), language),
        placed_at=order.placed_at,
        changed_at=order.changed_at,
        steps=_steps(order, language),
        items=[_item(line, language) for line in order.lines],
        parcels=[_parcel(one, _names(order), language) for one in parcels],
        refunded=await _refunded(session, order),
        entries=_chapters(rows, language),
        **{
            part: getattr(order, part) for part in ("goods", "discount", "shipping", "tax", "total")
        },
    )


def headline(order: OrderOut, parcels: Sequence[ShipmentOut]) -> str:
    """Say in one word how the order stands, the shopper's most urgent matter first."""
    if order.status is OrderStatus.CANCELLED:
        return "declined" if order.cancel_reason == CancelReason.DECLINED else "cancelled"
    if order.payment_status is MoneyStatus.DECLINED:
        return "declined"
    if order.returns_status is ReturnsStatus.RETURNED:
        return "returned"
    if order.goods_status is GoodsStatus.DELIVERED:
        asked = order.returns_status is ReturnsStatus.REQUESTED
        return "returning" if asked else "delivered"
    seen = {parcel.tracking_status for parcel in parcels if parcel.delivered_at is None}
    urgent = next((status.value for status in URGENT if status in seen), None)
    return urgent or GOODS[order.goods_status]


def states(line: OrderLineOut) -> dict[str, int]:
    """Return how many units of a line are where, in the words of the shopper."""
    back = line.return_requested + line.returned
    counted = {
        "preparing": line.allocated + line.in_work,
        "backordered": line.backordered,
        "shipped": max(line.shipped - max(line.delivered, back), 0),
        "delivered": max(line.delivered - back, 0),
        "return_requested": line.return_requested,
        "returned": line.returned,
        "cancelled": line.cancelled,
    }
    return {state: count for state, count in counted.items() if count}


def _steps(order: OrderOut, language: Language) -> list[StepOut]:
    reached = REACHED.get(order.goods_status)
    if reached is None or order.status is OrderStatus.CANCELLED:
        return []
    arrived = reached == len(STEPS) - 1
    return [
        StepOut(
            code=step,
            text=words.term("step", step, language),
            state="done"
            if place < reached or arrived
            else "current"
            if place == reached
            else "todo",
        )
        for place, step in enumerate(STEPS)
    ]


def _item(line: OrderLineOut, language: Language) -> ItemOut:
    return ItemOut(
        name=line.name,
        quantity=line.ordered,
        total=line.goods,
        states=[
            StateOut(code=state, text=words.term("line", state, language), count=count)
            for state, count in states(line).items()
        ],
    )


def _parcel(parcel: ShipmentOut, names: Mapping[UUID, str], language: Language) -> ParcelOut:
    units: dict[str, int] = defaultdict(int)
    for line in parcel.lines:
        units[names.get(line.order_line_id, line.sku)] += line.quantity
    return ParcelOut(
        carrier=_term("carrier", parcel.carrier, language),
        tracking_number=parcel.tracking_number,
        status=_term("status", parcel.tracking_status, language),
        shipped_at=parcel.shipped_at,
        delivered_at=parcel.delivered_at,
        contents=[ContentOut(name=name, quantity=count) for name, count in units.items()],
        sightings=[
            SightingOut(
                status=_term("status", scan.status, language),
                place=scan.place,
                occurred_at=scan.occurred_at,
            )
            for scan in reversed(parcel.scans)
        ],
    )


async def _refunded(session: AsyncSession, order: OrderOut) -> Money | None:
    found = await payments.of_order(session, order_id=order.id)
    amount = sum(payment.refunded for payment in found)
    return Money(amount=amount, currency=order.total.currency) if amount else None


def _chapters(rows: Sequence[EventRow], language: Language) -> list[ChapterOut]:
    """Tell in the order in which it happened: a late scan is told where it belongs."""
    return [
        ChapterOut(
            sequence=row.sequence,
            name=row.name,
            icon=words.icon(fact(row)),
            occurred_at=row.occurred_at,
            text=text,
        )
        for row in sorted(rows, key=lambda one: (one.occurred_at, one.sequence))
        if (text := words.shopper(fact(row), language)) is not None
    ]


def _names(order: OrderOut) -> dict[UUID, str]:
    return {line.id: line.name for line in order.lines}


def _term(group: str, code: str, language: Language) -> TermOut:
    return TermOut(code=code, text=words.term(group, code, language))
