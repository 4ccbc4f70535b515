"""`oms api`: the API alone, in one process or several behind one port."""

import os

import typer
from uvicorn.supervisors import Multiprocess

from oms.cli import databases, serving
from oms.kernel.config import settings


def run(*, host: str | None, port: int | None, workers: int) -> None:
    """Serve until stopped; work is left to `oms worker`."""
    if workers == 1:
        _alone(host, port)
    else:
        _several(host or settings().host, settings().port if port is None else port, workers)


def _alone(host: str | None, port: int | None) -> None:
    server = serving.Server(host=host, port=port, work=False)
    serving.prepare()
    databases.ready()
    with server:
        _say(server.url)
        serving.until_stopped(lambda: server.alive)


def _several(host: str, port: int, workers: int) -> None:
    """Let processes accept from one socket; the environment tells them the address for links."""
    listening = serving.listen(host, port)
    taken = str(listening.getsockname()[1])
    os.environ.update(OMS_HOST=host, OMS_PORT=taken)
    serving.prepare()
    databases.ready()
    configuration = serving.configuration("oms.cli.serving:application", workers=workers)
    _say(f"http://{host}:{taken}")
    Multiprocess(configuration, [listening]).run()


def _say(url: str) -> None:
    typer.echo(f"The API is running. Its documentation: {url}/docs")
