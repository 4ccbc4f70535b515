"""Amounts by name: discounts, fees, taxes by rate, tenders; prices that include tax."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"

SUM = "goods_amount - discount_amount + shipping_amount"
NAMED = {
    "order": ("discounts", "fees", "taxes", "tenders"),
    "order_line": ("discounts",),
}
AMOUNTS = {"order": ("fees_amount",), "order_line": ("fees_amount", "charges_tax_amount")}


def upgrade() -> None:
    for table in ("order", "order_line"):
        for name in AMOUNTS[table]:
            _add(table, name, sa.BigInteger(), "0")
        _add(table, "tax_included", sa.Boolean(), "false")
        for name in NAMED[table]:
            op.add_column(table, sa.Column(name, JSONB(none_as_null=True), nullable=True))
    op.add_column("order_line", sa.Column("tax_rate", sa.Integer(), nullable=True))
    op.drop_constraint(op.f("ck_order_adds_up"), "order")
    op.create_check_constraint(
        op.f("ck_order_adds_up"),
        "order",
        f"{SUM} + fees_amount + CASE WHEN tax_included THEN 0 ELSE tax_amount END = total_amount",
    )


def _add(table: str, name: str, kind: sa.BigInteger | sa.Boolean, nothing: str) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=sa.text(nothing)))
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_order_adds_up"), "order")
    op.create_check_constraint(
        op.f("ck_order_adds_up"), "order", f"{SUM} + tax_amount = total_amount"
    )
    op.drop_column("order_line", "tax_rate")
    for table in ("order_line", "order"):
        for name in (*NAMED[table], "tax_included", *AMOUNTS[table]):
            op.drop_column(table, name)
