"""Facts about places. Their subject is the location."""

from uuid import UUID

from oms.kernel.events import Event


class LocationDeactivated(Event, name="location.deactivated"):
    """A location takes no new work; what was promised there and is not begun goes elsewhere."""

    location_id: UUID
    code: str
