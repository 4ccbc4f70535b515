"""What must hold of transfers on any database."""

from oms.kernel.checks import Check

_LINES = "SELECT count(*) FROM transfer_line"

CHECKS = [
    Check(
        "transfers.units_under_way",
        "in transit = shipped − received − lost − turned back, on either road and never below zero",
        """SELECT id::text FROM transfer_line
           WHERE least(shipped - accepted - damaged - lost - turned_back,
                   turned_back - back - back_damaged - back_lost) < 0
               OR shipped NOT IN (0, picked) OR picked + missing > quantity""",
        _LINES,
    ),
    Check(
        "transfers.status_follows_units",
        "units are held until a transfer ships, under way until it ends, and then neither",
        """SELECT transfer.id::text FROM transfer
           JOIN transfer_line line ON line.transfer_id = transfer.id
           GROUP BY transfer.id
           HAVING sum(reserved) > 0 AND status NOT IN ('ready_to_ship', 'picked')
               OR sum(shipped) > 0 AND shipped_at IS NULL
               OR status = 'picked' AND bool_or(reserved <> picked)
               OR (sum(shipped - accepted - damaged - lost - turned_back) > 0)
                   <> (status IN ('in_transit', 'partially_received'))
               OR status = 'returning'
                   AND sum(turned_back - back - back_damaged - back_lost) = 0
               OR status IN ('received', 'cancelled')
                   AND sum(turned_back - back - back_damaged - back_lost) > 0""",
        "SELECT count(*) FROM transfer",
    ),
    Check(
        "transfers.counters_are_receipts",
        "what a line says arrived, or did not, is what its receipts say",
        """SELECT line.id::text FROM transfer_line line
           JOIN transfer ON transfer.id = line.transfer_id
           LEFT JOIN transfer_receipt receipt ON receipt.transfer_line_id = line.id
           GROUP BY line.id, transfer.id
           HAVING (accepted, damaged, lost, surplus, back, back_damaged, back_lost) IS DISTINCT FROM
               (coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'accepted'
                    AND location_id = destination_id), 0),
                coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'damaged'
                    AND location_id = destination_id), 0),
                coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'lost'
                    AND location_id = destination_id), 0),
                coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'surplus'), 0),
                coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'accepted'
                    AND location_id = source_id), 0),
                coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'damaged'
                    AND location_id = source_id), 0),
                coalesce(sum(receipt.quantity) FILTER (WHERE outcome = 'lost'
                    AND location_id = source_id), 0))""",
        "SELECT count(*) FROM transfer_receipt",
    ),
    Check(
        "transfers.conserve_units",
        "per SKU, what left shelves for transfers stands on others, is under way, lost or missing",
        """SELECT coalesce(ledger.sku, line.sku)
           FROM (SELECT sku, sum(on_hand) AS units FROM stock_movement
                 WHERE reference IN (SELECT 'transfer:' || id FROM transfer) GROUP BY sku) ledger
           FULL JOIN (SELECT sku, sum(surplus - missing - lost - back_lost
                   - (shipped - accepted - damaged - lost - turned_back)
                   - (turned_back - back - back_damaged - back_lost)) AS units
               FROM transfer_line GROUP BY sku) line ON line.sku = ledger.sku
           WHERE coalesce(ledger.units, 0) <> coalesce(line.units, 0)""",
        _LINES,
    ),
]
