"""Facts about items. Their subject is the item."""

from oms.kernel.events import Event


class ItemAdded(Event, name="item.added"):
    """An item is known from now on."""

    sku: str


class ItemChanged(Event, name="item.changed"):
    """Something else is said of an item: these fields, read it for what they are now."""

    sku: str
    version: int
    fields: list[str]
