"""How imports are shown."""

from datetime import datetime
from uuid import UUID

from oms.channels.files import Format, Kind
from oms.channels.imports.states import ImportStatus
from oms.kernel.bulk import Mode
from oms.kernel.files.charsets import Charset
from oms.kernel.inputs import Output


class ImportOut(Output):
    """An import and how far it has got: `done` of `rows` rows, and what became of them.

    Of a dry run the counts tell what would be; of an all-or-nothing import that failed only what
    was refused. In both cases nothing was written. When `charset_certain` is false, another charset
    would have read the file as well.
    """

    id: UUID
    kind: Kind
    format: Format
    charset: Charset
    charset_certain: bool
    mode: Mode
    dry_run: bool
    status: ImportStatus
    rows: int
    done: int
    added: int
    changed: int
    unchanged: int
    refused: int
    reason: str | None
    ended_at: datetime | None
    recorded_at: datetime
    actions: list[str]


class ImportsOut(Output):
    """A page of imports, newest first."""

    imports: list[ImportOut]
    next_cursor: str | None
