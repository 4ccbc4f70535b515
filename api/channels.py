"""Sales channels."""

from uuid import UUID

from litestar import Controller, get, post
from litestar.params import JSONBody

from api.deps import Session
from api.policies import EVERYBODY, allow
from oms.accounts.models import Role
from oms.channels import channels
from oms.channels.models import ChannelKind
from oms.kernel.inputs import Code, Input, Output, Word, fields
from oms.kernel.money import Currency


class ChannelIn(Input):
    """A channel to open."""

    code: Code
    name: Word
    kind: ChannelKind = ChannelKind.SITE
    currency: Currency


class ChannelOut(Output):
    """A channel."""

    id: UUID
    code: str
    name: str
    kind: ChannelKind
    currency: str


class ChannelsOut(Output):
    """All channels."""

    channels: list[ChannelOut]


class ChannelController(Controller):
    path = "/channels"
    tags = ["Channels"]

    @post(opt=allow(None, Role.MANAGER))
    async def create(self, session: Session, data: JSONBody[ChannelIn]) -> ChannelOut:
        """Open a channel."""
        channel = await channels.open_channel(session, **fields(data))
        return ChannelOut.model_validate(channel)

    @get(opt=allow(None, *EVERYBODY))
    async def list_all(self, session: Session) -> ChannelsOut:
        """List the channels."""
        found = await channels.everyone(session)
        return ChannelsOut(channels=[ChannelOut.model_validate(one) for one in found])
