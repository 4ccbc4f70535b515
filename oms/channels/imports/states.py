"""Life of an import."""

from enum import StrEnum

from oms.kernel.states import Machine


class ImportStatus(StrEnum):
    """Where an import stands; a failed one of all or nothing has written nothing."""

    RECEIVED = "received"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = ImportStatus

IMPORT = Machine(
    "import",
    start=S.RECEIVED,
    moves=[
        # verb      from                        to
        ("start",   {S.RECEIVED},               S.RUNNING),
        ("finish",  {S.RUNNING},                S.DONE),
        ("fail",    {S.RECEIVED, S.RUNNING},    S.FAILED),
        ("cancel",  {S.RECEIVED, S.RUNNING},    S.CANCELLED),
    ],
)  # fmt: skip

OPEN = (S.RECEIVED, S.RUNNING)
"""An import that has rows to come."""
