"""Files and functions stay small enough to be read at once."""

from collections.abc import Iterable

from tests.architecture.sources import MIGRATIONS, Source, everything

FILE_LINES = 400
FUNCTION_LINES = 60


def long_files(sources: Iterable[Source]) -> list[str]:
    """Find files that hold more than one topic."""
    return [
        source.at(lines, f"is longer than {FILE_LINES} lines")
        for source in sources
        if not source.under(MIGRATIONS) and (lines := len(source.text.splitlines())) > FILE_LINES
    ]


def long_functions(sources: Iterable[Source]) -> list[str]:
    """Find functions that do more than one thing."""
    return [
        source.at(function, f"{function.name} is longer than {FUNCTION_LINES} lines")
        for source in sources
        if not source.under(MIGRATIONS)
        for function in source.functions()
        if function.end_lineno - function.lineno + 1 > FUNCTION_LINES
    ]


def test_no_file_is_longer_than_400_lines():
    """A file is one topic."""
    assert long_files(everything()) == []


def test_a_file_of_401_lines_is_seen():
    """The guard counts lines, and lets migrations be as long as the schema is."""
    long = "x = 1\n" * 401

    assert long_files([Source("oms/orders/orders.py", long)]) == [
        "oms/orders/orders.py:401 is longer than 400 lines"
    ]
    assert long_files([Source("oms/orders/orders.py", "x = 1\n" * 400)]) == []
    assert long_files([Source("oms/kernel/migrations/versions/0001_start.py", long)]) == []


def test_no_function_is_longer_than_60_lines():
    """A function is one verb."""
    assert long_functions(everything()) == []


def test_a_function_of_61_lines_is_seen():
    """The guard counts from def to the last line, methods included."""
    body = "        x = 1\n" * 60
    method = f"class Stock:\n    async def move(self):\n{body}"

    assert long_functions([Source("inventory/moves.py", method)]) == [
        "inventory/moves.py:2 move is longer than 60 lines"
    ]
    assert long_functions([Source("inventory/moves.py", method[: -len("        x = 1\n")])]) == []
