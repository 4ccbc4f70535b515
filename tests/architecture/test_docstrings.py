"""Everything public says what it promises."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import MIGRATIONS, Function, Source, code

VERBS = {"delete", "get", "head", "patch", "post", "put", "route", "websocket"}


def silent(sources: Iterable[Source]) -> list[str]:
    """Find modules, public functions and routes without a docstring."""
    return [
        source.at(line, f"{name} has no docstring")
        for source in sources
        for line, name, node in public(source)
        if not ast.get_docstring(node)
    ]


def public(source: Source) -> Iterator[tuple[int, str, ast.Module | Function]]:
    """Yield what must have a docstring; a migration only its module."""
    yield 1, "the module", source.tree
    if source.under(MIGRATIONS):
        return
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("_"):
                yield node.lineno, node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((route.lineno, route.name, route) for route in routes(node))


def routes(controller: ast.ClassDef) -> Iterator[Function]:
    """Yield the methods that answer HTTP; their docstrings are the API's documentation."""
    for node in controller.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names = {ast.unparse(item).split("(")[0] for item in node.decorator_list}
            if names & VERBS:
                yield node


def test_everything_public_says_what_it_promises():
    """A reader need not read the body."""
    assert silent(code()) == []


def test_silence_is_seen():
    """Of a module, a function and a route; private ones and plain methods may be silent."""
    text = (
        "def place(): ...\n"
        "def _check(): ...\n"
        "class Orders:\n"
        "    @post('/orders')\n"
        "    async def place_order(self): ...\n"
        "    def key(self): ...\n"
    )

    assert silent([Source("api/orders.py", text)]) == [
        "api/orders.py:1 the module has no docstring",
        "api/orders.py:1 place has no docstring",
        "api/orders.py:5 place_order has no docstring",
    ]
    revision = Source("oms/kernel/migrations/versions/0001_x.py", '"""X."""\ndef upgrade(): ...\n')
    assert silent([revision]) == []
