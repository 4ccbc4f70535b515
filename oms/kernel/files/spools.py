"""Files that are filled here and read elsewhere: what is large lies on disk."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO

IN_MEMORY_BYTES = 1_000_000


@contextmanager
def filled() -> Iterator[IO[bytes]]:
    """Make a file to fill. After the block it stands at its beginning and is the caller's to close.

    When the block fails, it is closed.
    """
    file = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115 -- see the docstring
    with ExitStack() as stack:
        stack.callback(file.close)
        yield file
        file.seek(0)
        stack.pop_all()
