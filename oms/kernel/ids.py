"""Time-ordered identifiers (UUIDv7, RFC 9562 section 5.7)."""

import secrets
import threading
import time
from random import Random
from uuid import UUID

_RANDOM_BITS = 74
_steps = Random(secrets.randbits(64))  # noqa: S311 -- an id is no secret
_lock = threading.Lock()
_last = [0, 0]


def new() -> UUID:
    """Make an identifier whose first 48 bits are milliseconds of Unix time.

    Such keys sort by creation, so they page, index and partition well. Within a millisecond a
    process counts on from a random start (RFC 9562 section 6.2, method 2): its ids always rise.
    """
    with _lock:
        milliseconds = time.time_ns() // 1_000_000
        if milliseconds > _last[0]:
            _last[:] = [milliseconds, secrets.randbits(_RANDOM_BITS - 1)]
        else:
            _last[1] += 1 + _steps.getrandbits(32)
        milliseconds, noise = _last
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76
    value |= (noise >> 62) << 64 | 0b10 << 62 | (noise & (2**62 - 1))
    return UUID(int=value)
