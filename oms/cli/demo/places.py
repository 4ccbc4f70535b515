"""Where things are: British towns and the capitals of the countries the shop sold to.

Coordinates are public facts about town centres, rounded to a hundredth of a degree. The
weight of a town is its built-up area in hundreds of thousands of people, roughly.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A town; the postcode area is the letters a British postcode there begins with, or empty."""

    name: str
    country_code: str
    postcode_area: str
    latitude: float
    longitude: float


def _town(
    name: str, area: str, latitude: float, longitude: float, weight: int
) -> tuple[Place, int]:
    return Place(name, "GB", area, latitude, longitude), weight


def _capital(name: str, country_code: str, latitude: float, longitude: float) -> Place:
    return Place(name, country_code, "", latitude, longitude)


# name, postcode area, latitude and longitude in degrees, weight
TOWNS: tuple[tuple[Place, int], ...] = (
    _town("Aberdeen", "AB", 57.15, -2.09, 2),
    _town("Belfast", "BT", 54.60, -5.93, 6),
    _town("Birmingham", "B", 52.48, -1.89, 25),
    _town("Bournemouth", "BH", 50.72, -1.88, 5),
    _town("Brighton", "BN", 50.82, -0.14, 5),
    _town("Bristol", "BS", 51.45, -2.59, 6),
    _town("Cambridge", "CB", 52.20, 0.12, 2),
    _town("Cardiff", "CF", 51.48, -3.18, 4),
    _town("Carlisle", "CA", 54.90, -2.93, 1),
    _town("Coventry", "CV", 52.41, -1.51, 4),
    _town("Derby", "DE", 52.92, -1.48, 3),
    _town("Dundee", "DD", 56.46, -2.97, 1),
    _town("Edinburgh", "EH", 55.95, -3.19, 5),
    _town("Exeter", "EX", 50.73, -3.53, 1),
    _town("Glasgow", "G", 55.86, -4.25, 10),
    _town("Gloucester", "GL", 51.86, -2.24, 2),
    _town("Inverness", "IV", 57.48, -4.22, 1),
    _town("Ipswich", "IP", 52.06, 1.16, 2),
    _town("Kingston upon Hull", "HU", 53.74, -0.33, 3),
    _town("Leeds", "LS", 53.80, -1.55, 18),
    _town("Leicester", "LE", 52.64, -1.13, 5),
    _town("Lincoln", "LN", 53.23, -0.54, 1),
    _town("Liverpool", "L", 53.41, -2.98, 9),
    _town("London", "EC", 51.51, -0.13, 98),
    _town("Luton", "LU", 51.88, -0.42, 3),
    _town("Manchester", "M", 53.48, -2.24, 26),
    _town("Milton Keynes", "MK", 52.04, -0.76, 2),
    _town("Newcastle upon Tyne", "NE", 54.97, -1.61, 8),
    _town("Northampton", "NN", 52.24, -0.90, 2),
    _town("Norwich", "NR", 52.63, 1.30, 2),
    _town("Nottingham", "NG", 52.95, -1.15, 7),
    _town("Oxford", "OX", 51.75, -1.26, 2),
    _town("Peterborough", "PE", 52.57, -0.24, 2),
    _town("Plymouth", "PL", 50.37, -4.14, 3),
    _town("Portsmouth", "PO", 50.80, -1.09, 4),
    _town("Preston", "PR", 53.76, -2.70, 3),
    _town("Reading", "RG", 51.45, -0.97, 3),
    _town("Sheffield", "S", 53.38, -1.47, 7),
    _town("Southampton", "SO", 50.90, -1.40, 4),
    _town("Stoke-on-Trent", "ST", 53.00, -2.18, 4),
    _town("Swansea", "SA", 51.62, -3.94, 3),
    _town("Swindon", "SN", 51.56, -1.78, 2),
    _town("Warrington", "WA", 53.39, -2.60, 2),
    _town("York", "YO", 53.96, -1.08, 2),
)

# The key is the file's own name of the country.
CAPITALS: dict[str, Place] = {
    "Australia": _capital("Canberra", "AU", -35.28, 149.13),
    "Belgium": _capital("Brussels", "BE", 50.85, 4.35),
    "Channel Islands": _capital("Saint Helier", "JE", 49.19, -2.11),
    "Cyprus": _capital("Nicosia", "CY", 35.17, 33.36),
    "Denmark": _capital("Copenhagen", "DK", 55.68, 12.57),
    "EIRE": _capital("Dublin", "IE", 53.35, -6.26),
    "France": _capital("Paris", "FR", 48.86, 2.35),
    "Germany": _capital("Berlin", "DE", 52.52, 13.41),
    "Iceland": _capital("Reykjavik", "IS", 64.15, -21.94),
    "Italy": _capital("Rome", "IT", 41.90, 12.50),
    "Japan": _capital("Tokyo", "JP", 35.68, 139.69),
    "Lithuania": _capital("Vilnius", "LT", 54.69, 25.28),
    "Netherlands": _capital("Amsterdam", "NL", 52.37, 4.90),
    "Norway": _capital("Oslo", "NO", 59.91, 10.75),
    "Poland": _capital("Warsaw", "PL", 52.23, 21.01),
    "Portugal": _capital("Lisbon", "PT", 38.72, -9.14),
    "Spain": _capital("Madrid", "ES", 40.42, -3.70),
    "Sweden": _capital("Stockholm", "SE", 59.33, 18.07),
    "Switzerland": _capital("Bern", "CH", 46.95, 7.45),
}

_TOWN_BY_NAME = {place.name: place for place, _ in TOWNS}


def town(name: str) -> Place:
    """The British town of that name."""
    return _TOWN_BY_NAME[name]
