"""What each kind of place may do, and does unless it is told otherwise."""

from collections.abc import Mapping

from inventory.places.models import LocationKind
from oms.kernel.errors import Rejected

K = LocationKind

ABILITIES = ("ships", "pickup", "receives_returns", "counts")
"""Orders are sent from here, handed over here, returns arrive here, stock is counted here."""

DOES = {
    # kind            what it does unless it is told otherwise
    K.WAREHOUSE:      {"ships", "receives_returns", "counts"},
    K.STORE:          {"ships", "pickup", "receives_returns", "counts"},
    K.THIRD_PARTY:    {"ships", "receives_returns", "counts"},
    K.SUPPLIER:       {"ships"},
    K.VIRTUAL:        set(),
}  # fmt: skip

MAY = {
    # kind            what it may do: third parties and suppliers have no door for shoppers,
    #                 suppliers count their goods themselves, and a virtual place is nowhere
    K.WAREHOUSE:      set(ABILITIES),
    K.STORE:          set(ABILITIES),
    K.THIRD_PARTY:    {"ships", "receives_returns", "counts"},
    K.SUPPLIER:       {"ships", "receives_returns"},
    K.VIRTUAL:        set(),
}  # fmt: skip


class KindCannot(Rejected):
    """A place of this kind cannot do this."""

    kind: str
    cannot: list[str]
    possible: list[str]


def abilities(kind: LocationKind, wanted: Mapping[str, bool | None]) -> dict[str, bool]:
    """Return what a place does; what is not said goes by its kind. Raises KindCannot."""
    does = {
        ability: ability in DOES[kind] if (said := wanted.get(ability)) is None else said
        for ability in ABILITIES
    }
    if cannot := [ability for ability in ABILITIES if does[ability] and ability not in MAY[kind]]:
        possible = [ability for ability in ABILITIES if ability in MAY[kind]]
        raise KindCannot(kind.value, cannot, possible)
    return does
