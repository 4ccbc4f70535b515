"""Rows of a few kilobytes stay uncompressed in their table."""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = ("event", "idempotency_answer", "routing_decision")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} RESET (toast_tuple_target)")
