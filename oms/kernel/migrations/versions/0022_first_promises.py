"""The date that was promised first for units of an order line: the turn of who waits."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("order_line", sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE order_line SET promised_at = expected_at WHERE expected_at IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_order_line_expected_not_before_promised"),
        "order_line",
        "expected_at >= promised_at",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_order_line_expected_not_before_promised"), "order_line")
    op.drop_column("order_line", "promised_at")
