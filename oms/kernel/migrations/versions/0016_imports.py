"""Imports: files that are written into the books chunk by chunk, and what is wrong with rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

WORDS = {
    "kind": ("kind", "items", "locations", "levels", "safety_stocks"),
    "format": ("format", "csv", "ndjson"),
    "charset": ("charset", "utf-8", "cp932"),
    "mode": ("mode", "all_or_nothing", "row_by_row"),
    "status": ("importstatus", "received", "running", "done", "failed", "cancelled"),
    "actor_kind": ("actorkind", "client", "staff", "carrier", "gateway", "system"),
}

CHECKS = {
    "chunk_in_file": "next_chunk between 0 and chunks",
    "rows_counted_once": "least(added, changed, unchanged, refused) >= 0"
    " and added + changed + unchanged + refused <= rows",
    "done_with_every_row": "status <> 'done' or added + changed + unchanged + refused = rows",
    "failed_with_reason": "status <> 'failed' or reason is not null",
    "ended_has_time": "(status in ('received', 'running')) = (ended_at is null)",
}

COUNTS = ("size_bytes", "rows", "chunks", "next_chunk", "added", "changed", "unchanged", "refused")


def upgrade() -> None:
    """Make room for imports."""
    op.create_table(
        "import",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(_choice(column, *words) for column, words in WORDS.items()),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("charset_certain", "dry_run")),
        sa.Column("columns", sa.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("location_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        *(sa.CheckConstraint(sql, name=op.f(f"ck_import_{name}")) for name, sql in CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    _part(
        "import_chunk",
        [("place", sa.Integer()), ("content", sa.LargeBinary())],
        key=("import_id", "place"),
        counts="place >= 0",
    )
    _part(
        "import_problem",
        [
            ("line", sa.Integer()),
            ("place", sa.Integer()),
            ("column", sa.String()),
            ("code", sa.String()),
            ("detail", sa.String()),
        ],
        key=("import_id", "line", "place"),
        counts="line >= 1 and place >= 0",
    )


def downgrade() -> None:
    """Forget imports; what they wrote stays."""
    op.drop_table("import_problem")
    op.drop_table("import_chunk")
    op.drop_table("import")


def _choice(column: str, kind: str, *words: str) -> sa.Column[str]:
    known = sa.Enum(
        *words, name=f"{kind}_known", native_enum=False, create_constraint=True, length=40
    )
    return sa.Column(column, known, nullable=False)


def _part(
    name: str,
    columns: list[tuple[str, sa.types.TypeEngine[Any]]],
    *,
    key: tuple[str, ...],
    counts: str,
) -> None:
    op.create_table(
        name,
        sa.Column("import_id", sa.Uuid(), nullable=False),
        *(sa.Column(column, kind, nullable=False) for column, kind in columns),
        sa.CheckConstraint(counts, name=op.f(f"ck_{name}_place_counts")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["import.id"], name=op.f(f"fk_{name}_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )
