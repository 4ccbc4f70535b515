"""A file is named after its topic."""

from collections.abc import Iterable

from tests.architecture.sources import Source, everything

NAMELESS = {
    "base.py",
    "common.py",
    "handlers.py",
    "helpers.py",
    "manager.py",
    "managers.py",
    "misc.py",
    "service.py",
    "services.py",
    "util.py",
    "utils.py",
}


def nameless(sources: Iterable[Source]) -> list[str]:
    """Find files whose name says nothing about what is in them."""
    return [
        source.at(1, "has no topic: find the noun") for source in sources if source.name in NAMELESS
    ]


def test_every_file_names_its_topic():
    """There is no drawer for leftovers."""
    assert nameless(everything()) == []


def test_a_drawer_for_leftovers_is_seen():
    """The guard looks at the file name alone."""
    found = nameless([Source("oms/orders/utils.py", ""), Source("oms/orders/edits.py", "")])

    assert found == ["oms/orders/utils.py:1 has no topic: find the noun"]
