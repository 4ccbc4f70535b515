"""Where a Japanese postal code is: 120,259 of them, from a file beside this one, read when needed.

The file holds three rows of numbers, each told by the differences between neighbours: codes in
rising order, latitudes and longitudes in ten-thousandths of a degree (eleven metres; the points
are the middles of neighbourhoods). data/README.md names its sources and how it was made.
"""

import gzip
import re
import sys
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

STEPS_PER_DEGREE = 10_000

_FILE = Path(__file__).parent / "data" / "postal_codes.bin.gz"
_WRITTEN = re.compile(r"(\d{3})-?(\d{4})", re.ASCII)
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−ー"), "-")


@dataclass(frozen=True)
class Place:
    """The middle of the neighbourhood of a postal code."""

    postal_code: str
    latitude: float
    longitude: float


def locate(postal_code: str) -> Place | None:
    """Return where a Japanese postal code is, None when it is unknown or none at all.

    It may be written as people write it: see `written`.
    """
    told = written(postal_code)
    if told is None:
        return None
    codes, latitudes, longitudes = known()
    code = int(told.replace("-", ""))
    place = bisect_left(codes, code)
    if place == len(codes) or codes[place] != code:
        return None
    return Place(told, latitudes[place] / STEPS_PER_DEGREE, longitudes[place] / STEPS_PER_DEGREE)


def written(postal_code: str) -> str | None:
    """Write a Japanese postal code as 150-0001, None when it cannot be one.

    Understood are also 1500001, full-width digits, any hyphen, 〒 before it and blanks around it.
    """
    told = unicodedata.normalize("NFKC", postal_code[:32]).translate(_HYPHENS)
    found = _WRITTEN.fullmatch(told.strip().removeprefix("〒").strip())
    return None if found is None else f"{found[1]}-{found[2]}"


def pack(places: Iterable[tuple[int, int, int]]) -> bytes:
    """Write the file: of code, latitude and longitude, the latter two in steps."""
    rows = zip(*sorted(places), strict=True)
    told = array("i", (now - before for row in rows for before, now in pairwise((0, *row))))
    if sys.byteorder == "big":
        told.byteswap()
    return gzip.compress(told.tobytes(), mtime=0)


def unpack(file: bytes) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Read the file: codes, latitudes and longitudes, in the order of the codes."""
    told = array("i", gzip.decompress(file))
    if sys.byteorder == "big":
        told.byteswap()
    count = len(told) // 3
    codes, latitudes, longitudes = (
        array("i", accumulate(told[start : start + count])) for start in range(0, 3 * count, count)
    )
    return codes, latitudes, longitudes


@cache
def known() -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Keep the file at hand, 1.4 MB in memory."""
    return unpack(_FILE.read_bytes())
