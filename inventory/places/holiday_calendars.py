"""Public holidays of countries and their parts, as the library `holidays` knows them."""

from datetime import date
from functools import cache

import holidays


def known(calendar: str) -> bool:
    """Tell whether there is such a calendar: a country (JP) or a part of one (US-CA)."""
    country, _, part = calendar.partition("-")
    parts = holidays.list_supported_countries(include_aliases=False).get(country)
    return parts is not None and (not part or part in parts)


@cache
def days(calendar: str, year: int) -> frozenset[date]:
    """Return the public holidays of a year; a calendar nobody knows has none."""
    if not known(calendar):
        return frozenset()
    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
