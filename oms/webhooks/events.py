"""What happened to endpoints: kept for the record, never sent out."""

from uuid import UUID

from oms.kernel.events import Event


class EndpointCreated(Event, name="webhook_endpoint.created"):
    """An integrator asked for our events."""

    endpoint_id: UUID
    url: str
    events: list[str]


class EndpointChanged(Event, name="webhook_endpoint.changed"):
    """Where, what or whether to send was changed."""

    endpoint_id: UUID
    url: str
    events: list[str]


class EndpointDisabled(Event, name="webhook_endpoint.disabled"):
    """Nothing is sent there any more until somebody enables it."""

    endpoint_id: UUID
    reason: str


class EndpointDeleted(Event, name="webhook_endpoint.deleted"):
    """The endpoint is gone for good."""

    endpoint_id: UUID


OURS = {one.name for one in (EndpointCreated, EndpointChanged, EndpointDisabled, EndpointDeleted)}
"""Facts that say where others listen; no endpoint may hear of them."""
