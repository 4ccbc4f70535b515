"""Only a state machine moves a status."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, called, code, nodes

MACHINE = "oms/kernel/states.py"


def assignments(sources: Iterable[Source]) -> list[str]:
    """Find statuses set past the machine."""
    return [
        source.at(node, "assigns a status")
        for source in sources
        if source.path != MACHINE
        for node in targets(source)
    ]


def targets(source: Source) -> Iterator[ast.AST]:
    """Yield every x.status that is written to."""
    for node in nodes(source.tree):
        match node:
            case ast.Attribute(attr="status", ctx=ast.Store()):
                yield node
            case ast.Call(args=[_, ast.Constant(value="status"), _]) if called(node) == "setattr":
                yield node


def test_only_the_machine_assigns_a_status():
    """No status changes but by a verb that is legal now."""
    assert assignments(code()) == []


def test_an_assigned_status_is_seen():
    """Plain, unpacked, annotated and by name; reading and declaring are free."""
    text = (
        "order.status = S.PLACED\n"
        "order.status, x = S.PLACED, 1\n"
        "order.status: str = S.PLACED\n"
        "setattr(order, 'status', S.PLACED)\n"
        "class Order:\n    status: str = 'placed'\n"
        "print(order.status)\n"
    )

    assert assignments([Source("oms/orders/edits.py", text)]) == [
        f"oms/orders/edits.py:{line} assigns a status" for line in (1, 2, 3, 4)
    ]
    assert assignments([Source("oms/kernel/states.py", text)]) == []
