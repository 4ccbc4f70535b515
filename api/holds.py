"""Holds: a cart reserves its stock for a while."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from litestar import Controller, get, patch, post
from litestar.params import FromPath, JSONBody

from api.deps import AnyRequest, Caller, Session, Version
from api.idempotent import idempotent
from api.policies import EVERYBODY, allow
from inventory.holds import holds, views
from inventory.holds.holds import Cart, Terms
from inventory.holds.views import ExtensionIn, HoldChangesIn, HoldIn, HoldLineIn, HoldOut
from oms.accounts.models import Role, Scope
from oms.channels import channels

HOLDING = allow(Scope.ORDERS_WRITE, Role.SUPPORT, Role.STORE, Role.MANAGER)


class HoldController(Controller):
    path = "/holds"
    tags = ["Holds"]

    @post(opt=HOLDING)
    @idempotent
    async def create(
        self, request: AnyRequest, session: Session, caller: Caller, data: JSONBody[HoldIn]
    ) -> HoldOut:
        """Reserve all that a cart has, or nothing; every shortage is named."""
        channel_id = await channels.own(session, bound=caller.channel_id, asked=data.channel_id)
        there = data.destination
        cart = Cart(
            channel_id=channel_id,
            external_id=data.external_id,
            lines=_summed(data.lines),
            destination=None if there is None else (there.latitude, there.longitude),
            terms=Terms(data.seconds, data.payment_method),
        )
        found = await holds.create(session, cart=cart)
        return await views.show(session, hold_id=found.id)

    @get("/{hold_id:uuid}", opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def read(self, session: Session, caller: Caller, hold_id: FromPath[UUID]) -> HoldOut:
        """Read a hold."""
        return await views.show(session, hold_id=hold_id, channel_id=caller.channel_id)

    @patch("/{hold_id:uuid}", opt=HOLDING)
    @idempotent
    async def change(
        self,
        request: AnyRequest,
        session: Session,
        caller: Caller,
        hold_id: FromPath[UUID],
        version: Version,
        data: JSONBody[HoldChangesIn],
    ) -> HoldOut:
        """Hold other lines instead, all of them or none; the cart is kept for longer."""
        found = await holds.change(
            session,
            hold_id=hold_id,
            lines=_summed(data.lines),
            channel_id=caller.channel_id,
            version=version,
        )
        return await views.show(session, hold_id=found.id)

    @post("/{hold_id:uuid}/extend", opt=HOLDING, status_code=200)
    @idempotent
    async def extend(
        self,
        request: AnyRequest,
        session: Session,
        caller: Caller,
        hold_id: FromPath[UUID],
        version: Version,
        data: JSONBody[ExtensionIn],
    ) -> HoldOut:
        """Hold for longer, never beyond the limit of the settings."""
        found = await holds.extend(
            session,
            hold_id=hold_id,
            terms=Terms(data.seconds, data.payment_method),
            channel_id=caller.channel_id,
            version=version,
        )
        return await views.show(session, hold_id=found.id)

    @post("/{hold_id:uuid}/release", opt=HOLDING, status_code=200)
    @idempotent
    async def release(
        self,
        request: AnyRequest,
        session: Session,
        caller: Caller,
        hold_id: FromPath[UUID],
        version: Version,
    ) -> HoldOut:
        """Give the cart up: its stock can be sold to others at once."""
        found = await holds.release(
            session, hold_id=hold_id, channel_id=caller.channel_id, version=version
        )
        return await views.show(session, hold_id=found.id)


def _summed(lines: Sequence[HoldLineIn]) -> dict[str, int]:
    units: Counter[str] = Counter()
    for line in lines:
        units[line.sku] += line.quantity
    return dict(units)
