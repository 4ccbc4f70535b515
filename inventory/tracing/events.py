"""Facts about lots. Their subject is the lot."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from oms.kernel.events import Event


class Aside(BaseModel):
    """What became of the units of a lot at one location.

    So many of them were `moved` out of sale, or back; `still_promised` are those that lie in
    somebody's work or cover what an order was promised, so that they could not be.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    location_id: UUID
    moved: int
    still_promised: int


class LotQuarantined(Event, name="lot.quarantined"):
    """Units of a lot may not be sold for now."""

    lot_id: UUID
    sku: str
    code: str
    reason: str
    places: list[Aside]


class LotExpired(Event, name="lot.expired"):
    """A lot is past its date: its units may not be sold any more."""

    lot_id: UUID
    sku: str
    code: str
    expires_on: date
    places: list[Aside]


class LotRecalled(Event, name="lot.recalled"):
    """Units of a lot may not be sold, and those that were sold are wanted back."""

    lot_id: UUID
    sku: str
    code: str
    reason: str
    places: list[Aside]


class LotReleased(Event, name="lot.released"):
    """Units of a lot may be sold again."""

    lot_id: UUID
    sku: str
    code: str
    reason: str
    places: list[Aside]
