"""What must hold of counts on any database."""

from oms.kernel.checks import Check

_LINES = "SELECT count(*) FROM stock_count_line"

CHECKS = [
    Check(
        "counts.booked_is_ledger",
        "what an approved count says it booked is what the ledger has of it",
        """SELECT coalesce(line.reference || ' ' || line.sku, ledger.reference || ' ' || ledger.sku)
           FROM (SELECT 'count:' || count_id AS reference, sku, delta
                 FROM stock_count_line WHERE delta <> 0) line
           FULL JOIN (SELECT reference, sku, sum(on_hand) AS delta FROM stock_movement
                      WHERE reason = 'cycle_count_available'
                          AND reference IN (SELECT 'count:' || id FROM stock_count)
                      GROUP BY reference, sku) ledger
               ON ledger.reference = line.reference AND ledger.sku = line.sku
           WHERE line.delta IS DISTINCT FROM ledger.delta""",
        _LINES,
    ),
    Check(
        "counts.approved_is_booked",
        "every line of an approved count is booked, and no line of any other",
        """SELECT line.id::text FROM stock_count_line line
           JOIN stock_count ON stock_count.id = line.count_id
           WHERE (stock_count.status = 'approved') <> (line.delta IS NOT NULL)""",
        _LINES,
    ),
    Check(
        "counts.freshness_is_known",
        "a level was counted last when the latest approved count of it saw it",
        """SELECT coalesce(line.sku, counted.sku)
           FROM (SELECT sku, location_id, max(line.counted_at) AS counted_at
                 FROM stock_count_line line JOIN stock_count ON stock_count.id = count_id
                 WHERE line.counted_at IS NOT NULL GROUP BY sku, location_id) line
           FULL JOIN stock_counted counted
               ON counted.sku = line.sku AND counted.location_id = line.location_id
           WHERE line.counted_at IS DISTINCT FROM counted.counted_at""",
        "SELECT count(*) FROM stock_counted",
    ),
]
