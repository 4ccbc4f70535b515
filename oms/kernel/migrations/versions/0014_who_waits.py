"""Finding order lines that wait for an item, as such or as part of a kit."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WAITS = sa.text("backordered > 0")


def upgrade() -> None:
    op.create_index("ix_order_line_waiting", "order_line", ["sku"], postgresql_where=WAITS)
    op.create_index(
        "ix_order_line_waiting_parts", "order_line", ["parts"],
        postgresql_using="gin", postgresql_where=WAITS,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_order_line_waiting_parts", "order_line")
    op.drop_index("ix_order_line_waiting", "order_line")
