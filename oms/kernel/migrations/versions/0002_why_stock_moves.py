"""Why stock moves: all of Shopify's words, and more of ours."""

from alembic import op

revision = "0002"
down_revision = "0001"

FIRST = (
    "correction", "cycle_count_available", "damaged", "other", "promotion", "quality_control",
    "received", "reservation_created", "reservation_deleted", "restock", "safety_stock",
    "shrinkage", "order_committed", "order_released", "order_shipped",
)  # fmt: skip
ADDED = (
    "movement_canceled", "movement_created", "movement_received", "movement_updated",
    "reservation_updated", "expired", "movement_lost", "movement_shipped", "recalled",
    "reservation_expired", "scrapped",
)  # fmt: skip


def upgrade() -> None:
    _know((*FIRST, *ADDED))
    op.execute("ALTER TABLE stock_movement VALIDATE CONSTRAINT ck_stock_movement_reason_known")


def downgrade() -> None:
    """Know the first words only, from now on: what is written stays."""
    _know(FIRST)


def _know(words: tuple[str, ...]) -> None:
    known = ", ".join(f"'{word}'" for word in words)
    op.execute(
        "ALTER TABLE stock_movement DROP CONSTRAINT ck_stock_movement_reason_known,"
        " ADD CONSTRAINT ck_stock_movement_reason_known"
        f" CHECK (reason IN ({known})) NOT VALID"
    )
