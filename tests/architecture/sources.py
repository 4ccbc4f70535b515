"""The code as the guards see it: files with their text and syntax tree."""

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("oms", "inventory", "fulfillment", "returns", "api")
ADAPTERS = ("fulfillment/carriers", "oms/payments/gateways")
"""Packages whose __init__.py holds the Protocol, load and codes of their adapters."""

MIGRATIONS = "oms/kernel/migrations/"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file; guards report its offences as "path:line what"."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comment of each line that has one, without its hash."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {
            token.start[0]: token.string.lstrip("# ")
            for token in tokens
            if token.type == tokenize.COMMENT
        }

    @property
    def name(self) -> str:
        """The last part of the path."""
        return Path(self.path).name

    def under(self, *folders: str) -> bool:
        """Tell whether the file lies in one of the folders."""
        return any(self.path.startswith(folder.rstrip("/") + "/") for folder in folders)

    def find(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Yield every node of these kinds."""
        return (node for node in nodes(self.tree) if isinstance(node, kinds))

    def functions(self) -> Iterator[Function]:
        """Yield every function, methods and inner ones too."""
        yield from self.find(ast.FunctionDef, ast.AsyncFunctionDef)

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call."""
        yield from self.find(ast.Call)

    def at(self, node: ast.AST | int, what: str) -> str:
        """Say where an offence is."""
        line = node if isinstance(node, int) else node.lineno
        return f"{self.path}:{line} {what}"


def read(*folders: str) -> list[Source]:
    """Read every Python file below these folders of the repository."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths]


def code() -> list[Source]:
    """Read what is shipped."""
    return read(*ROOMS)


def everything() -> list[Source]:
    """Read what is shipped, what tests it and what measures it."""
    return read(*ROOMS, "tests", "bench")


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all inside it in the order they are written."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from nodes(child)


def called(call: ast.Call) -> str:
    """Return the last name of what is called: "commit" for session.commit()."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def strings(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield every string literal but docstrings, the parts of an f-string joined."""
    inside = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in ast.walk(node)
        if part is not node
    }
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inside | documentation:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node, node.value
        elif isinstance(node, ast.JoinedStr):
            yield node, "".join(constants(node.values))


def constants(nodes: Iterable[ast.expr]) -> Iterator[str]:
    """Yield the literal parts of an f-string."""
    return (node.value for node in nodes if isinstance(node, ast.Constant))
