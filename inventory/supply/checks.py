"""What must hold of supply on any database."""

from oms.kernel.checks import Check

_LINES = "SELECT count(*) FROM purchase_order_line"

CHECKS = [
    Check(
        "supply.incoming_is_due",
        "what the ledger counts as incoming on a purchase order is what is due on its lines",
        """SELECT coalesce(paper.id::text, booked.reference) || ' '
               || coalesce(paper.sku, booked.sku)
           FROM (SELECT purchase_order_id AS id, sku, sum(due) AS units
                 FROM purchase_order_line GROUP BY purchase_order_id, sku) paper
           FULL JOIN (SELECT reference, sku, sum(incoming) AS units FROM stock_movement
                      WHERE reference LIKE 'purchase_order:%' GROUP BY reference, sku) booked
               ON booked.reference = 'purchase_order:' || paper.id AND booked.sku = paper.sku
           WHERE coalesce(paper.units, 0) <> coalesce(booked.units, 0)""",
        _LINES,
    ),
    Check(
        "supply.due_follows_status",
        "units are due of purchase orders that are open, and all that did not come yet",
        """SELECT number || ' ' || sku FROM purchase_order_line line
           JOIN purchase_order ON purchase_order.id = purchase_order_id
           WHERE due <> CASE WHEN status IN ('ordered', 'partially_received')
               THEN greatest(ordered - accepted - damaged - quality_control - closed, 0)
               ELSE 0 END""",
        _LINES,
    ),
    Check(
        "supply.received_is_receipts",
        "what lines say was received is what their receipts say",
        """SELECT line.id::text FROM purchase_order_line line
           LEFT JOIN supply_receipt_line came ON came.purchase_line_id = line.id
           GROUP BY line.id
           HAVING coalesce(sum(came.accepted), 0) <> line.accepted
               OR coalesce(sum(came.damaged), 0) <> line.damaged
               OR coalesce(sum(came.quality_control), 0) <> line.quality_control""",
        "SELECT count(*) FROM supply_receipt_line",
    ),
]
