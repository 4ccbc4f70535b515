"""What a unit holds of the shelves: kits their parts, untracked items nothing; sold ahead when."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("stock_commitment", sa.Column("claimed_sku", sa.String(), nullable=True))
    op.add_column("stock_commitment", sa.Column("claimed", sa.Integer(), nullable=True))
    op.execute("UPDATE stock_commitment SET claimed_sku = sku, claimed = quantity")
    op.alter_column("stock_commitment", "claimed_sku", nullable=False)
    op.alter_column("stock_commitment", "claimed", nullable=False)
    op.drop_constraint(op.f("ck_stock_commitment_quantity_positive"), "stock_commitment")
    op.create_check_constraint(
        op.f("ck_stock_commitment_quantity_not_negative"), "stock_commitment", "quantity >= 0"
    )
    op.create_check_constraint(
        op.f("ck_stock_commitment_claimed_positive"), "stock_commitment", "claimed > 0"
    )
    op.create_check_constraint(
        op.f("ck_stock_commitment_whole_parts"), "stock_commitment", "quantity % claimed = 0"
    )
    for table in ("order_line", "fulfillment_line", "return_line"):
        op.add_column(table, sa.Column("parts", JSONB(none_as_null=True), nullable=True))
    op.add_column("order_line", sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("order_line", "expected_at")
    for table in ("return_line", "fulfillment_line", "order_line"):
        op.drop_column(table, "parts")
    for name in ("whole_parts", "claimed_positive", "quantity_not_negative"):
        op.drop_constraint(op.f(f"ck_stock_commitment_{name}"), "stock_commitment")
    op.execute("DELETE FROM stock_commitment WHERE quantity = 0")
    op.create_check_constraint(
        op.f("ck_stock_commitment_quantity_positive"), "stock_commitment", "quantity > 0"
    )
    op.drop_column("stock_commitment", "claimed")
    op.drop_column("stock_commitment", "claimed_sku")
