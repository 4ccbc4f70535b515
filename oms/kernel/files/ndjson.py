"""NDJSON: one JSON value a line."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

MEDIA_TYPE = "application/x-ndjson"


def read(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Yield each line that is not blank and its number, unread."""
    for place, line in enumerate(lines, start=1):
        if told := line.strip():
            yield place, told


def write(values: Iterable[Any]) -> bytes:
    """Return values as lines."""
    return msgspec.json.Encoder(order=None).encode_lines(list(values))
