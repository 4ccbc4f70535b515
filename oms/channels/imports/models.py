"""Imports: what was asked for, how far it has got, the rows still to come, and what is wrong."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    Text,
    Uuid,
)
from sqlmodel import Field

from oms.channels.files import Format, Kind
from oms.channels.imports.states import IMPORT, OPEN, ImportStatus
from oms.kernel import ids
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.bulk import Mode
from oms.kernel.files.charsets import Charset
from oms.kernel.tables import Table, choice, moment, recorded_at


class Import(Table, table=True):
    """A file that is being written into the books in the name of who sent it.

    `next_chunk` is raised in the transaction of what the chunk's rows did: whoever comes twice,
    or late, finds that it was done.
    """

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("next_chunk between 0 and chunks", name="chunk_in_file"),
        CheckConstraint(
            "least(added, changed, unchanged, refused) >= 0"
            " and added + changed + unchanged + refused <= rows",
            name="rows_counted_once",
        ),
        CheckConstraint(
            "status <> 'done' or added + changed + unchanged + refused = rows",
            name="done_with_every_row",
        ),
        CheckConstraint("status <> 'failed' or reason is not null", name="failed_with_reason"),
        CheckConstraint(
            "(status in ('received', 'running')) = (ended_at is null)", name="ended_has_time"
        ),
    )

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    kind: Kind = choice(Kind)
    format: Format = choice(Format)
    charset: Charset = choice(Charset)
    charset_certain: bool
    mode: Mode = choice(Mode)
    dry_run: bool
    status: ImportStatus = choice(ImportStatus, ImportStatus.RECEIVED)
    columns: list[str] = Field(sa_type=ARRAY(Text))
    size_bytes: int
    rows: int = 0
    chunks: int = 0
    next_chunk: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    reason: str | None = None
    actor_kind: ActorKind = choice(ActorKind)
    actor_name: str
    actor_id: UUID | None = None
    location_ids: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    ended_at: datetime | None = moment(nullable=True)
    recorded_at: datetime = recorded_at()

    @property
    def done(self) -> int:
        """Return how many rows were worked off."""
        return self.added + self.changed + self.unchanged + self.refused

    @property
    def open(self) -> bool:
        """Tell whether there is more to come."""
        return self.status in OPEN

    @property
    def actions(self) -> list[str]:
        """Return what people may do with it now."""
        return [verb for verb in IMPORT.possible(self.status) if verb == "cancel"]

    @property
    def actor(self) -> Actor:
        """Return in whose name it is done, and how far they reach."""
        bounds = None if self.location_ids is None else frozenset(self.location_ids)
        return Actor(self.actor_kind, self.actor_name, self.actor_id, location_ids=bounds)


class ImportChunk(Table, table=True):
    """Some rows of a file as they came: JSON of a list of line and cells, or line and text.

    They are dropped when the import ends.
    """

    __tablename__ = "import_chunk"
    __table_args__ = (
        PrimaryKeyConstraint("import_id", "place"),
        ForeignKeyConstraint(["import_id"], ["import.id"], ondelete="CASCADE"),
        CheckConstraint("place >= 0", name="place_counts"),
    )

    import_id: UUID
    place: int
    content: bytes


class ImportProblem(Table, table=True):
    """What is wrong with one cell of a file, by its line and column."""

    __tablename__ = "import_problem"
    __table_args__ = (
        PrimaryKeyConstraint("import_id", "line", "place"),
        ForeignKeyConstraint(["import_id"], ["import.id"], ondelete="CASCADE"),
        CheckConstraint("line >= 1 and place >= 0", name="place_counts"),
    )

    import_id: UUID
    line: int
    place: int
    column: str
    code: str
    detail: str
