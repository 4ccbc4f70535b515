"""Every exception from a rule says why."""

import ast
import re
from collections.abc import Iterable

from tests.architecture.sources import Source, code, everything

WAIVER = re.compile(r"noqa(: ?[A-Z]+\d+(, ?[A-Z]+\d+)*)?|type: ignore(\[[\w, -]+\])?")
REASON = re.compile(r"[^\W\d_]{2,}.*[^\W\d_]{2,}")
BLANKET = {"Exception", "BaseException"}


def reason(comment: str) -> bool:
    """Tell whether a comment says something in words, apart from waiving a rule."""
    return bool(REASON.search(WAIVER.sub("", comment)))


def unexplained(sources: Iterable[Source]) -> list[str]:
    """Find rules waived without a word."""
    return [
        source.at(line, "waives a rule without a reason")
        for source in sources
        for line, comment in source.comments.items()
        if WAIVER.match(comment) and not reason(comment)
    ]


def blankets(sources: Iterable[Source]) -> list[str]:
    """Find handlers that catch everything and do not say why on the same line."""
    return [
        source.at(handler, "catches everything without a reason")
        for source in sources
        for handler in source.find(ast.ExceptHandler)
        if catches_all(handler.type) and not reason(source.comments.get(handler.lineno, ""))
    ]


def catches_all(caught: ast.expr | None) -> bool:
    """Tell whether a handler catches what nobody foresaw."""
    if caught is None:
        return True
    return any(isinstance(node, ast.Name) and node.id in BLANKET for node in ast.walk(caught))


def test_every_waived_rule_says_why():
    """A noqa or a type: ignore is a decision, and a decision has a reason."""
    assert unexplained(everything()) == []


def test_a_silent_waiver_is_seen():
    """Codes alone are no reason."""
    text = (
        "a = 1  # noqa: S311\n"
        "b = 1  # noqa\n"
        "c = 1  # type: ignore[arg-type, misc]\n"
        "d = 1  # noqa: S311, S608 -- jitter needs no secrecy\n"
        "e = 1  # type: ignore[misc]  # the stubs are older than the library\n"
        "f = '# noqa'\n"
    )

    assert unexplained([Source("oms/orders/edits.py", text)]) == [
        f"oms/orders/edits.py:{line} waives a rule without a reason" for line in (1, 2, 3)
    ]


def test_nothing_catches_everything_to_go_on():
    """Only what can be answered is caught; the few exceptions say what they answer."""
    assert blankets(code()) == []


def test_a_blanket_is_seen():
    """Bare, named and in a tuple; a reason on the line makes it a decision."""
    text = (
        "try:\n    pass\nexcept Exception:\n    pass\n"
        "try:\n    pass\nexcept (ValueError, BaseException):  # noqa: BLE001\n    pass\n"
        "try:\n    pass\nexcept:\n    pass\n"
        "try:\n    pass\nexcept Exception:  # noqa: BLE001 -- noted on the row and tried again\n"
        "    pass\n"
        "try:\n    pass\nexcept ValueError:\n    pass\n"
    )

    assert blankets([Source("oms/orders/edits.py", text)]) == [
        f"oms/orders/edits.py:{line} catches everything without a reason" for line in (3, 7, 11)
    ]
