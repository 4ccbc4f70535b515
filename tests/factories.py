"""Builders of test data: working defaults, the test names only what it is about."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from fulfillment import shipments, work
from fulfillment.models import Shipment, ShipmentLine, TrackingScan
from fulfillment.states import TrackingStatus
from fulfillment.work import OrderFacts, WorkLine
from inventory import commitments, movements
from inventory.catalog.models import Item, ItemComponent, ItemGroup, ItemGroupMember, ItemPack
from inventory.commitments import Promise
from inventory.models import Reason, StockLevel
from inventory.movements import Change
from inventory.places.models import GroupMember, Location, LocationGroup, LocationKind
from inventory.selling import rulebook
from inventory.selling.models import SellingRule
from inventory.selling.views import RuleIn
from inventory.transfers import departures
from inventory.transfers import requests as transfer_requests
from inventory.transfers.departures import Trip
from inventory.transfers.events import Moved
from inventory.transfers.models import Transfer
from inventory.transfers.requests import Paper
from oms.kernel import clock, events, ids, statements
from oms.kernel.events import Event, EventRow
from oms.orders import axes, placements, releases
from oms.orders import queries as order_queries
from oms.orders.models import Order, OrderLine
from oms.orders.placements import NewLine, NewOrder, NewPayment
from oms.orders.progress import COUNTERS
from oms.orders.states import OrderStatus
from oms.orders.totals import Charges
from oms.payments.models import Payment
from oms.payments.states import PaymentStatus
from oms.webhooks import endpoints, messages
from oms.webhooks.models import WebhookEndpoint, WebhookMessage
from returns import approvals, inspections, receipts, requests
from returns import queries as return_queries
from returns.inspections import Piece
from returns.models import Receipt, Return
from returns.receipts import Arrival, Place
from returns.requests import Wanted
from returns.states import Disposition, ReturnReason

# --- webhooks ---


class Happened(Event, name="test.happened"):
    """A fact of no room in particular."""

    number: int = 1


async def event_row(session, event=None, *, about=None, channel_id=None) -> EventRow:
    """Record a fact and read its row back."""
    about = about or ids.new()
    events.record(session, event or Happened(), about=about, channel_id=channel_id)
    await events.flush(session)
    found = await session.scalars(
        select(EventRow).where(col(EventRow.subject_id) == about).order_by(col(EventRow.id).desc())
    )
    return found.first()


async def webhook_endpoint(session, **given) -> WebhookEndpoint:
    """An active endpoint that wants everything of every channel."""
    wanted = {"url": "https://hooks.example/oms", "events": ["*"], **given}
    row = WebhookEndpoint(secret=endpoints.secret(), **wanted)
    session.add(row)
    await session.flush()
    return row


async def webhook_message(session, endpoint, *, payload=b'{"type":"test.happened"}'):
    """A message owed to an endpoint."""
    event = await event_row(session, channel_id=endpoint.channel_id)
    await messages.owe(session, event=event, payload=payload)
    newest = select(WebhookMessage).where(col(WebhookMessage.endpoint_id) == endpoint.id)
    return (await session.scalars(newest.order_by(col(WebhookMessage.id).desc()))).first()


# --- returns --------------------------------------------------------------------------------------


async def return_location(session, **given) -> Location:
    """A store that takes returns."""
    given = {
        "code": f"L-{ids.new().hex[-8:]}",
        "name": "Ginza",
        "kind": LocationKind.STORE,
        **given,
    }
    row = Location(country="JP", city="Tokyo", latitude=35.67, longitude=139.77, **given)
    session.add(row)
    await session.flush()
    return row


async def shipped_order(session, *lines, paid=True, **given) -> tuple[Order, list[OrderLine]]:
    """An order whose units all reached the shopper, charged in full; a line names what differs."""
    rows = [_shipped_line(position, line) for position, line in enumerate(lines or [{}], start=1)]
    given = {"channel_id": ids.new(), "external_id": ids.new().hex, "currency": "JPY", **given}
    sums = {name: sum(getattr(row, name) for row in rows) for name in _AMOUNTS}
    total = sums["goods_amount"] - sums["discount_amount"] + sums["tax_amount"]
    total += sums["shipping_amount"]
    now = clock.now()
    units = {name: sum(getattr(row, name) for row in rows) for name in ("ordered", *COUNTERS)}
    axis = {"goods_status": axes.goods_status(units), "returns_status": axes.returns_status(units)}
    order = Order(
        status=OrderStatus.RELEASED, customer={}, ship_to={}, placed_at=now, changed_at=now,
        total_amount=total, **axis, **sums, **given,
    )  # fmt: skip
    session.add_all([order, *[Item(sku=sku, name=sku) for sku in {row.sku for row in rows}]])
    await session.flush()
    for row in rows:
        row.order_id = order.id
    session.add_all(rows)
    if paid and total:
        session.add(_captured(order))
    await session.flush()
    return order, rows


async def approved_return(session, order, *wanted, **given) -> Return:
    """A return of some units (order line, quantity) that may come."""
    lines = [Wanted(line.id, quantity, ReturnReason.UNWANTED) for line, quantity in wanted]
    found = await requests.request(session, order_id=order.id, lines=lines, **given)
    return await approvals.approve(session, return_id=found.id)


async def received_return(
    session, order, *wanted, location_id=None
) -> tuple[Return, list[Receipt]]:
    """A return of which every unit has arrived at one place, in one receipt per line."""
    location_id = location_id or (await return_location(session)).id
    found = await approved_return(session, order, *wanted)
    lines = await return_queries.lines(session, return_ids=[found.id])
    arrivals = [Arrival(line.id, line.quantity) for line in lines]
    place = Place(location_id)
    await receipts.receive(session, return_id=found.id, place=place, arrivals=arrivals)
    came = await return_queries.receipts(session, return_ids=[found.id])
    by_line = {one.return_line_id: one for one in came}
    return found, [by_line[line.id] for line in lines]


async def inspected_return(session, order, *wanted, refund=True) -> Return:
    """A return of which every unit is back on the shelf."""
    found, came = await received_return(session, order, *wanted)
    pieces = [Piece(one.id, one.quantity, Disposition.RESTOCKED, refund) for one in came]
    return await inspections.inspect(session, return_id=found.id, pieces=pieces)


_AMOUNTS = ("goods_amount", "discount_amount", "tax_amount", "shipping_amount")


def _shipped_line(position, line) -> OrderLine:
    given = {"sku": f"SKU-{ids.new().hex[-8:]}", "unit_price": 1000, "ordered": 3, **line}
    shipped = given["ordered"] - given.get("cancelled", 0)
    reached = {"shipped": shipped, "delivered": shipped, "charged": shipped}
    goods = given["unit_price"] * given["ordered"]
    row = {**reached, "goods_amount": goods, **given}
    return OrderLine(id=ids.new(), position=position, name="A thing", **row)


def _captured(order) -> Payment:
    total = order.total_amount
    return Payment(
        order_id=order.id, channel_id=order.channel_id, gateway="manual", currency=order.currency,
        status=PaymentStatus.CAPTURED, amount=total, authorised=total, captured=total,
    )  # fmt: skip


# --- fulfilment ---


async def shelf(session, *, sku="CUP", units=10, location_id=None) -> StockLevel:
    """Units of an item at a location; both are made when they are missing."""
    if location_id is None:
        place = Location(
            code=f"L-{ids.new()}", name="Shelf", country="JP", city="Osaka",
            latitude=34.7, longitude=135.5,
        )  # fmt: skip
        session.add(place)
        location_id = place.id
    await session.execute(
        insert(Item).values(id=ids.new(), sku=sku, name=f"A {sku}", weight_grams=100, version=1,
                            active=True).on_conflict_do_nothing()
    )  # fmt: skip
    await session.flush()
    received = Change(sku, location_id, Reason.RECEIVED, on_hand=units)
    await movements.apply(session, changes=[received])
    return await session.get_one(StockLevel, (sku, location_id))


async def opened_work(session, *, units=None, location_id=None, channel_id=None):
    """Work of one location for a new order; the units, by SKU, are on its shelf and promised."""
    units = units or {"CUP": 2}
    for sku, quantity in units.items():
        level = await shelf(session, sku=sku, units=quantity, location_id=location_id)
        location_id = level.location_id
    lines = [WorkLine(ids.new(), sku, f"A {sku}", quantity) for sku, quantity in units.items()]
    promises = [Promise(line.order_line_id, line.sku, location_id, line.quantity) for line in lines]
    await commitments.make(session, promises=promises, reference="a test")
    facts = OrderFacts(ids.new(), "SO-1", channel_id or ids.new(), {"name": "Sato", "city": "Kobe"})
    return await work.open_work(session, order=facts, location_id=location_id, lines=lines)


async def packed_work(session, **given):
    """Work that waits for the carrier."""
    opened = await opened_work(session, **given)
    await work.accept(session, work_id=opened.id)
    await work.pick(session, work_id=opened.id)
    return await work.pack(session, work_id=opened.id)


async def shipped_parcel(session, *, tracking_number="SB-1", now=None, **given) -> Shipment:
    """A parcel the sandbox carrier has taken over."""
    packed = await packed_work(session, **given)
    return await shipments.ship(
        session,
        work_id=packed.id,
        carrier="sandbox",
        tracking_number=tracking_number,
        now=now or clock.now(),
    )


# --- inventory ---


async def location(session, **given) -> Location:
    """A warehouse that ships."""
    defaults = {"code": f"L-{ids.new().hex[-8:]}", "name": "Shinkiba", "city": "Tokyo"}
    row = Location(**{**defaults, "country": "JP", "latitude": 35.65, "longitude": 139.83, **given})
    session.add(row)
    await session.flush()
    return row


async def item(session, **given) -> Item:
    """Something that is sold."""
    row = Item(**{"sku": f"SKU-{ids.new().hex[-8:]}", "name": "A cup", **given})
    session.add(row)
    await session.flush()
    return row


async def item_group(session, code, *skus) -> ItemGroup:
    """A group of items."""
    group = ItemGroup(code=code, name=f"The {code}")
    session.add(group)
    await session.flush()
    session.add_all([ItemGroupMember(group_code=code, sku=sku) for sku in skus])
    await session.flush()
    return group


async def kit(session, sku, **parts) -> Item:
    """A kit of `parts[sku]` units each; its parts are added where they are not known."""
    row = await item(session, sku=sku, kit=True)
    for part, quantity in parts.items():
        if not await session.scalar(select(col(Item.id)).where(col(Item.sku) == part)):
            await item(session, sku=part)
        session.add(ItemComponent(kit_sku=sku, sku=part, quantity=quantity))
    await session.flush()
    return row


async def pack(session, sku, code, units, **given) -> ItemPack:
    """So many units of a known item that are handled as one."""
    row = ItemPack(sku=sku, code=code, units=units, **given)
    session.add(row)
    await session.flush()
    return row


async def transfer(session, *, stock=10, units=5, until="request", sku="CUP") -> Transfer:
    """Units of one SKU on their way between two warehouses, `until` a step of their journey."""
    level = await shelf(session, sku=sku, units=stock)
    paper = Paper(level.location_id, (await location(session)).id)
    found = await transfer_requests.request(
        session, paper=paper, lines=[Moved(sku=sku, quantity=units)]
    )
    steps = {
        "reserve": transfer_requests.reserve,
        "pick": departures.pick,
        "ship": partial(departures.ship, trip=Trip(), now=clock.now()),
    }
    for name, step in steps.items():
        if until in list(steps)[list(steps).index(name) :]:
            await step(session, transfer_id=found.id)
    return found


async def location_group(session, code, *places) -> LocationGroup:
    """A group of locations."""
    group = LocationGroup(code=code, name=f"The {code}")
    session.add(group)
    await session.flush()
    session.add_all([GroupMember(group_id=group.id, location_id=place.id) for place in places])
    await session.flush()
    return group


async def selling_rule(session, kind, **given) -> SellingRule:
    """A rule of what may be sold that decides everywhere unless it is told otherwise."""
    new = RuleIn.model_validate({"name": "A rule", "kind": kind, **given}, strict=False)
    return await rulebook.add(session, new=new)


# --- journey ---


async def told_order(session, *facts, channel_id=None, lines=({},), **given):
    """An order whose units arrived, with these facts in its story (made from its id)."""
    channel_id = channel_id or ids.new()
    order, rows = await shipped_order(session, *lines, channel_id=channel_id, **given)
    for fact in facts:
        events.record(session, fact(order.id), about=order.id, channel_id=channel_id)
    await events.flush(session)
    return order, rows


async def told_parcel(session, order, line, *, status=TrackingStatus.IN_TRANSIT, **given):
    """A parcel of an order with two units of one line, seen once by the sandbox carrier."""
    opened = await opened_work(session, channel_id=order.channel_id)
    now = clock.now()
    given = {"tracking_number": f"SB-{ids.new().hex[-8:]}", "shipped_at": now, **given}
    row = Shipment(
        fulfillment_order_id=opened.id, order_id=order.id, channel_id=order.channel_id,
        location_id=opened.location_id, carrier="sandbox", tracking_status=status, **given,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    contents = ShipmentLine(shipment_id=row.id, order_line_id=line.id, sku=line.sku, quantity=2)
    seen = TrackingScan(
        carrier="sandbox", scan_id=ids.new().hex, tracking_number=row.tracking_number,
        shipment_id=row.id, status=status, carrier_status=status, place="Kobe", occurred_at=now,
    )  # fmt: skip
    session.add_all([contents, seen])
    await session.flush()
    return row


# --- orders ---


async def sites(session, *stocks) -> list[Location]:
    """Locations with these units by SKU on their shelves, each further north of Tokyo."""
    made = []
    for number, units in enumerate(stocks):
        place = await location(session, latitude=35.68 + number, longitude=139.76)
        for sku, quantity in units.items():
            await shelf(session, sku=sku, units=quantity, location_id=place.id)
        made.append(place)
    return made


def new_order(*lines, **given) -> NewOrder:
    """An order to Tokyo of (sku, quantity, unit price), to be paid through the sandbox."""
    discount, shipping, tax = (given.pop(name, 0) for name in ("discount", "shipping", "tax"))
    new = [line if isinstance(line, NewLine) else NewLine(*line) for line in lines]
    goods = sum(line.quantity * line.unit_price - line.discount for line in new)
    total = given.pop("total", goods - discount + shipping + tax)
    told = {
        "channel_id": ids.new(),
        "external_id": ids.new().hex,
        "currency": "JPY",
        "placed_at": clock.now(),
        "customer": {"name": "Hanako Example"},
        "ship_to": {"city": "Tokyo", "country": "JP", "latitude": 35.68, "longitude": 139.76},
        "payment": NewPayment("sandbox", "card", "tok_ok"),
        **given,
    }
    return NewOrder(charges=Charges(discount, shipping, tax, total), lines=new, **told)


async def placed_order(session, *lines, **given) -> Order:
    """An order whose stock is promised."""
    placed = await placements.place(session, new=new_order(*lines, **given))
    await statements.settle(session)
    return await order_queries.find(session, order_id=placed.order.id)


async def released_order(session, *lines, **given) -> Order:
    """An order that locations work on."""
    order = await placed_order(session, *lines, **given)
    order = await order_queries.lock(session, order_id=order.id)
    await releases.release(session, order=order)
    return order
