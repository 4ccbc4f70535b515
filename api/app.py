"""The application: every route, one way of reading, answering and refusing."""

from litestar import Litestar, Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import ScalarRenderPlugin
from litestar.openapi.spec import Components, Contact, SecurityScheme
from litestar.plugins.pydantic import PydanticInitPlugin

from api import policies
from api.accounts import AccountController
from api.authentication import Authentication
from api.availability import AvailabilityController
from api.carrier_webhooks import CarrierWebhookController
from api.channels import ChannelController
from api.deps import PROVIDED
from api.fulfillment_orders import FulfillmentOrderController
from api.health import HealthController
from api.items import ItemController
from api.locations import LocationController
from api.machines import MachineController
from api.orders import OrderController
from api.pages.timeline import TimelinePage
from api.payment_webhooks import PaymentWebhookController
from api.payments import PaymentController, RefundController
from api.requests import (
    StrictInputs,
    StrictRequest,
    check_parameters,
    known_parameters,
)
from api.responses import EXCEPTION_HANDLERS, ResourceResponse
from api.returns import ReturnController
from api.shipments import ShipmentController
from api.stock import StockController
from api.timeline import TimelineController
from api.webhook_endpoints import WebhookEndpointController, WebhookMessageController
from oms.kernel import db

MAX_BODY_BYTES = 5_000_000

CONTROLLERS = [
    AccountController,
    AvailabilityController,
    CarrierWebhookController,
    ChannelController,
    FulfillmentOrderController,
    ItemController,
    LocationController,
    MachineController,
    OrderController,
    PaymentController,
    PaymentWebhookController,
    RefundController,
    ReturnController,
    ShipmentController,
    StockController,
    TimelineController,
    WebhookEndpointController,
    WebhookMessageController,
]
"""Everything below /v1."""

PAGES = [HealthController, TimelinePage]
"""Everything beside it."""


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
    app.state.known_parameters = known_parameters(app)
    policies.demand(app)
    return app


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="OMS",
        version="1",
        summary="Stock, orders, parcels and returns of every channel in one story.",
        contact=Contact(name="The OMS authors"),
        path="/docs",
        render_plugins=[ScalarRenderPlugin()],
        security=[{"bearer": []}],
        components=Components(
            security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}
        ),
    )
