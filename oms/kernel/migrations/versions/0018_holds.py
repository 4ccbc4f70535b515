"""Holds: carts that reserve stock for a limited time."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

ACTIVE = sa.text("status = 'active'")


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "converted", "expired", "released",
                name="holdstatus_known", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("payment_method", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status = 'converted') = (order_id is not null)",
            name=op.f("ck_hold_converted_by_an_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )  # fmt: skip
    op.create_index(
        "ix_hold_cart", "hold", ["channel_id", "external_id"], unique=True, postgresql_where=ACTIVE
    )
    op.create_index("ix_hold_due", "hold", ["expires_at"], postgresql_where=ACTIVE)
    op.create_table(
        "hold_line",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_hold_line_quantity_positive")),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_hold_line_hold_id")),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_hold_line_sku")),
        sa.PrimaryKeyConstraint("hold_id", "sku", name=op.f("pk_hold_line")),
    )
    op.create_table(
        "hold_allocation",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("claimed_sku", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("claimed > 0", name=op.f("ck_hold_allocation_claimed_positive")),
        sa.CheckConstraint(
            "quantity > 0 and quantity % claimed = 0", name=op.f("ck_hold_allocation_whole_parts")
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_hold_allocation_hold_id")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_hold_allocation_location_id")
        ),
        sa.PrimaryKeyConstraint(
            "hold_id", "claimed_sku", "sku", "location_id", name=op.f("pk_hold_allocation")
        ),
    )
    op.create_index("ix_hold_allocation_level", "hold_allocation", ["sku", "location_id"])


def downgrade() -> None:
    op.drop_table("hold_allocation")
    op.drop_table("hold_line")
    op.drop_table("hold")
