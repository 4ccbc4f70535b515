"""What may be sold: buffers, rules, and selling ahead."""

from typing import Annotated
from uuid import UUID

from litestar import Controller, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from api.deps import Caller, Session, Version
from api.lists import Limit
from api.policies import EVERYBODY, allow
from inventory.selling import backlog_limits, buffers, queries, rulebook
from inventory.selling.backlog_limits import Permit
from inventory.selling.views import (
    BacklogLimitIn,
    BacklogLimitOut,
    BacklogLimitsOut,
    BufferIn,
    BufferOut,
    RuleChangesIn,
    RuleIn,
    RuleOut,
    RulesOut,
)
from oms.accounts.models import Role, Scope
from oms.channels import channels

READING = allow(Scope.INVENTORY_READ, *EVERYBODY)
PLANNING = allow(Scope.INVENTORY_WRITE, Role.MANAGER, all_channels=True)
"""What binds every channel is not for keys that are bound to one."""

Filter = Annotated[str | None, QueryParameter(max_length=64)]


class SellingController(Controller):
    tags = ["Selling"]

    @put("/channel-buffers/{channel_id:uuid}", opt=allow(Scope.INVENTORY_WRITE, Role.MANAGER))
    async def set_buffer(
        self, session: Session, caller: Caller, channel_id: FromPath[UUID], data: JSONBody[BufferIn]
    ) -> BufferOut:
        """Say how many units a channel must leave on every shelf."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        await buffers.keep_back(session, channel_id=own, units=data.units)
        return BufferOut(channel_id=own, units=data.units)

    @get("/channel-buffers/{channel_id:uuid}", opt=READING)
    async def buffer(
        self, session: Session, caller: Caller, channel_id: FromPath[UUID]
    ) -> BufferOut:
        """Tell how many units a channel leaves on every shelf."""
        own = await channels.own(session, bound=caller.channel_id, asked=channel_id)
        return BufferOut(channel_id=own, units=await queries.buffer(session, channel_id=own))

    @post("/selling-rules", opt=PLANNING)
    async def add_rule(self, session: Session, data: JSONBody[RuleIn]) -> RuleOut:
        """Make a rule; it decides from now on."""
        if data.channel_id is not None:
            await channels.find(session, channel_id=data.channel_id)
        return RuleOut.model_validate(await rulebook.add(session, new=data))

    @get("/selling-rules", opt=READING)
    async def rules(
        self,
        session: Session,
        caller: Caller,
        channel_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> RulesOut:
        """List the rules, of every channel or those that bind one."""
        meant = channels.meant(bound=caller.channel_id, asked=channel_id)
        page = await queries.rules(session, channel_id=meant, cursor=cursor, limit=limit)
        shown = [RuleOut.model_validate(row) for row in page.rows]
        return RulesOut(rules=shown, next_cursor=page.next_cursor)

    @get("/selling-rules/{rule_id:uuid}", opt=READING)
    async def rule(self, session: Session, caller: Caller, rule_id: FromPath[UUID]) -> RuleOut:
        """Show one rule."""
        bound = caller.channel_id
        return RuleOut.model_validate(
            await queries.rule(session, rule_id=rule_id, channel_id=bound)
        )

    @patch("/selling-rules/{rule_id:uuid}", opt=PLANNING)
    async def change_rule(
        self,
        session: Session,
        rule_id: FromPath[UUID],
        version: Version,
        data: JSONBody[RuleChangesIn],
    ) -> RuleOut:
        """Change what a rule decides, or end it with `active: false`."""
        return RuleOut.model_validate(
            await rulebook.change(session, rule_id=rule_id, changes=data, version=version)
        )

    @put("/backlog-limits", opt=PLANNING)
    async def set_limit(self, session: Session, data: JSONBody[BacklogLimitIn]) -> BacklogLimitOut:
        """Say how many units of an item may be sold ahead as backorders or preorders."""
        if data.channel_id is not None:
            await channels.find(session, channel_id=data.channel_id)
        limit = await backlog_limits.permit(
            session,
            sku=data.sku,
            channel_id=data.channel_id,
            permit=Permit(data.kind, data.units, data.available_at, data.open),
        )
        return BacklogLimitOut.model_validate(limit)

    @get("/backlog-limits", opt=READING)
    async def limits(
        self,
        session: Session,
        caller: Caller,
        sku: Filter = None,
        channel_id: FromQuery[UUID | None] = None,
        cursor: FromQuery[str | None] = None,
        limit: Limit = 50,
    ) -> BacklogLimitsOut:
        """List how much may be sold ahead and how much of it is owed."""
        meant = channels.meant(bound=caller.channel_id, asked=channel_id)
        page = await queries.backlog_limits(
            session, sku=sku, channel_id=meant, cursor=cursor, limit=limit
        )
        shown = [BacklogLimitOut.model_validate(row) for row in page.rows]
        return BacklogLimitsOut(limits=shown, next_cursor=page.next_cursor)
