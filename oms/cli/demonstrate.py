"""`oms demo`: two weeks of real orders, then a look around."""

import sys

import typer
from rich.console import Console

from oms.cli.complaints import Complaint
from oms.cli.demo import replay
from oms.cli.demo.house import HouseFell, HouseTaken
from oms.cli.demo.replay import Wish
from oms.kernel import log
from oms.kernel.config import settings


def run(*, orders: int | None, port: int | None, keep_serving: bool | None) -> None:
    """Play it, and go on serving if this is a terminal or if told so. Raises Complaint."""
    log.configure()
    wish = Wish(
        orders=orders,
        port=settings().port if port is None else port,
        keep_serving=sys.stdout.isatty() if keep_serving is None else keep_serving,
    )
    try:
        raise typer.Exit(replay.run(wish, console=Console()))
    except HouseTaken as error:
        raise Complaint(f"another demonstration is running in {error}") from error
    except HouseFell as error:
        raise Complaint(f"the server of the demonstration ended: {error}") from error
