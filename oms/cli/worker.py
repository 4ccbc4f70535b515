"""`oms worker`: a worker alone."""

import typer

from oms.cli import databases, serving
from oms.worker import Worker


def run() -> None:
    """Work until stopped; what is in hand then is finished."""
    serving.prepare()
    databases.ready()
    worker = Worker()
    worker.start()
    try:
        typer.echo("The worker is ready.")
        serving.until_stopped()
    finally:
        worker.stop()
