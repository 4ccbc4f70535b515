"""Life of a count; how its lines stand follows from what was entered."""

from enum import StrEnum

from oms.kernel.states import Machine


class CountStatus(StrEnum):
    """Where a count stands."""

    OPEN = "open"
    COUNTING = "counting"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    CANCELLED = "cancelled"


class LineState(StrEnum):
    """What the entries of a line amount to; disputed is what counters do not agree on."""

    UNCOUNTED = "uncounted"
    DISPUTED = "disputed"
    AGREED = "agreed"


S = CountStatus

COUNT = Machine(
    "count",
    start=S.OPEN,
    moves=[
        # verb      from                                  to
        ("enter",   {S.OPEN, S.COUNTING},                 S.COUNTING),
        ("submit",  {S.COUNTING},                         S.IN_REVIEW),
        ("recount", {S.IN_REVIEW},                        S.COUNTING),
        ("approve", {S.IN_REVIEW},                        S.APPROVED),
        ("cancel",  {S.OPEN, S.COUNTING, S.IN_REVIEW},    S.CANCELLED),
    ],
)  # fmt: skip
