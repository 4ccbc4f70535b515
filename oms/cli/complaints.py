"""What a user of the command line can put right, in one line and without a traceback."""

from alembic.util import CommandError
from pydantic import ValidationError

from oms.kernel.config import BadSetting, Settings
from oms.kernel.errors import DomainError


class Complaint(Exception):
    """Something is not as the command needs it."""

    def __init__(self, text: str, *, exit_code: int = 1) -> None:
        """Say what, and how the process ends."""
        super().__init__(text)
        self.exit_code = exit_code


def told(error: Exception) -> Complaint | None:
    """Return what to tell the user of an error, None when it is a fault of the program."""
    match error:
        case Complaint():
            return error
        case BadSetting() | DomainError() | CommandError():
            return Complaint(str(error))
        case ValidationError() if error.title == Settings.__name__:
            wrong = error.errors(include_url=False)
            names = [f"OMS_{one['loc'][0]}".upper() for one in wrong]
            pairs = zip(names, wrong, strict=True)
            return Complaint("; ".join(f"{name}: {one['msg']}" for name, one in pairs))
    return None
