"""Life of a message to an endpoint; between two attempts it is due again, later."""

from oms.kernel.due import DueState
from oms.kernel.states import Machine

M = DueState

MESSAGE = Machine(
    "webhook_message",
    start=M.DUE,
    moves=[
        # verb         from                          to
        ("finish",     {M.DUE},                      M.DONE),
        ("park",       {M.DUE},                      M.PARKED),
        ("redeliver",  {M.DUE, M.DONE, M.PARKED},    M.DUE),
    ],
)  # fmt: skip
