"""The lines of a text file, one at a time, none longer than can be meant."""

import io
from collections.abc import Iterator
from typing import IO

from oms.kernel.errors import Rejected
from oms.kernel.files.charsets import Charset

MAX_CHARACTERS = 100_000


class LineTooLong(Rejected):
    """A line of the file is longer than can be meant."""

    line: int
    most_characters: int


def read(source: IO[bytes], charset: Charset) -> Iterator[str]:
    """Yield the lines with their ends; LF, CR and CRLF all end one, and a BOM is no character.

    Raises LineTooLong. The bytes are known to be of this charset; the source stays open.
    """
    encoding = "utf-8-sig" if charset is Charset.UTF_8 else charset.value
    text = io.TextIOWrapper(source, encoding=encoding, newline="")
    place = 0
    try:
        while line := text.readline(MAX_CHARACTERS + 1):
            place += 1
            if len(line) > MAX_CHARACTERS:
                raise LineTooLong(place, MAX_CHARACTERS)
            yield line
    finally:
        if not source.closed:
            text.detach()
