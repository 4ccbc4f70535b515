"""The assumed world is the same in every run."""

from collections import Counter

import pytest

from oms.cli.demo import network, places
from oms.cli.demo.network import Channel, LocationKind, UnknownCountry
from tests.cli.demo.factories import note, sale


def test_two_warehouses_and_six_stores_have_codes_of_their_own():
    assert Counter(location.kind for location in network.LOCATIONS) == {
        LocationKind.WAREHOUSE: 2,
        LocationKind.STORE: 6,
    }
    assert len({location.code for location in network.LOCATIONS}) == 8


def test_a_customer_has_one_home():
    first, second = sale("536365"), sale("536366")

    assert network.home(first) == network.home(second) == network.home(note("C536400"))
    assert network.home(first).place.name == "Kingston upon Hull"
    assert network.home(first).postcode_district.startswith("HU")


def test_each_guest_order_has_a_home_of_its_own():
    homes = {network.home(sale(str(536365 + index), customer_id=None)) for index in range(50)}

    assert len(homes) > 20


def test_abroad_everyone_lives_in_the_capital():
    home = network.home(sale("536365", country="EIRE"))

    assert home.place.name == "Dublin"
    assert home.is_abroad
    assert home.postcode_district == ""


def test_an_unknown_country_is_not_guessed():
    with pytest.raises(UnknownCountry):
        network.home(sale("536365", country="Unspecified"))


def test_every_town_lies_in_its_country_and_capitals_on_earth():
    for place, weight in places.TOWNS:
        assert 49.9 < place.latitude < 60.9
        assert -8.2 < place.longitude < 1.8
        assert weight > 0
    for place in places.CAPITALS.values():
        assert -90 < place.latitude < 90
        assert -180 < place.longitude < 180


@pytest.mark.parametrize(
    ("town", "store"),
    [
        ("London", "ST-LONDON"),
        ("Brighton", "ST-LONDON"),
        ("Swansea", "ST-BRISTOL"),
        ("Coventry", "ST-BIRMINGHAM"),
        ("Aberdeen", "ST-EDINBURGH"),
        ("York", "ST-LEEDS"),
        ("Preston", "ST-MANCHESTER"),
    ],
)
def test_the_nearest_store_is_near(town, store):
    assert network.nearest_store(places.town(town)).code == store


def test_about_an_eighth_of_the_orders_is_placed_at_a_counter(shipped):
    channels = Counter(network.channel(each) for each in shipped.sales)

    assert channels == {Channel.WEB: 974, Channel.STORE: 135}


def test_nobody_abroad_orders_at_a_counter(shipped):
    abroad = [each for each in shipped.sales if network.home(each).is_abroad]

    assert {network.channel(each) for each in abroad} == {Channel.WEB}
