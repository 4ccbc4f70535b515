"""What must hold of holds on any database."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "holds.keep_what_carts_have",
        "what is reserved for a cart is, unit for unit, what the cart has",
        """SELECT kept.hold_id::text FROM (
               SELECT hold_id, claimed_sku AS sku, sum(claimed) AS units FROM (
                   SELECT DISTINCT hold_id, claimed_sku, location_id, claimed FROM hold_allocation
               ) AS each GROUP BY hold_id, claimed_sku) AS kept
           LEFT JOIN hold_line line USING (hold_id, sku)
           WHERE kept.units IS DISTINCT FROM line.quantity""",
        "SELECT count(*) FROM hold_allocation",
    ),
    Check(
        "holds.told_as_they_ended",
        "every hold has one fact of its beginning, and one of its end once it has ended",
        """SELECT hold.id::text FROM hold LEFT JOIN event ON event.subject_id = hold.id
           GROUP BY hold.id
           HAVING count(*) FILTER (WHERE name = 'hold.created') <> 1
               OR count(*) FILTER (
                   WHERE name IN ('hold.converted', 'hold.expired', 'hold.released'))
                   <> (hold.status <> 'active')::int
               OR count(*) FILTER (WHERE name = 'hold.' || hold.status)
                   <> (hold.status <> 'active')::int""",
        "SELECT count(*) FROM hold",
    ),
]
