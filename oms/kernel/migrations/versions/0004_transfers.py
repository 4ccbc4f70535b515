"""Transfers between locations."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


STATUSES = (
    "draft", "ready_to_ship", "picked", "in_transit", "partially_received", "returning",
    "received", "cancelled",
)  # fmt: skip
OUTCOMES = ("accepted", "damaged", "lost", "rejected", "surplus")
COUNTERS = (
    "reserved", "picked", "missing", "shipped", "accepted", "damaged", "lost", "surplus",
    "turned_back", "back", "back_damaged", "back_lost",
)  # fmt: skip


def upgrade() -> None:
    op.execute("CREATE SEQUENCE transfer_number START 100001")
    op.create_table(
        "transfer",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'TR-' || nextval('transfer_number')::text"),
            nullable=False,
        ),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("destination_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                *STATUSES,
                name="transferstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("tracking_number", sa.String(), nullable=True),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("source_id <> destination_id", name=op.f("ck_transfer_goes_somewhere")),
        sa.ForeignKeyConstraint(["source_id"], ["location.id"], name=op.f("fk_transfer_source_id")),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["location.id"], name=op.f("fk_transfer_destination_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_number")),
    )
    op.create_index("ix_transfer_source", "transfer", ["source_id", "id"])
    op.create_index("ix_transfer_destination", "transfer", ["destination_id", "id"])
    op.create_table(
        "transfer_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTERS),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transfer_line_quantity_positive")),
        sa.CheckConstraint(
            f"least({', '.join(COUNTERS)}) >= 0",
            name=op.f("ck_transfer_line_counters_not_negative"),
        ),
        sa.CheckConstraint(
            "greatest(reserved, picked + missing) <= quantity",
            name=op.f("ck_transfer_line_as_was_asked"),
        ),
        sa.CheckConstraint(
            "shipped in (0, picked)", name=op.f("ck_transfer_line_ships_what_was_picked")
        ),
        sa.CheckConstraint(
            "accepted + damaged + lost + turned_back <= shipped",
            name=op.f("ck_transfer_line_arrived_was_shipped"),
        ),
        sa.CheckConstraint(
            "back + back_damaged + back_lost <= turned_back",
            name=op.f("ck_transfer_line_back_was_turned_back"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_transfer_line_transfer_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_transfer_line_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_line")),
        sa.UniqueConstraint("transfer_id", "sku", name=op.f("uq_transfer_line_transfer_id_sku")),
    )
    op.create_index(
        "ix_transfer_line_held", "transfer_line", ["sku"], postgresql_where=sa.text("reserved > 0")
    )
    op.create_table(
        "transfer_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transfer_line_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                *OUTCOMES,
                name="outcome_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_transfer_receipt_quantity_positive")),
        sa.CheckConstraint(
            "outcome = 'accepted' or reason is not null",
            name=op.f("ck_transfer_receipt_trouble_has_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["transfer_line_id"],
            ["transfer_line.id"],
            name=op.f("fk_transfer_receipt_transfer_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_transfer_receipt_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_receipt")),
    )
    op.create_index(
        op.f("ix_transfer_receipt_transfer_line_id"), "transfer_receipt", ["transfer_line_id"]
    )


def downgrade() -> None:
    op.drop_table("transfer_receipt")
    op.drop_table("transfer_line")
    op.drop_table("transfer")
    op.execute("DROP SEQUENCE transfer_number")
