"""Invariants of returns: counters against goods seen, and refunds against what was granted."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "returns.counted_in_orders",
        "an order line's return counters are what its returns expect and have received",
        """SELECT line.id::text FROM order_line line
           LEFT JOIN (
               SELECT back.order_line_id, sum(back.received) AS received,
                      sum(CASE WHEN paper.status IN ('requested', 'open')
                          THEN back.quantity - back.received ELSE 0 END) AS awaited
               FROM return_line back JOIN "return" paper ON paper.id = back.return_id
               GROUP BY back.order_line_id
           ) told ON told.order_line_id = line.id
           WHERE line.return_requested <> coalesce(told.awaited, 0)
              OR line.returned <> coalesce(told.received, 0)""",
        "SELECT count(*) FROM order_line",
    ),
    Check(
        "returns.within_shipped",
        "no more came back, or is asked back, than was shipped",
        "SELECT id::text FROM order_line WHERE returned + return_requested > shipped",
        "SELECT count(*) FROM order_line",
    ),
    Check(
        "returns.receipts_add_up",
        "what a return line received and had inspected are the sums of its receipts",
        """SELECT line.id::text FROM return_line line
           LEFT JOIN return_receipt receipt ON receipt.return_line_id = line.id
           GROUP BY line.id
           HAVING line.received <> coalesce(sum(receipt.quantity), 0)
               OR line.inspected <> coalesce(sum(receipt.inspected), 0)""",
        "SELECT count(*) FROM return_line",
    ),
    Check(
        "returns.inspections_add_up",
        "what was inspected of a receipt is the sum of its inspections",
        """SELECT receipt.id::text FROM return_receipt receipt
           LEFT JOIN return_inspection found ON found.receipt_id = receipt.id
           GROUP BY receipt.id
           HAVING receipt.inspected <> coalesce(sum(found.quantity), 0)""",
        "SELECT count(*) FROM return_receipt",
    ),
    Check(
        "returns.ended_clean",
        "a declined or cancelled return received nothing; a closed one has nothing uninspected",
        """SELECT paper.id::text FROM "return" paper
           JOIN return_line line ON line.return_id = paper.id
           WHERE (paper.status IN ('requested', 'declined', 'cancelled') AND line.received > 0)
              OR (paper.status = 'closed' AND line.inspected < line.received)""",
        """SELECT count(*) FROM "return" """,
    ),
    Check(
        "returns.refunds_granted",
        "every inspection granted exactly the refund it says, and no refund names another",
        """SELECT coalesce(found.id::text, refund.cause) FROM return_inspection found
           FULL JOIN (SELECT * FROM refund WHERE cause LIKE 'inspection:%') refund
                ON refund.cause = 'inspection:' || found.id
           WHERE coalesce(found.refund_amount, -1) <> coalesce(refund.amount, 0)""",
        "SELECT count(*) FROM return_inspection",
    ),
    Check(
        "returns.refunds_within_lines",
        "no order line was refunded more than its goods less discount plus tax",
        """SELECT line.id::text FROM order_line line
           JOIN return_line back ON back.order_line_id = line.id
           JOIN return_receipt receipt ON receipt.return_line_id = back.id
           JOIN return_inspection found ON found.receipt_id = receipt.id
           GROUP BY line.id
           HAVING sum(found.refund_amount)
                > line.goods_amount - line.discount_amount
                  + CASE WHEN line.tax_included THEN 0 ELSE line.tax_amount END""",
        "SELECT count(*) FROM return_inspection",
    ),
    Check(
        "returns.stocked_once",
        "what inspection kept of a return is what the stock ledger took in for it",
        """SELECT kept.reference FROM (
               SELECT 'return:' || line.return_id AS reference, part.key AS sku,
                      receipt.location_id, sum(found.quantity * part.value::int) AS units
               FROM return_inspection found
               JOIN return_receipt receipt ON receipt.id = found.receipt_id
               JOIN return_line line ON line.id = receipt.return_line_id
               CROSS JOIN jsonb_each_text(
                   coalesce(line.parts, jsonb_build_object(line.sku, 1))) part
               WHERE found.disposition <> 'scrapped' AND part.value <> '0'
               GROUP BY 1, 2, 3
           ) kept FULL JOIN (
               SELECT reference, sku, location_id, sum(on_hand) AS units FROM stock_movement
               WHERE reference LIKE 'return:%' GROUP BY 1, 2, 3
           ) moved USING (reference, sku, location_id)
           WHERE kept.units IS DISTINCT FROM moved.units""",
        "SELECT count(*) FROM return_inspection",
    ),
]
