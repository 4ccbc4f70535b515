"""Places: more kinds and abilities, opening hours, groups, bins, and what is counted by day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

KINDS = ("warehouse", "store", "third_party")
ADDED = ("supplier", "virtual")

RULES = {
    "virtual_does_nothing": "kind <> 'virtual' or not (ships or pickup or receives_returns or counts)",
    "pickup_has_a_door": "kind in ('warehouse', 'store') or not pickup",
    "suppliers_count_themselves": "kind <> 'supplier' or not counts",
    "capacity_not_negative": "daily_order_capacity >= 0",
    "handling_within_a_month": "handling_minutes between 0 and 43200",
    "cutoff_within_a_day": "order_cutoff_minute between 0 and 1439",
}


def upgrade() -> None:
    _know((*KINDS, *ADDED))
    op.execute("ALTER TABLE location VALIDATE CONSTRAINT ck_location_locationkind_known")
    op.add_column(
        "location", sa.Column("pickup", sa.Boolean(), nullable=False, server_default="false")
    )
    op.add_column(
        "location", sa.Column("counts", sa.Boolean(), nullable=False, server_default="true")
    )
    op.add_column("location", sa.Column("daily_order_capacity", sa.Integer(), nullable=True))
    op.add_column(
        "location", sa.Column("handling_minutes", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("location", sa.Column("order_cutoff_minute", sa.Integer(), nullable=True))
    op.add_column(
        "location",
        sa.Column("opens_on_holidays", sa.Boolean(), nullable=False, server_default="true"),
    )
    op.add_column("location", sa.Column("holiday_calendar", sa.String(), nullable=True))
    for column in ("pickup", "counts", "handling_minutes", "opens_on_holidays"):
        op.alter_column("location", column, server_default=None)
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_location_{name}"), "location", rule)
    op.create_table(
        "location_hours",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("open_minutes", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.CheckConstraint(
            "open_minutes <@ int4range(0, 2880)", name=op.f("ck_location_hours_minutes_of_a_day")
        ),
        sa.CheckConstraint(
            "weekday between 1 and 7", name=op.f("ck_location_hours_weekday_is_iso")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_hours_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "weekday", name=op.f("pk_location_hours")),
    )
    op.create_table(
        "location_special_day",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("open_minutes", postgresql.INT4MULTIRANGE(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "open_minutes <@ int4range(0, 2880)",
            name=op.f("ck_location_special_day_minutes_of_a_day"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_special_day_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "day", name=op.f("pk_location_special_day")),
    )
    op.create_table(
        "location_group",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location_group")),
        sa.UniqueConstraint("code", name=op.f("uq_location_group_code")),
    )
    op.create_table(
        "location_group_member",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["location_group.id"],
            name=op.f("fk_location_group_member_group_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_group_member_location_id")
        ),
        sa.PrimaryKeyConstraint("group_id", "location_id", name=op.f("pk_location_group_member")),
    )
    op.create_index("ix_location_group_member_location", "location_group_member", ["location_id"])
    op.create_table(
        "bin",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("aisle", sa.String(), nullable=False),
        sa.Column("walk_order", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("walk_order >= 0", name=op.f("ck_bin_walk_order_not_negative")),
        sa.ForeignKeyConstraint(["location_id"], ["location.id"], name=op.f("fk_bin_location_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bin")),
        sa.UniqueConstraint("id", "location_id", name=op.f("uq_bin_id_location_id")),
        sa.UniqueConstraint("location_id", "code", name=op.f("uq_bin_location_id_code")),
    )
    op.create_index("ix_bin_walk", "bin", ["location_id", "zone", "aisle", "walk_order", "code"])
    op.create_table(
        "bin_item",
        sa.Column("bin_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bin_id", "location_id"],
            ["bin.id", "bin.location_id"],
            name=op.f("fk_bin_item_bin_id_location_id"),
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_bin_item_sku")),
        sa.PrimaryKeyConstraint("bin_id", "sku", name=op.f("pk_bin_item")),
    )
    op.create_index("ix_bin_item_sku", "bin_item", ["location_id", "sku"])
    op.create_table(
        "location_orders_taken",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "orders >= 0", name=op.f("ck_location_orders_taken_orders_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_orders_taken_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "day", name=op.f("pk_location_orders_taken")),
        postgresql_with={"fillfactor": "75"},
    )
    op.create_table(
        "location_pick_record",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "least(picked, rejected) >= 0", name=op.f("ck_location_pick_record_units_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_location_pick_record_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "day", name=op.f("pk_location_pick_record")),
        postgresql_with={"fillfactor": "75"},
    )


def downgrade() -> None:
    """Know the first kinds only, from now on: what is written stays."""
    op.drop_table("location_pick_record")
    op.drop_table("location_orders_taken")
    op.drop_table("bin_item")
    op.drop_table("bin")
    op.drop_table("location_group_member")
    op.drop_table("location_group")
    op.drop_table("location_special_day")
    op.drop_table("location_hours")
    for name in RULES:
        op.drop_constraint(op.f(f"ck_location_{name}"), "location")
    for column in (
        "holiday_calendar", "opens_on_holidays", "order_cutoff_minute", "handling_minutes",
        "daily_order_capacity", "counts", "pickup",
    ):  # fmt: skip
        op.drop_column("location", column)
    _know(KINDS)


def _know(words: tuple[str, ...]) -> None:
    known = ", ".join(f"'{word}'" for word in words)
    op.execute(
        "ALTER TABLE location DROP CONSTRAINT ck_location_locationkind_known,"
        f" ADD CONSTRAINT ck_location_locationkind_known CHECK (kind IN ({known})) NOT VALID"
    )
