"""Orders are found by every axis of their status, by customer, goods, parcel and place."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

GOODS = (
    "unfulfilled", "backordered", "in_work", "partially_shipped", "shipped", "delivered",
    "cancelled",
)  # fmt: skip
RETURNS = ("none", "requested", "partially_returned", "returned")

DERIVE = """
UPDATE "order" SET goods_status = CASE
        WHEN wanted = 0 THEN 'cancelled' WHEN delivered = wanted THEN 'delivered'
        WHEN shipped = wanted THEN 'shipped' WHEN shipped > 0 THEN 'partially_shipped'
        WHEN backordered > 0 THEN 'backordered' WHEN in_work > 0 THEN 'in_work'
        ELSE 'unfulfilled' END,
    returns_status = CASE
        WHEN returned > 0 AND returned = shipped THEN 'returned'
        WHEN requested > 0 THEN 'requested' WHEN returned > 0 THEN 'partially_returned'
        ELSE 'none' END
FROM (SELECT order_id, sum(ordered - cancelled) AS wanted, sum(delivered) AS delivered,
          sum(shipped) AS shipped, sum(backordered) AS backordered, sum(in_work) AS in_work,
          sum(returned) AS returned, sum(return_requested) AS requested
      FROM order_line GROUP BY order_id) line
WHERE line.order_id = "order".id
"""

INDEXES = {
    "ix_order_external": "external_id",
    "ix_order_status": "status, id",
    "ix_order_goods_status": "goods_status, id",
    "ix_order_payment_status": "payment_status, id",
    "ix_order_returns_status": "returns_status, id",
    "ix_order_placed_at": "placed_at",
    "ix_order_email": "lower(customer ->> 'email'), id",
    "ix_order_phone": "regexp_replace(customer ->> 'phone', '[^0-9]', '', 'g'), id",
    "ix_order_name": "lower(customer ->> 'name') text_pattern_ops",
}


def upgrade() -> None:
    for name, words, start in (
        ("goods_status", GOODS, "unfulfilled"), ("returns_status", RETURNS, "none")
    ):  # fmt: skip
        op.add_column("order", sa.Column(name, sa.String(40), nullable=False, server_default=start))
        op.alter_column("order", name, server_default=None)
        known = ", ".join(f"'{word}'" for word in words)
        kind = name.replace("_", "")
        op.create_check_constraint(op.f(f"ck_order_{kind}_known"), "order", f"{name} IN ({known})")
    op.execute(DERIVE)
    for name, columns in INDEXES.items():
        op.execute(f'CREATE INDEX {name} ON "order" ({columns})')
    op.create_index("ix_order_line_sku", "order_line", ["sku", "order_id"])
    op.create_index("ix_shipment_tracking_number", "shipment", ["tracking_number"])
    op.drop_index("ix_fulfillment_order_order", "fulfillment_order")
    op.create_index("ix_fulfillment_order_order", "fulfillment_order", ["order_id", "location_id"])
    op.create_index(
        "ix_fulfillment_order_location", "fulfillment_order", ["location_id", "order_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_fulfillment_order_location", "fulfillment_order")
    op.drop_index("ix_fulfillment_order_order", "fulfillment_order")
    op.create_index("ix_fulfillment_order_order", "fulfillment_order", ["order_id"])
    op.drop_index("ix_shipment_tracking_number", "shipment")
    op.drop_index("ix_order_line_sku", "order_line")
    for name in INDEXES:
        op.drop_index(name, "order")
    op.drop_column("order", "returns_status")
    op.drop_column("order", "goods_status")
