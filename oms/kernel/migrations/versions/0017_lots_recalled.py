"""Lots are recalled; a lot that may not be sold says why."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

TOLD = ("expiring_told_at", "expired_told_at")
STATES = "ck_lot_lotstatus_known"


def upgrade() -> None:
    op.drop_constraint(op.f(STATES), "lot")
    op.create_check_constraint(op.f(STATES), "lot", "status IN ('open', 'quarantined', 'recalled')")
    op.execute("UPDATE lot SET reason = NULL WHERE status = 'open'")
    op.drop_constraint(op.f("ck_lot_quarantined_with_reason"), "lot")
    op.create_check_constraint(
        op.f("ck_lot_held_with_reason"), "lot", "(status = 'open') = (reason is null)"
    )
    op.drop_index("ix_lot_expiry", table_name="lot")
    op.create_index(
        "ix_lot_expiry", "lot", ["expires_on"], postgresql_where=sa.text("status = 'open'")
    )
    op.create_index("ix_lot_held", "lot", ["id"], postgresql_where=sa.text("status <> 'open'"))
    for name in TOLD:
        op.drop_column("lot_stock", name)


def downgrade() -> None:
    for name in TOLD:
        op.add_column("lot_stock", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_lot_held", table_name="lot")
    op.drop_index("ix_lot_expiry", table_name="lot")
    op.create_index(
        "ix_lot_expiry", "lot", ["expires_on"], postgresql_where=sa.text("expires_on is not null")
    )
    op.drop_constraint(op.f("ck_lot_held_with_reason"), "lot")
    op.create_check_constraint(
        op.f("ck_lot_quarantined_with_reason"),
        "lot",
        "status <> 'quarantined' or reason is not null",
    )
    op.execute("UPDATE lot SET status = 'quarantined' WHERE status = 'recalled'")
    op.drop_constraint(op.f(STATES), "lot")
    op.create_check_constraint(op.f(STATES), "lot", "status IN ('open', 'quarantined')")
