"""Money and quantities are integers."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, called, code, nodes

COUNTING = ("inventory", "fulfillment", "returns", "oms/orders", "oms/payments")
MONEY = "oms/kernel/money.py"
MEASURES = ("latitude", "longitude", "_seconds")
"""Names, or ends of names, of what is measured and not counted."""


def floats(sources: Iterable[Source]) -> list[str]:
    """Find floats where money or goods are counted."""
    return [
        source.at(node, "uses a float")
        for source in sources
        if source.path == MONEY or source.under(*COUNTING)
        for node in inexact(source)
    ]


def inexact(source: Source) -> Iterator[ast.AST]:
    """Yield conversions to float, and names of type float that are no measure."""
    yield from (call for call in source.calls() if called(call) == "float")
    for node in nodes(source.tree):
        name, annotation = typed(node)
        if mentions_float(annotation) and not name.endswith(MEASURES):
            yield node


def typed(node: ast.AST) -> tuple[str, ast.expr | None]:
    """Return the name and the type that a node declares, if it does."""
    match node:
        case ast.AnnAssign(target=target, annotation=annotation):
            return ast.unparse(target), annotation
        case ast.arg(arg=name, annotation=annotation):
            return name, annotation
        case ast.FunctionDef(name=name, returns=annotation):
            return name, annotation
        case ast.AsyncFunctionDef(name=name, returns=annotation):
            return name, annotation
    return "", None


def mentions_float(annotation: ast.expr | None) -> bool:
    """Tell whether float is part of a type."""
    parts = ast.walk(annotation) if annotation else ()
    return any(isinstance(part, ast.Name) and part.id == "float" for part in parts)


def test_what_is_counted_is_an_integer():
    """No cent and no unit can be lost in a rounding nobody asked for."""
    assert floats(code()) == []


def test_a_float_is_seen():
    """As a call, a field, an argument and a result; places and durations are measured."""
    text = (
        "total = float(amount)\n"
        "price: float = 0\n"
        "def tax(rate: float | None) -> int: ...\n"
        "def total() -> list[float]: ...\n"
        "latitude: float = 0\n"
        "def wait(timeout_seconds: float) -> None: ...\n"
    )

    assert floats([Source("oms/orders/totals.py", text)]) == [
        f"oms/orders/totals.py:{line} uses a float" for line in (1, 2, 3, 4)
    ]
    assert len(floats([Source("oms/kernel/money.py", text)])) == 4
    assert floats([Source("oms/routing/distances.py", text)]) == []
