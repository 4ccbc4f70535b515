"""The application: every route, one way of reading, answering and refusing."""

from litestar import Litestar, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, Contact, License, SecurityScheme
from litestar.plugins.pydantic import PydanticInitPlugin

from api import placing, policies
from api.accounts import AccountController
from api.authentication import Authentication
from api.availability import AvailabilityController
from api.bins import BinController
from api.carrier_webhooks import CarrierWebhookController
from api.channels import ChannelController
from api.count_plans import CountPlanController
from api.counts import CountController
from api.deps import PROVIDED
from api.exports import ExportController
from api.fulfillment_orders import FulfillmentOrderController
from api.health import HealthController
from api.holds import HoldController
from api.imports import ImportController
from api.items import IdentifierController, ItemController, ItemGroupController
from api.location_groups import LocationGroupController
from api.locations import LocationController
from api.lots import LotController
from api.machines import MachineController
from api.orders import OrderController
from api.pages import reference
from api.pages.reference import DocumentPlugin, ProblemPage, ReferencePlugin
from api.pages.timeline import TimelinePage
from api.payment_webhooks import PaymentWebhookController
from api.payments import PaymentController, RefundController
from api.promises import PromiseController
from api.purchase_orders import PurchaseOrderController
from api.requests import (
    StrictInputs,
    StrictRequest,
    check_parameters,
    known_parameters,
)
from api.responses import EXCEPTION_HANDLERS, ResourceResponse
from api.returns import ReturnController
from api.selling import SellingController
from api.serials import SerialController
from api.shipments import ShipmentController
from api.shipping_notices import ShippingNoticeController
from api.stock import StockController
from api.stock_rows import StockRowsController
from api.timeline import TimelineController
from api.transfers import TransferController
from api.webhook_endpoints import WebhookEndpointController, WebhookMessageController
from oms.kernel import db

MAX_BODY_BYTES = 5_000_000

CONTROLLERS = [
    AccountController,
    AvailabilityController,
    PromiseController,
    BinController,
    CarrierWebhookController,
    ChannelController,
    CountController,
    CountPlanController,
    ExportController,
    FulfillmentOrderController,
    HoldController,
    IdentifierController,
    ImportController,
    ItemController,
    ItemGroupController,
    LocationController,
    LocationGroupController,
    LotController,
    MachineController,
    OrderController,
    PaymentController,
    PaymentWebhookController,
    PurchaseOrderController,
    RefundController,
    ReturnController,
    SellingController,
    SerialController,
    ShipmentController,
    ShippingNoticeController,
    StockController,
    StockRowsController,
    TimelineController,
    TransferController,
    WebhookEndpointController,
    WebhookMessageController,
]
"""Everything below /v1."""

PAGES = [HealthController, ProblemPage, TimelinePage]
"""Everything beside it."""


DESCRIPTION = """
Send `Authorization: Bearer …` with an API key or a staff token. A key that is bound to a channel
sees nothing of any other; staff of some locations see the work of those locations.

Bodies are JSON in UTF-8, read strictly: a field we do not know, `"5"` for `5`, a number that is
none are refused with the place where they stand. Of a name given twice the last value counts.
Money is `{"amount": 1980, "currency": "JPY"}` in minor units; times are RFC 3339 with an offset.

A POST that moves stock, money or goods needs an `Idempotency-Key`. Send the same request with the
same key again whenever you are not sure: it is done once, and you get the same answer.

What has a state has a `version`, which is also its `ETag`; send it as `If-Match` to change only
what you have seen. `actions` are the verbs that are possible now.

Lists come in pages: follow `next_cursor`, or `Link: rel="next"`, until there is none.

Refusals are problems by RFC 9457 with a stable `code`. 409 means that the state of things does
not permit it now, 422 that a rule forbids it, 503 that the same request may succeed shortly.
"""


def create_app() -> Litestar:
    """Build the application. Raises PolicyMissing when a route does not say who may call it."""
    app = Litestar(
        route_handlers=[Router("/v1", route_handlers=[*CONTROLLERS]), *PAGES],
        request_class=StrictRequest,
        response_class=ResourceResponse,
        dependencies=PROVIDED,
        middleware=[Authentication()],
        before_request=check_parameters,
        exception_handlers=EXCEPTION_HANDLERS,
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=_openapi(),
        plugins=[PydanticInitPlugin(), StrictInputs()],
        on_shutdown=[db.dispose],
        logging_config=None,
    )
    app.state.desk = placing.desk()
    app.state.known_parameters = known_parameters(app)
    policies.demand(app)
    return app


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="OMS",
        version="1",
        summary="Stock, orders, parcels and returns of every channel in one story.",
        description=DESCRIPTION,
        contact=Contact(name="The OMS authors"),
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        openapi_router=reference.router(),
        render_plugins=[ReferencePlugin(), DocumentPlugin()],
        security=[{"bearer": []}],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An API key of a program or the token of a member of staff.",
                )
            }
        ),
    )
