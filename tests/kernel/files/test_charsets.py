"""Charsets: found by what the bytes allow, and named when they allow more than one."""

import pytest

from oms.kernel.files import charsets
from oms.kernel.files.charsets import Charset, Detector, Found, NotText, UnknownCharset


def found(*pieces, asked=None):
    detector = Detector(asked)
    for piece in pieces:
        detector.feed(piece)
    return detector.found()


@pytest.mark.parametrize(
    ("content", "is_found"),
    [
        (b"", Found(Charset.UTF_8, certain=True)),
        (b"sku,name\r\nCUP,A cup\r\n", Found(Charset.UTF_8, certain=True)),
        ("\ufeffsku\n湯呑".encode(), Found(Charset.UTF_8, certain=True)),
        ("湯呑み".encode("cp932"), Found(Charset.CP932, certain=True)),
        ("白い".encode(), Found(Charset.UTF_8, certain=True)),
        ("東京".encode(), Found(Charset.UTF_8, certain=False)),
        ("é".encode(), Found(Charset.UTF_8, certain=False)),
    ],
)
def test_what_can_be_read_as_utf_8_is_utf_8_and_anything_else_is_cp932(content, is_found):
    assert found(content) == is_found
    assert found(*[bytes([byte]) for byte in content]) == is_found


def test_who_names_a_charset_is_believed_and_held_to_it():
    shared = "é".encode()

    assert found(shared, asked=Charset.CP932) == Found(Charset.CP932, certain=True)
    with pytest.raises(NotText) as refusal:
        found(b"sku\n", "湯呑".encode("cp932"), asked=Charset.UTF_8)
    assert refusal.value.data() == {"reason": "it is not utf-8", "line": 2}


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"sku\nCUP\n\xff\xff", 3, "cp932 or utf-8"),
        (b"sku\nC\0P", 2, "NUL"),
        ("sku\n".encode("utf-16"), 1, "UTF-16"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 3, "NUL"),
        (b"\xe6", 1, "cp932 or utf-8"),
    ],
)
def test_what_is_no_text_is_refused_where_it_stops_to_be_one(content, line, word):
    with pytest.raises(NotText) as refusal:
        found(content[:5], content[5:])

    assert refusal.value.line == line
    assert word in refusal.value.reason


def test_charsets_are_known_by_their_usual_names():
    assert charsets.named("Shift_JIS") is Charset.CP932
    assert charsets.named("UTF-8") is Charset.UTF_8
    with pytest.raises(UnknownCharset):
        charsets.named("ebcdic")


def test_characters_that_cp932_has_under_another_code_are_kept():
    written = charsets.encode("〜−‖—¢£¬", Charset.CP932)

    assert written.decode("cp932") == "～－∥―￠￡￢"


def test_a_character_that_cp932_does_not_have_leaves_a_mark():
    assert charsets.encode("café ☕", Charset.CP932).decode("cp932") == "caf〓 〓"
    assert charsets.encode("café ☕", Charset.UTF_8).decode() == "café ☕"
