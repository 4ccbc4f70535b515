"""Time-ordered identifiers (UUIDv7, RFC 9562 section 5.7)."""

import secrets
import time
from uuid import UUID


def new() -> UUID:
    """Make an identifier whose first 48 bits are milliseconds of Unix time.

    Such keys sort by creation, so they page, index and partition well.
    """
    milliseconds = time.time_ns() // 1_000_000
    noise = secrets.randbits(74)
    value = (milliseconds & (2**48 - 1)) << 80 | 0x7 << 76
    value |= (noise >> 62) << 64 | 0b10 << 62 | (noise & (2**62 - 1))
    return UUID(int=value)
