"""The ledger of stock is kept by month."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

AHEAD = 3
EPOCH = datetime.fromtimestamp(0, UTC)

APPEND_ONLY = """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_movement
    FOR EACH ROW EXECUTE FUNCTION append_only()"""

TRACING_FOLLOWS = """
    CREATE CONSTRAINT TRIGGER tracing_follows AFTER INSERT ON stock_movement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.on_hand <> 0 OR NEW.damaged < 0 OR NEW.quality_control < 0)
    EXECUTE FUNCTION tracing_follows_movement()"""


def upgrade() -> None:
    """Move every line into the partition of its month; writers wait until it is done."""
    _set_aside()
    op.execute(
        "CREATE TABLE stock_movement (LIKE stock_movement_before"
        " INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (id)"
    )
    op.execute("CREATE TABLE stock_movement_default PARTITION OF stock_movement DEFAULT")
    for start, end in _months(op.get_bind()):
        op.execute(
            f"CREATE TABLE stock_movement_{start:%Y_%m} PARTITION OF stock_movement"
            f" FOR VALUES FROM ('{_first_id(start)}') TO ('{_first_id(end)}')"
        )
    _take_over()


def downgrade() -> None:
    """Put every line back into one table."""
    _set_aside()
    op.execute(
        "CREATE TABLE stock_movement (LIKE stock_movement_before"
        " INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
    )
    _take_over()


def _set_aside() -> None:
    op.execute("ALTER TABLE stock_movement RENAME TO stock_movement_before")
    op.execute("ALTER TABLE stock_movement_before DROP CONSTRAINT pk_stock_movement")
    op.execute("DROP INDEX ix_stock_movement_level")


def _take_over() -> None:
    """Copy first: filling empty tables is faster without indexes, and nothing is to follow."""
    op.execute("INSERT INTO stock_movement SELECT * FROM stock_movement_before")
    op.execute("DROP TABLE stock_movement_before")
    op.execute("ALTER TABLE stock_movement ADD CONSTRAINT pk_stock_movement PRIMARY KEY (id)")
    op.execute("CREATE INDEX ix_stock_movement_level ON stock_movement (sku, location_id, id)")
    op.execute(APPEND_ONLY)
    op.execute(TRACING_FOLLOWS)


def _months(connection: sa.Connection) -> list[tuple[datetime, datetime]]:
    """Return the months from the first line, or from now, to some beyond the present one."""
    now = datetime.now(UTC)
    first = connection.scalar(sa.text("SELECT min(recorded_at) FROM stock_movement_before")) or now
    place, last = _place(first), _place(now) + AHEAD
    return [(_start(n), _start(n + 1)) for n in range(place, last + 1)]


def _place(moment: datetime) -> int:
    moment = moment.astimezone(UTC)
    return moment.year * 12 + moment.month - 1


def _start(place: int) -> datetime:
    return datetime(place // 12, place % 12 + 1, 1, tzinfo=UTC)


def _first_id(moment: datetime) -> UUID:
    return UUID(int=((moment - EPOCH) // timedelta(milliseconds=1)) << 80)
