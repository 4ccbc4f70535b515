"""One place commits, one place locks."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, called, code, nodes, read, strings

COMMITTER = "oms/kernel/db.py"
LOCKERS = ("oms/kernel",)
LOCKING_FILES = {"inventory/movements.py", "inventory/standing.py"}
COMMITTING_TESTS = ("tests/races", "tests/stories")
SESSION = "request_session"

LOCKING_SQL = re.compile(
    r"\bFOR (NO KEY )?UPDATE\b|\bFOR (KEY )?SHARE\b|\bselect\b.*\bfor (no key )?update\b", re.DOTALL
)


def commits(sources: Iterable[Source]) -> list[str]:
    """Find commits outside the one place."""
    return [
        source.at(call, "commits")
        for source in sources
        if source.path != COMMITTER
        for call in source.calls()
        if called(call) == "commit" and isinstance(call.func, ast.Attribute)
    ]


def beginnings(sources: Iterable[Source]) -> list[str]:
    """Find transactions opened, and so committed, outside the kernel; savepoints are fine."""
    return [
        source.at(call, "opens a transaction of its own")
        for source in sources
        if not source.under("oms/kernel")
        for call in source.calls()
        if called(call) == "begin" and isinstance(call.func, ast.Attribute)
    ]


def locks(sources: Iterable[Source]) -> list[str]:
    """Find row locks outside the files where their order can be seen."""
    return [
        source.at(node, "locks rows")
        for source in sources
        if source.name != "queries.py"
        and source.path not in LOCKING_FILES
        and not source.under(*LOCKERS)
        for node in locking(source)
    ]


def locking(source: Source) -> Iterator[ast.AST]:
    """Yield what takes a row lock: the method and the SQL."""
    yield from (call for call in source.calls() if called(call) == "with_for_update")
    yield from (node for node, text in strings(source.tree) if LOCKING_SQL.search(text))


def committing_tests(sources: Iterable[Source]) -> list[str]:
    """Find tests that leave something behind; conftest.py builds what they all start from."""
    return [
        offence
        for source in sources
        if not source.under(*COMMITTING_TESTS) and source.name != "conftest.py"
        for offence in commits([source])
    ]


def generator_dependencies(sources: Iterable[Source]) -> list[str]:
    """Find dependencies with an end of their own, which run after the answer was decided."""
    sources = list(sources)
    generators = {name for source in sources for name in generator_functions(source)} - {SESSION}
    return [
        source.at(node, f"depends on the generator {node.id}")
        for source in sources
        for node in provided(source)
        if node.id in generators
    ]


def generator_functions(source: Source) -> Iterator[str]:
    """Yield the names of functions that yield and are not context managers."""
    for function in source.functions():
        wrapped = any("contextmanager" in ast.unparse(item) for item in function.decorator_list)
        if not wrapped and any(isinstance(node, ast.Yield) for node in own_nodes(function)):
            yield function.name


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions inside it."""
    for node in ast.iter_child_nodes(function):
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from own_nodes(node)


def provided(source: Source) -> Iterator[ast.Name]:
    """Yield the names given to Provide(...) or as dependencies={...}."""
    for node in nodes(source.tree):
        match node:
            case ast.Call(args=[ast.Name() as name, *_]) if called(node) == "Provide":
                yield name
            case ast.keyword(arg="dependencies", value=ast.Dict(values=values)):
                yield from (value for value in values if isinstance(value, ast.Name))
            case ast.Assign(targets=[ast.Name(id="dependencies")], value=ast.Dict(values=values)):
                yield from (value for value in values if isinstance(value, ast.Name))


def test_only_one_place_commits():
    """What a request changed becomes true at its end, all of it or nothing."""
    assert commits(code()) == []


def test_a_second_commit_is_seen():
    """Anywhere but in oms/kernel/db.py."""
    text = "async def place(session):\n    await session.commit()\n"

    assert commits([Source("oms/orders/orders.py", text)]) == ["oms/orders/orders.py:2 commits"]
    assert commits([Source("oms/kernel/db.py", text)]) == []


def test_only_the_kernel_opens_transactions():
    """Leaving session.begin() commits too, so it is the kernel's alone."""
    assert beginnings(code()) == []


def test_a_second_way_to_commit_is_seen():
    """A savepoint commits nothing and is allowed."""
    text = "session.begin_nested()\nsession.begin()\n"

    assert beginnings([Source("oms/orders/orders.py", text)]) == [
        "oms/orders/orders.py:2 opens a transaction of its own"
    ]
    assert beginnings([Source("oms/kernel/db.py", text)]) == []


def test_rows_are_locked_where_the_order_shows():
    """All locks of a module stand in its queries.py, side by side, in key order."""
    assert locks(code()) == []


def test_a_lock_elsewhere_is_seen():
    """The method, the SQL and the f-string; a docstring may speak of it."""
    text = (
        '"""Rows are locked FOR UPDATE."""\n'
        "select(Order).with_for_update()\n"
        'text("SELECT 1 FROM orders FOR UPDATE")\n'
        'text(f"select 1 from {table} for update")\n'
        'text("ready for update")\n'
    )

    assert locks([Source("oms/orders/orders.py", text)]) == [
        "oms/orders/orders.py:2 locks rows",
        "oms/orders/orders.py:3 locks rows",
        "oms/orders/orders.py:4 locks rows",
    ]
    for allowed in ("oms/orders/queries.py", "oms/kernel/due.py", "inventory/movements.py"):
        assert locks([Source(allowed, text)]) == []


def test_tests_leave_nothing_behind():
    """Only races and stories commit; they clean up after themselves."""
    assert committing_tests(read("tests")) == []


def test_a_committing_test_is_seen():
    """Races need real commits; a unit test does not."""
    text = "async def test_x(session):\n    await session.commit()\n"

    assert committing_tests([Source("tests/orders/test_edits.py", text)]) == [
        "tests/orders/test_edits.py:2 commits"
    ]
    for allowed in ("tests/races/test_edits.py", "tests/conftest.py"):
        assert committing_tests([Source(allowed, text)]) == []


def test_the_session_is_the_only_generator_dependency():
    """Two dependencies with an end cannot both be last."""
    assert generator_dependencies(code()) == []


def test_a_second_generator_dependency_is_seen():
    """In Provide, in a keyword and in a class body; a stream is no dependency."""
    text = (
        "async def request_session():\n    yield 1\n"
        "async def lock():\n    yield 1\n"
        "def clock():\n    return 1\n"
        "async def stream():\n    yield 1\n"
        "Provide(lock)\n"
        "Litestar(dependencies={'session': request_session, 'lock': lock, 'clock': clock})\n"
        "class Orders:\n    dependencies = {'lock': lock}\n"
        "Stream(stream())\n"
    )

    assert generator_dependencies([Source("api/app.py", text)]) == [
        "api/app.py:9 depends on the generator lock",
        "api/app.py:10 depends on the generator lock",
        "api/app.py:12 depends on the generator lock",
    ]
