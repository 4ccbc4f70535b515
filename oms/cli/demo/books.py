"""What the database says when all is done; the demonstration reads it here and nowhere else."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import text

from oms.kernel import db

_OWED = text("""
SELECT (SELECT count(*) FROM delivery WHERE status = 'due')
     + (SELECT count(*) FROM job WHERE status = 'due' AND next_at < now() + interval '1 minute'
                                   AND coalesce(key, '') NOT LIKE 'every:%')
""")

_LETTERS = text("SELECT count(*) FROM webhook_message WHERE status = 'due'")

_NUMBERS = text("""
SELECT (SELECT count(*) FROM "order") AS orders,
       (SELECT coalesce(sum(ordered), 0) FROM order_line) AS units,
       (SELECT coalesce(sum(shipped), 0) FROM order_line) AS units_shipped,
       (SELECT coalesce(sum(delivered), 0) FROM order_line) AS units_delivered,
       (SELECT coalesce(sum(returned), 0) FROM order_line) AS units_returned,
       (SELECT coalesce(sum(backordered), 0) FROM order_line) AS units_backordered,
       (SELECT count(*) FROM shipment) AS parcels,
       (SELECT count(*) FROM shipment WHERE delivered_at IS NOT NULL) AS parcels_delivered,
       (SELECT count(*) FROM tracking_scan) AS scans,
       (SELECT count(DISTINCT order_id) FROM shipment) AS orders_shipped,
       (SELECT count(*) FROM (SELECT FROM shipment GROUP BY order_id HAVING count(*) > 1) AS split)
           AS orders_split,
       (SELECT count(*) FROM event) AS events,
       (SELECT count(*) FROM delivery) AS reactions,
       (SELECT count(*) FROM stock_movement) AS movements,
       (SELECT count(*) FROM webhook_message WHERE status = 'done') AS webhooks_delivered
""")

_CANCELLED = text("""
SELECT cancel_reason AS reason, count(*) AS orders FROM "order" WHERE status = 'cancelled'
GROUP BY cancel_reason
""")

_MONEY = text("""
SELECT currency, sum(captured) AS captured, sum(granted) AS granted, sum(processed) AS processed
FROM (SELECT currency, captured, 0 AS granted, 0 AS processed FROM payment
      UNION ALL SELECT currency, 0, amount, processed FROM refund) AS moved
GROUP BY currency ORDER BY currency
""")

_STORY = text("""
SELECT event.subject_id FROM event
JOIN (SELECT DISTINCT order_id FROM return WHERE status = 'closed') AS came_back
    ON came_back.order_id = event.subject_id
GROUP BY event.subject_id ORDER BY count(*) DESC, event.subject_id LIMIT 1
""")


@dataclass(frozen=True)
class Moved:
    """Money taken, owed back and sent back, in minor units of one currency."""

    currency: str
    captured: int
    granted: int
    processed: int


async def owed() -> int:
    """Count reactions and jobs that are not done yet."""
    async with db.reading() as connection:
        return int(await connection.scalar(_OWED) or 0)


async def letters() -> int:
    """Count webhooks that are not delivered yet."""
    async with db.reading() as connection:
        return int(await connection.scalar(_LETTERS) or 0)


async def numbers() -> dict[str, int]:
    """Count everything the summary tells."""
    async with db.reading() as connection:
        row = (await connection.execute(_NUMBERS)).one()
        return {name: int(value) for name, value in row._mapping.items()}  # noqa: SLF001 -- SQLAlchemy's public name


async def cancelled() -> Counter[str]:
    """Count cancelled orders by reason."""
    async with db.reading() as connection:
        rows = await connection.execute(_CANCELLED)
        return Counter({str(row.reason): int(row.orders) for row in rows})


async def money() -> list[Moved]:
    """Sum what was taken from shoppers and what goes back to them, per currency."""
    async with db.reading() as connection:
        rows = await connection.execute(_MONEY)
        return [
            Moved(row.currency, int(row.captured), int(row.granted), int(row.processed))
            for row in rows
        ]


async def story() -> str | None:
    """Return the id of the order with a return that has most to tell, if one came back."""
    async with db.reading() as connection:
        found = await connection.scalar(_STORY)
        return None if found is None else str(found)
