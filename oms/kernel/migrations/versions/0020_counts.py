"""Counts of stock, and whose promises a level bears."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

STATUSES = ("open", "counting", "in_review", "approved", "cancelled")


def upgrade() -> None:
    op.create_index("ix_stock_commitment_level", "stock_commitment", ["location_id", "sku"])
    op.execute("CREATE SEQUENCE stock_count_number START 100001")
    op.create_table(
        "stock_count",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'CT-' || nextval('stock_count_number')::text"),
            nullable=False,
        ),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                *STATUSES,
                name="countstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("counters", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("limit_units", sa.Integer(), nullable=True),
        sa.Column("limit_percent", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        _recorded_at(),
        sa.CheckConstraint("counters > 0", name=op.f("ck_stock_count_counters_positive")),
        sa.CheckConstraint("round > 0", name=op.f("ck_stock_count_counts_from_one")),
        sa.CheckConstraint(
            "limit_units >= 0", name=op.f("ck_stock_count_limit_units_not_negative")
        ),
        sa.CheckConstraint(
            "limit_percent between 0 and 100", name=op.f("ck_stock_count_limit_percent_is_one")
        ),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_at is not null)",
            name=op.f("ck_stock_count_approved_once"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_count_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("number", name=op.f("uq_stock_count_number")),
        sa.UniqueConstraint("cause", name=op.f("uq_stock_count_cause")),
    )
    op.create_index("ix_stock_count_location", "stock_count", ["location_id", "id"])
    _lines()
    _entries()
    _counted()


def _lines() -> None:
    op.create_table(
        "stock_count_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("count_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("delta", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("round > 0", name=op.f("ck_stock_count_line_counts_from_one")),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_count_line_counted_not_negative")),
        sa.CheckConstraint(
            "num_nonnulls(counted, delta, counted_at) in (0, 3)",
            name=op.f("ck_stock_count_line_booked_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["count_id"], ["stock_count.id"], name=op.f("fk_stock_count_line_count_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_stock_count_line_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_line")),
        sa.UniqueConstraint("count_id", "sku", name=op.f("uq_stock_count_line_count_id_sku")),
    )
    op.create_index("ix_stock_count_line_sku", "stock_count_line", ["sku"])


def _entries() -> None:
    op.create_table(
        "stock_count_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("counter", sa.String(), nullable=False),
        sa.Column("counter_id", sa.Uuid(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "least(units, on_hand, picked) >= 0",
            name=op.f("ck_stock_count_entry_units_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["stock_count_line.id"], name=op.f("fk_stock_count_entry_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count_entry")),
    )
    op.create_index("ix_stock_count_entry_line", "stock_count_entry", ["line_id", "id"])


def _counted() -> None:
    op.create_table(
        "stock_counted",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_stock_counted_sku")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_counted_location_id")
        ),
        sa.PrimaryKeyConstraint("sku", "location_id", name=op.f("pk_stock_counted")),
    )


def _recorded_at() -> sa.Column[object]:
    return sa.Column(
        "recorded_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    )


def downgrade() -> None:
    for table in ("stock_counted", "stock_count_entry", "stock_count_line", "stock_count"):
        op.drop_table(table)
    op.execute("DROP SEQUENCE stock_count_number")
    op.drop_index("ix_stock_commitment_level", "stock_commitment")
