"""The one place that reads the time of day."""

from collections.abc import Callable
from datetime import UTC, datetime


def _system() -> datetime:
    return datetime.now(UTC)


_source: list[Callable[[], datetime]] = [_system]


def now() -> datetime:
    """Return the current moment, aware and in UTC.

    Domain functions take `now` as an argument; only the edges (requests, workers) call this.
    """
    return _source[0]()


def use(source: Callable[[], datetime] | None) -> None:
    """Inject another clock for this process; None restores the system's."""
    _source[0] = source or _system
