"""The languages a shopper is spoken to in: choosing one, and writing money and time in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from babel import dates, numbers

from oms.kernel.errors import Rejected
from oms.kernel.money import Money, exponent

MAX_HEADER = 200


class Language(StrEnum):
    """A language with a catalogue."""

    EN = "en"
    JA = "ja"


class UnknownTimeZone(Rejected):
    """The time zone is not one of the IANA time zone database, like Asia/Tokyo."""

    time_zone: str


ZONES = {Language.EN: "Europe/London", Language.JA: "Asia/Tokyo"}
"""Where a reader of a language is taken to be unless told."""

LOCALES = {Language.EN: "en_GB", Language.JA: "ja"}

AMOUNTS = {Language.EN: "en", Language.JA: "ja"}
"""Plain English writes ¥1,980 where British English would write JP¥1,980."""


def choose(*, asked: str | None, header: str | None) -> Language:
    """Choose a language: the one asked for, else the browser's best (RFC 9110, 12.5.4)."""
    if asked in set(Language):
        return Language(asked)
    best, weight = Language.EN, 0.0
    for part in (header or "")[:MAX_HEADER].split(","):
        tag, _, quality = part.strip().partition(";q=")
        language, wanted = tag.partition("-")[0].lower(), _weight(quality)
        if language in set(Language) and wanted > weight:
            best, weight = Language(language), wanted
    return best


def zone(name: str | None, language: Language) -> ZoneInfo:
    """Return a time zone by name, or the one of the language. Raises UnknownTimeZone."""
    wanted = name or ZONES[language]
    if wanted not in _zones():
        raise UnknownTimeZone(wanted[:64])
    return ZoneInfo(wanted)


@dataclass(frozen=True)
class Voice:
    """A language and a time zone: how a reader is spoken to."""

    language: Language
    zone: ZoneInfo

    @classmethod
    def of(cls, language: Language, time_zone: str | None = None) -> Self:
        """Speak a language, in its usual time zone unless told. Raises UnknownTimeZone."""
        return cls(language, zone(time_zone, language))

    def money(self, value: Money) -> str:
        """Write money with its currency's decimals: £12.34, ¥1,980, ￥1,980."""
        return money(value, self.language)

    def day(self, value: datetime) -> str:
        """Write a date: 15 Jan 2026 or 2026年1月15日."""
        return self._written(value, {Language.EN: "d MMM y", Language.JA: "y年M月d日"})

    def weekday(self, value: datetime) -> str:
        """Write a day with its weekday: Thursday 15 January or 1月15日(木)."""
        return self._written(value, {Language.EN: "EEEE d MMMM", Language.JA: "M月d日(E)"})

    def clock(self, value: datetime) -> str:
        """Write a time of day: 12:03."""
        return self._written(value, dict.fromkeys(Language, "HH:mm"))

    def moment(self, value: datetime) -> str:
        """Write a date and time: 15 Jan 2026, 12:03 or 2026年1月15日 12:03."""
        separator = {Language.EN: ", ", Language.JA: " "}[self.language]
        return f"{self.day(value)}{separator}{self.clock(value)}"

    def _written(self, value: datetime, patterns: Mapping[Language, str]) -> str:
        pattern, locale = patterns[self.language], LOCALES[self.language]
        return str(dates.format_datetime(value, pattern, tzinfo=self.zone, locale=locale))


def money(value: Money, language: Language) -> str:
    """Write money with its currency's decimals: £12.34, ¥1,980, ￥1,980."""
    amount = Decimal(value.amount).scaleb(-exponent(value.currency))
    return str(numbers.format_currency(amount, value.currency, locale=AMOUNTS[language]))


def _weight(quality: str) -> float:
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
