"""The story of an order, for staff and programs as facts, for the shopper in words."""

from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath, FromQuery

from api.deps import Caller, Session
from api.policies import EVERYBODY, allow
from oms.accounts.models import Scope
from oms.journey import links, stories, timeline
from oms.journey.languages import Language, Voice
from oms.journey.views import Audience, LinkOut, StoryOut, TimelineOut
from oms.orders import queries as orders


class TimelineController(Controller):
    path = "/orders/{order_id:uuid}"
    tags = ["Timeline"]

    @get("/timeline", opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def tell(
        self,
        session: Session,
        caller: Caller,
        order_id: FromPath[UUID],
        audience: FromQuery[Audience] = Audience.STAFF,
        language: FromQuery[Language] = Language.EN,
        time_zone: FromQuery[str | None] = None,
        after: FromQuery[int] = 0,
    ) -> TimelineOut | StoryOut:
        """Tell all that happened to an order's stock, money, parcels and returns, first to last.

        `audience=customer` tells only what concerns the shopper, as their page shows it.
        """
        channel_id = caller.channel_id
        if audience is Audience.CUSTOMER:
            voice = Voice.of(language, time_zone)
            return await stories.tell(
                session, order_id=order_id, voice=voice, channel_id=channel_id
            )
        return await timeline.tell(
            session, order_id=order_id, channel_id=channel_id, language=language, after=after
        )

    @get("/timeline-link", opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def link(self, session: Session, caller: Caller, order_id: FromPath[UUID]) -> LinkOut:
        """Return the address of the page on which the shopper can follow the order."""
        order = await orders.find(session, order_id=order_id, channel_id=caller.channel_id)
        return LinkOut(url=links.url(order.id))
