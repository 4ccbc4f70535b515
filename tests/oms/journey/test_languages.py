from datetime import UTC, datetime

import pytest

from oms.journey import languages
from oms.journey.languages import Language, UnknownTimeZone, Voice
from oms.kernel.money import Money

MOMENT = datetime(2026, 1, 14, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "header", "chosen"),
    [
        (None, None, "en"),
        (None, "ja", "ja"),
        (None, "ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        (None, "en-GB,en;q=0.9,ja;q=0.8", "en"),
        (None, "fr,de;q=0.9", "en"),
        (None, "fr,ja;q=0.5,en;q=0.4", "ja"),
        (None, "en;q=0.1,ja;q=0.2", "ja"),
        (None, "ja;q=nonsense", "en"),
        (None, "," * 100_000, "en"),
        ("en", "ja", "en"),
        ("ja", "en", "ja"),
        ("fr", "ja", "ja"),
        ("JA'<script>", None, "en"),
    ],
)
def test_a_language_is_asked_for_or_the_browsers_best(asked, header, chosen):
    assert languages.choose(asked=asked, header=header) == chosen


@pytest.mark.parametrize(
    ("amount", "currency", "english", "japanese"),
    [
        (1980, "JPY", "¥1,980", "￥1,980"),
        (1234, "GBP", "£12.34", "£12.34"),
        (-5, "GBP", "-£0.05", "-£0.05"),
    ],
)
def test_money_is_written_with_its_own_decimals(amount, currency, english, japanese):
    value = Money(amount=amount, currency=currency)

    assert languages.money(value, Language.EN) == english
    assert languages.money(value, Language.JA) == japanese


def test_times_are_those_of_the_reader():
    assert Voice.of(Language.JA).moment(MOMENT) == "2026年1月15日 00:30"
    assert Voice.of(Language.EN).moment(MOMENT) == "14 Jan 2026, 15:30"
    assert Voice.of(Language.EN, "Asia/Tokyo").moment(MOMENT) == "15 Jan 2026, 00:30"
    assert Voice.of(Language.JA).weekday(MOMENT) == "1月15日(木)"
    assert Voice.of(Language.EN).weekday(MOMENT) == "Wednesday 14 January"


@pytest.mark.parametrize("name", ["Tokyo", "Asia/Nowhere", "../../etc/passwd", "x" * 10_000])
def test_an_unknown_time_zone_is_refused(name):
    with pytest.raises(UnknownTimeZone):
        Voice.of(Language.JA, name)
