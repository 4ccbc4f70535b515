"""The command line: `oms serve`, `oms worker`, `oms verify` and the rest.

Every command has a file of its own, loaded only when it is called, so that `oms --help` is quick.
"""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

# The embedded PostgreSQL asks for a login session; containers have none and do not need it.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")

app = typer.Typer(
    name="oms",
    help="An omnichannel order management system. Settings are OMS_* environment variables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(help="Credentials of programs.", no_args_is_help=True)
staff = typer.Typer(help="People who work here.", no_args_is_help=True)
app.add_typer(keys, name="keys")
app.add_typer(staff, name="staff")

Host = Annotated[str | None, typer.Option(help="Address to listen on [OMS_HOST].")]
Port = Annotated[int | None, typer.Option(help="Port, 0 for any free one [OMS_PORT].")]
Kind = Annotated[str, typer.Argument(help="items, locations, levels or safety_stocks.")]
Name = Annotated[str, typer.Option(help="Who will use it.")]


def main() -> None:
    """Run the command line; what the user can put right is told in one line."""
    try:
        app()
    except Exception as error:  # what is not foreseen is raised again
        from oms.cli import complaints

        told = complaints.told(error)
        if told is None:
            raise
        typer.echo(f"oms: {told}", err=True)
        sys.exit(told.exit_code)


@app.command()
def serve(host: Host = None, port: Port = None) -> None:
    """Run everything in one process: database, API and worker."""
    from oms.cli import serve as command

    command.run(host=host, port=port)


@app.command()
def api(
    host: Host = None,
    port: Port = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
) -> None:
    """Run the API alone."""
    from oms.cli import api as command

    command.run(host=host, port=port, workers=workers)


@app.command()
def worker() -> None:
    """Run a worker alone; run as many as you like."""
    from oms.cli import worker as command

    command.run()


@app.command()
def migrate(
    revision: Annotated[str, typer.Option(help="Go up to this revision.")] = "head",
) -> None:
    """Bring the database to the schema of this program."""
    from oms.cli import migrate as command

    command.run(revision=revision)


@app.command()
def demo(
    orders: Annotated[int | None, typer.Option(min=1, help="Only the first so many.")] = None,
    port: Port = None,
    *,
    keep_serving: Annotated[
        bool | None, typer.Option("--serve/--exit", help="Go on serving [if this is a terminal].")
    ] = None,
) -> None:
    """Let two weeks of real orders live their lives, then look around."""
    from oms.cli import demonstrate

    demonstrate.run(orders=orders, port=port, keep_serving=keep_serving)


@app.command()
def verify() -> None:
    """Check every invariant on the whole database."""
    from oms.cli import verify as command

    command.run()


@app.command("import")
def import_file(
    kind: Kind,
    file: Annotated[Path, typer.Argument(help="CSV; NDJSON if it ends in .ndjson or .jsonl.")],
    charset: Annotated[
        str | None, typer.Option(help="utf-8 or cp932; found out unless named.")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="row_by_row, or all_or_nothing up to 10,000 rows.")
    ] = "row_by_row",
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge, and write nothing.")] = False,
) -> None:
    """Write the rows of a file into the books, and say what is wrong with the others."""
    from oms.cli import files

    files.bring_in(kind=kind, path=file, charset=charset, mode=mode, dry_run=dry_run)


@app.command("export")
def export_file(
    kind: Kind,
    file: Annotated[Path | None, typer.Argument(help="Where to [standard output, as CSV].")] = None,
    charset: Annotated[str, typer.Option(help="utf-8 or cp932.")] = "utf-8",
    *,
    bom: Annotated[bool, typer.Option("--bom", help="Let Excel know that it is UTF-8.")] = False,
) -> None:
    """Write a file of all there is at this moment, to be imported again."""
    from oms.cli import files

    files.bring_out(kind=kind, path=file, charset=charset, bom=bom)


@keys.command("create")
def create_key(
    name: Name,
    scope: Annotated[list[str], typer.Option(help="What it may do; repeat for more.")],
    channel: Annotated[str | None, typer.Option(help="Code of its only channel.")] = None,
) -> None:
    """Issue an API key; it is shown this once."""
    from oms.cli import credentials

    credentials.create_key(name=name, scopes=scope, channel_code=channel)


@staff.command("create")
def create_staff(
    name: Name,
    role: Annotated[list[str], typer.Option(help="What they are there for; repeat for more.")],
    location: Annotated[
        list[str] | None, typer.Option(help="Code of a location they are bound to.")
    ] = None,
) -> None:
    """Add a member of staff and issue their token; it is shown this once."""
    from oms.cli import credentials

    credentials.create_staff(name=name, roles=role, location_codes=location)


if __name__ == "__main__":
    main()
