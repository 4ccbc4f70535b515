"""Supply: purchase orders, shipping notices, and what was received against them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

SEQUENCES = ("purchase_order_number", "shipping_notice_number", "supply_receipt_number")


def upgrade() -> None:
    for name in SEQUENCES:
        op.execute(f"CREATE SEQUENCE {name} START 100001")
    op.create_table(
        "purchase_order",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'PO-' || nextval('purchase_order_number')::text"),
            nullable=False,
        ),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "ordered",
                "partially_received",
                "received",
                "closed",
                "cancelled",
                name="purchasestatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("over_tolerance_percent", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "over_tolerance_percent between 0 and 100",
            name=op.f("ck_purchase_order_tolerance_is_percent"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_purchase_order_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
        sa.UniqueConstraint(
            "supplier", "external_id", name=op.f("uq_purchase_order_supplier_external_id")
        ),
    )
    op.create_index(
        "ix_purchase_order_location", "purchase_order", ["location_id", "id"], unique=False
    )
    op.create_table(
        "purchase_order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("quality_control", sa.Integer(), nullable=False),
        sa.Column("closed", sa.Integer(), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_cost_amount", sa.BigInteger(), nullable=True),
        sa.Column("unit_cost_currency", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(unit_cost_amount is null) = (unit_cost_currency is null)",
            name=op.f("ck_purchase_order_line_cost_has_currency"),
        ),
        sa.CheckConstraint(
            "due = 0 or due = ordered - accepted - damaged - quality_control - closed",
            name=op.f("ck_purchase_order_line_due_is_outstanding"),
        ),
        sa.CheckConstraint(
            "least(ordered, due, accepted, damaged, quality_control, closed) >= 0",
            name=op.f("ck_purchase_order_line_counters_not_negative"),
        ),
        sa.CheckConstraint(
            "unit_cost_amount >= 0", name=op.f("ck_purchase_order_line_cost_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
            name=op.f("fk_purchase_order_line_purchase_order_id"),
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_purchase_order_line_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_line")),
        sa.UniqueConstraint(
            "purchase_order_id",
            "position",
            name=op.f("uq_purchase_order_line_purchase_order_id_position"),
        ),
    )
    op.create_index(
        "ix_purchase_order_line_due",
        "purchase_order_line",
        ["sku", "expected_at"],
        unique=False,
        postgresql_where=sa.text("due > 0"),
    )
    op.create_table(
        "shipping_notice",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'ASN-' || nextval('shipping_notice_number')::text"),
            nullable=False,
        ),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "announced",
                "in_transit",
                "partially_received",
                "received",
                "cancelled",
                name="noticestatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("tracking_number", sa.String(), nullable=True),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
            name=op.f("fk_shipping_notice_purchase_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_notice")),
        sa.UniqueConstraint("number", name=op.f("uq_shipping_notice_number")),
        sa.UniqueConstraint(
            "supplier", "external_id", name=op.f("uq_shipping_notice_supplier_external_id")
        ),
    )
    op.create_index(
        "ix_shipping_notice_purchase_order",
        "shipping_notice",
        ["purchase_order_id", "id"],
        unique=False,
    )
    op.create_table(
        "shipping_notice_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipping_notice_line_quantity_positive")),
        sa.CheckConstraint(
            "received >= 0", name=op.f("ck_shipping_notice_line_received_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["shipping_notice.id"], name=op.f("fk_shipping_notice_line_notice_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_shipping_notice_line_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_notice_line")),
        sa.UniqueConstraint("notice_id", "sku", name=op.f("uq_shipping_notice_line_notice_id_sku")),
    )
    op.create_index(
        "ix_shipping_notice_line_coming",
        "shipping_notice_line",
        ["sku"],
        unique=False,
        postgresql_where=sa.text("received < quantity"),
    )
    op.create_table(
        "supply_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'GR-' || nextval('supply_receipt_number')::text"),
            nullable=False,
        ),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=True),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_supply_receipt_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["shipping_notice.id"], name=op.f("fk_supply_receipt_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
            name=op.f("fk_supply_receipt_purchase_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_supply_receipt_number")),
    )
    op.create_index(
        "ix_supply_receipt_purchase_order",
        "supply_receipt",
        ["purchase_order_id", "id"],
        unique=False,
    )
    op.create_table(
        "supply_discrepancy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "over",
                "short",
                "damaged",
                "unexpected",
                "unknown",
                name="discrepancykind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_supply_discrepancy_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
            name=op.f("fk_supply_discrepancy_purchase_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["supply_receipt.id"], name=op.f("fk_supply_discrepancy_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_discrepancy")),
    )
    op.create_index(
        "ix_supply_discrepancy_purchase_order",
        "supply_discrepancy",
        ["purchase_order_id", "id"],
        unique=False,
    )
    op.create_table(
        "supply_receipt_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_line_id", sa.Uuid(), nullable=True),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("quality_control", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "accepted + damaged + quality_control > 0",
            name=op.f("ck_supply_receipt_line_something_came"),
        ),
        sa.CheckConstraint(
            "least(accepted, damaged, quality_control) >= 0",
            name=op.f("ck_supply_receipt_line_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_order_line.id"],
            name=op.f("fk_supply_receipt_line_purchase_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["supply_receipt.id"], name=op.f("fk_supply_receipt_line_receipt_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_supply_receipt_line_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_receipt_line")),
    )
    op.create_index(
        "ix_supply_receipt_line_purchase_line",
        "supply_receipt_line",
        ["purchase_line_id"],
        unique=False,
    )
    op.create_index(
        "ix_supply_receipt_line_receipt", "supply_receipt_line", ["receipt_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_supply_receipt_line_receipt", table_name="supply_receipt_line")
    op.drop_index("ix_supply_receipt_line_purchase_line", table_name="supply_receipt_line")
    op.drop_table("supply_receipt_line")
    op.drop_index("ix_supply_discrepancy_purchase_order", table_name="supply_discrepancy")
    op.drop_table("supply_discrepancy")
    op.drop_index("ix_supply_receipt_purchase_order", table_name="supply_receipt")
    op.drop_table("supply_receipt")
    op.drop_index(
        "ix_shipping_notice_line_coming",
        table_name="shipping_notice_line",
        postgresql_where=sa.text("received < quantity"),
    )
    op.drop_table("shipping_notice_line")
    op.drop_index("ix_shipping_notice_purchase_order", table_name="shipping_notice")
    op.drop_table("shipping_notice")
    op.drop_index(
        "ix_purchase_order_line_due",
        table_name="purchase_order_line",
        postgresql_where=sa.text("due > 0"),
    )
    op.drop_table("purchase_order_line")
    op.drop_index("ix_purchase_order_location", table_name="purchase_order")
    op.drop_table("purchase_order")
    for name in SEQUENCES:
        op.execute(f"DROP SEQUENCE {name}")
