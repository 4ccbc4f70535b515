"""What a channel may sell: rules, and selling ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "selling_rule",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "threshold",
                "safety_stock",
                "shipping",
                "pickup",
                name="rulekind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("item_group", sa.String(), nullable=True),
        sa.Column("location_group", sa.String(), nullable=True),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("allowed", sa.Boolean(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind in ('threshold', 'safety_stock')) = (units is not null) and (kind in ('shipping', 'pickup')) = (allowed is not null)",
            name=op.f("ck_selling_rule_decides_by_its_kind"),
        ),
        sa.CheckConstraint("priority >= 0", name=op.f("ck_selling_rule_priority_not_negative")),
        sa.CheckConstraint("units >= 0", name=op.f("ck_selling_rule_units_not_negative")),
        sa.ForeignKeyConstraint(
            ["item_group"], ["item_group.code"], name=op.f("fk_selling_rule_item_group")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_selling_rule")),
    )
    op.create_index(
        "ix_selling_rule_active",
        "selling_rule",
        ["kind"],
        unique=False,
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "backlog_claim",
        sa.Column("claimant_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_backlog_claim_quantity_positive")),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_backlog_claim_sku")),
        sa.PrimaryKeyConstraint("claimant_id", "sku", name=op.f("pk_backlog_claim")),
    )
    op.create_index("ix_backlog_claim_sku", "backlog_claim", ["sku", "channel_id"], unique=False)
    op.create_table(
        "backlog_limit",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "backorder",
                "preorder",
                name="backlogkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "kind <> 'preorder' or available_at is not null",
            name=op.f("ck_backlog_limit_preorder_has_date"),
        ),
        sa.CheckConstraint(
            "taken between 0 and units", name=op.f("ck_backlog_limit_never_over_limit")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_backlog_limit_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_limit")),
        sa.UniqueConstraint(
            "sku",
            "channel_id",
            name=op.f("uq_backlog_limit_sku_channel_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def downgrade() -> None:
    op.drop_table("backlog_limit")
    op.drop_index("ix_backlog_claim_sku", table_name="backlog_claim")
    op.drop_table("backlog_claim")
    op.drop_index(
        "ix_selling_rule_active", table_name="selling_rule", postgresql_where=sa.text("active")
    )
    op.drop_table("selling_rule")
