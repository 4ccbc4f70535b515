"""What tests of the inventory look at: levels, ledger and promises as the database has them."""

from sqlalchemy import text

from inventory.movements import BUCKETS


async def level(session, sku, location_id) -> dict[str, int] | None:
    """Return the counters of a level that are not zero, None when there is no such level."""
    row = await session.execute(
        text("SELECT * FROM stock_level WHERE sku = :sku AND location_id = :location_id"),
        {"sku": sku, "location_id": location_id},
    )
    found = row.mappings().one_or_none()
    return found and {name: found[name] for name in BUCKETS if found[name]}


async def available(session, sku, location_id) -> int:
    """Return what is left to sell."""
    return await session.scalar(
        text("SELECT available FROM stock_level WHERE sku = :sku AND location_id = :location_id"),
        {"sku": sku, "location_id": location_id},
    )


async def ledger(session, sku) -> list[tuple]:
    """Return the ledger of a SKU: reason, reference, actor and the buckets that changed."""
    rows = await session.execute(
        text("SELECT * FROM stock_movement WHERE sku = :sku ORDER BY recorded_at, id"), {"sku": sku}
    )
    return [
        (row["reason"], row["reference"], row["actor"], {b: row[b] for b in BUCKETS if row[b]})
        for row in rows.mappings()
    ]


async def promises(session, *, claimant_id=None) -> int:
    """Return how many units are promised, to one claimant or to all."""
    return await session.scalar(
        text(
            "SELECT coalesce(sum(quantity), 0) FROM stock_commitment"
            " WHERE CAST(:claimant_id AS uuid) IS NULL OR claimant_id = :claimant_id"
        ),
        {"claimant_id": claimant_id},
    )


async def told(session) -> list[tuple[str, int]]:
    """Return how levels turned, in order: the name of the fact and what was left to sell."""
    rows = await session.execute(
        text(
            "SELECT name, CAST(data ->> 'available' AS int) FROM event"
            " WHERE name IN ('stock.low', 'stock.out', 'stock.back') ORDER BY id"
        )
    )
    return [tuple(row) for row in rows]
