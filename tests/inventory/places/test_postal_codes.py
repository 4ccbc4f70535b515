"""Japanese postal codes: every one in the file, however people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.places import postal_codes
from inventory.places.postal_codes import Place


@pytest.mark.parametrize(
    "written",
    [
        "150-0001",
        "1500001",
        "１５０－０００１",
        "１５０ー０００１",
        "〒150-0001",
        "〒 150−0001 ",
        "150‐0001",
    ],
)
def test_a_code_is_understood_as_people_write_it(written):
    assert postal_codes.locate(written) == Place("150-0001", 35.6691, 139.7078)


@pytest.mark.parametrize(
    "written", ["", "150", "15-00001", "150-00011", "1500 001", "150-000a", "150--0001", "T1500001"]
)
def test_what_is_no_postal_code_is_none(written):
    assert postal_codes.written(written) is None
    assert postal_codes.locate(written) is None


def test_the_file_knows_japan():
    codes, latitudes, longitudes = postal_codes.known()

    assert (len(codes), len(latitudes), len(longitudes)) == (120_259, 120_259, 120_259)
    assert list(codes) == sorted(set(codes))
    assert (min(latitudes), max(latitudes)) > (200_000, 450_000)
    assert (min(longitudes) // 10_000, max(longitudes) // 10_000) == (122, 145)


@pytest.mark.parametrize(
    ("code", "city"), [("0600000", (43.05, 141.34)), ("9071801", (24.46, 122.99))]
)
def test_the_ends_of_the_country_are_where_they_are(code, city):
    found = postal_codes.locate(code)

    assert (round(found.latitude, 2), round(found.longitude, 2)) == city


@given(st.integers(0, 9_999_999))
def test_a_code_is_found_if_and_only_if_it_is_in_the_file(code):
    assert (postal_codes.locate(f"{code:07}") is not None) == (code in set_of_codes())


@given(
    st.dictionaries(
        st.integers(0, 9_999_999),
        st.tuples(st.integers(-900_000, 900_000), st.integers(-1_800_000, 1_800_000)),
        min_size=1,
    )
)
def test_what_is_packed_is_read_again(places):
    rows = [(code, *where) for code, where in places.items()]

    told = postal_codes.unpack(postal_codes.pack(rows))

    assert list(zip(*told, strict=True)) == sorted(rows)


def set_of_codes() -> set[int]:
    if not _codes:
        _codes.update(postal_codes.known()[0])
    return _codes


_codes: set[int] = set()
