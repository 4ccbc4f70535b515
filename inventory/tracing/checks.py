"""What must hold of lots and serial numbers on any database."""

from oms.kernel.checks import Check

_LOTS = "SELECT count(*) FROM lot_stock"

CHECKS = [
    Check(
        "lots.add_up_to_stock",
        "of an item traced by lot, the lots at a location are what stands there",
        """SELECT coalesce(level.sku, lots.sku) || ' '
               || coalesce(level.location_id, lots.location_id)
           FROM (SELECT stock_level.* FROM stock_level JOIN item USING (sku)
                 WHERE lot_tracked OR expiry_tracked) level
           FULL JOIN (
               SELECT sku, location_id, sum(on_hand) AS on_hand, sum(damaged) AS damaged,
                   sum(quality_control) AS quality_control
               FROM lot_stock JOIN item USING (sku) WHERE lot_tracked OR expiry_tracked
               GROUP BY sku, location_id
           ) lots ON lots.sku = level.sku AND lots.location_id = level.location_id
           WHERE coalesce(level.on_hand, 0) <> coalesce(lots.on_hand, 0)
               OR coalesce(lots.damaged, 0) > coalesce(level.damaged, 0)
               OR coalesce(lots.quality_control, 0) > coalesce(level.quality_control, 0)""",
        _LOTS,
    ),
    Check(
        "lots.counters_are_ledger",
        "every counter of every lot at a location is the sum of its ledger lines",
        """SELECT coalesce(stock.lot_id, ledger.lot_id) || ' '
               || coalesce(stock.location_id, ledger.location_id)
           FROM lot_stock stock
           FULL JOIN (
               SELECT lot_id, location_id, sum(on_hand) AS on_hand, sum(damaged) AS damaged,
                   sum(quality_control) AS quality_control
               FROM lot_movement GROUP BY lot_id, location_id
           ) ledger ON ledger.lot_id = stock.lot_id AND ledger.location_id = stock.location_id
           WHERE coalesce(stock.on_hand, 0) <> coalesce(ledger.on_hand, 0)
               OR coalesce(stock.damaged, 0) <> coalesce(ledger.damaged, 0)
               OR coalesce(stock.quality_control, 0) <> coalesce(ledger.quality_control, 0)""",
        "SELECT count(*) FROM lot_movement",
    ),
    Check(
        "lots.picked_is_in_work",
        "what is picked of a lot at a location lies in somebody's work",
        """SELECT coalesce(stock.lot_id, pick.lot_id) || ' '
               || coalesce(stock.location_id, pick.location_id)
           FROM lot_stock stock
           FULL JOIN (SELECT lot_id, location_id, sum(quantity) AS quantity FROM lot_pick
                      GROUP BY lot_id, location_id) pick
               ON pick.lot_id = stock.lot_id AND pick.location_id = stock.location_id
           WHERE coalesce(stock.picked, 0) <> coalesce(pick.quantity, 0)""",
        "SELECT count(*) FROM lot_pick",
    ),
    Check(
        "serials.add_up_to_stock",
        "of an item traced by unit, the numbers read and the units unread are what stands there",
        """SELECT level.sku || ' ' || level.location_id
           FROM stock_level level JOIN item USING (sku)
           LEFT JOIN serial_stock unread
               ON unread.sku = level.sku AND unread.location_id = level.location_id
           WHERE serial_tracked AND level.on_hand <> coalesce(unread.unread, 0) + (
               SELECT count(*) FROM serial WHERE serial.sku = level.sku
                   AND serial.location_id = level.location_id
                   AND status IN ('in_stock', 'picked'))""",
        "SELECT count(*) FROM serial",
    ),
    Check(
        "serials.are_where_they_moved",
        "every unit is in the state and at the place of the last step of its life",
        """SELECT serial.id::text FROM serial
           LEFT JOIN LATERAL (
               SELECT * FROM serial_movement WHERE serial_id = serial.id
               ORDER BY id DESC LIMIT 1) last ON true
           WHERE last.status IS DISTINCT FROM serial.status
               OR last.location_id IS DISTINCT FROM serial.location_id""",
        "SELECT count(*) FROM serial_movement",
    ),
]
