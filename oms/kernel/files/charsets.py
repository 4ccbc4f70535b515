"""Which characters the bytes of a file stand for: UTF-8, or CP932 as Japanese systems still write.

CP932 is what Microsoft and the WHATWG mean by Shift_JIS. No charset can be proven by its bytes,
so what was found also says whether another one would have read them too.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from oms.kernel.errors import Rejected

BOM = codecs.BOM_UTF8
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

LOST = "〓"
"""Stands for a character that CP932 does not have, as Japanese typesetters put it."""

TWINS = str.maketrans("〜−‖—¢£¬", "～－∥―￠￡￢")
"""What JIS and Microsoft map to different characters of Unicode; CP932 has the second of each."""


class Charset(StrEnum):
    """How the characters of a file are written."""

    UTF_8 = "utf-8"
    CP932 = "cp932"


NAMES = {
    "utf-8": Charset.UTF_8,
    "utf8": Charset.UTF_8,
    "us-ascii": Charset.UTF_8,
    "cp932": Charset.CP932,
    "ms932": Charset.CP932,
    "windows-31j": Charset.CP932,
    "shift_jis": Charset.CP932,
    "shift-jis": Charset.CP932,
    "sjis": Charset.CP932,
    "x-sjis": Charset.CP932,
}


class UnknownCharset(Rejected):
    """Files are read and written in UTF-8 and in CP932, which is also called Shift_JIS."""

    charset: str
    possible: list[str]


class NotText(Rejected):
    """The file is not text in UTF-8 or CP932."""

    reason: str
    line: int


@dataclass(frozen=True)
class Found:
    """The charset of a file, and whether no other one would have read it."""

    charset: Charset
    certain: bool


def named(name: str) -> Charset:
    """Return the charset of this name. Raises UnknownCharset."""
    found = NAMES.get(name.strip().lower())
    if found is None:
        raise UnknownCharset(name[:64], sorted(NAMES))
    return found


def encode(text: str, charset: Charset) -> bytes:
    """Write text; a character that CP932 does not have becomes 〓, and reading refuses that."""
    if charset is Charset.UTF_8:
        return text.encode()
    return text.translate(TWINS).encode(charset, errors=_LENIENT)


class Detector:
    """Looks at the bytes of a file as they pass and tells what they are; keeps none of them."""

    def __init__(self, asked: Charset | None = None) -> None:
        """Try the charset that was asked for, or all."""
        self._asked = asked
        self._readers = {one: codecs.getincrementaldecoder(one)() for one in _candidates(asked)}
        self._line = 1
        self._failed_at: dict[Charset, int] = {}
        self._start = b""
        self._ascii = True

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Look at the next bytes. Raises NotText as soon as nothing can read them."""
        if len(self._start) < len(BOM):
            self._start = (self._start + piece)[: len(BOM)]
        if self._start.startswith(UTF_16):
            raise NotText("it is UTF-16; save it as UTF-8", 1)
        if b"\0" in piece:
            before = piece[: piece.index(b"\0")]
            raise NotText(
                "it holds a NUL, as only binary files do", self._line + before.count(b"\n")
            )
        self._ascii = self._ascii and piece.isascii()
        for charset in [one for one in self._readers if one not in self._failed_at]:
            self._try(charset, piece, last=last)
        if len(self._failed_at) == len(self._readers):
            best = max(self._failed_at.values())
            raise NotText(f"it is not {' or '.join(sorted(self._readers))}", best)
        self._line += piece.count(b"\n")

    def found(self) -> Found:
        """Say what the file is, once all of it has passed. Raises NotText."""
        self.feed(b"", last=True)
        left = [one for one in self._readers if one not in self._failed_at]
        if self._start == BOM and Charset.UTF_8 in left:
            return Found(Charset.UTF_8, certain=True)
        return Found(left[0], certain=len(left) == 1 or self._ascii)

    def _try(self, charset: Charset, piece: bytes, *, last: bool) -> None:
        try:
            text = self._readers[charset].decode(piece, last)
        except UnicodeDecodeError as error:
            self._failed_at[charset] = self._line + error.object[: error.start].count(b"\n")
        else:
            if charset is Charset.CP932 and (nothing := _NOTHING.search(text)):
                self._failed_at[charset] = self._line + text[: nothing.start()].count("\n")


def _candidates(asked: Charset | None) -> Sequence[Charset]:
    return (Charset.UTF_8, Charset.CP932) if asked is None else (asked,)


_NOTHING = re.compile("[\x80\xa0\uf8f0-\uf8f3]")
"""What Python makes of the bytes that CP932 leaves without a meaning (80, A0, FD to FF)."""

_LENIENT = "oms-lost-characters"


def _lost(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return LOST * (error.end - error.start), error.end


codecs.register_error(_LENIENT, _lost)
