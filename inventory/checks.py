"""What must hold of stock on any database."""

from inventory.movements import BUCKETS
from oms.kernel.checks import Check

_LEVELS = "SELECT count(*) FROM stock_level"
_HELD = """
    SELECT sku, source_id AS location_id, reserved AS quantity
    FROM transfer_line JOIN transfer ON transfer.id = transfer_id WHERE reserved > 0
    UNION ALL
    SELECT sku, location_id, quantity
    FROM hold_allocation JOIN hold ON hold.id = hold_id WHERE status = 'active'
"""
"""Everything units are reserved for, one SELECT each, joined by UNION ALL."""

_EXPECTED = """
    SELECT sku, destination_id AS location_id,
        shipped - accepted - damaged - lost - turned_back AS quantity
    FROM transfer_line JOIN transfer ON transfer.id = transfer_id
    UNION ALL
    SELECT sku, source_id, turned_back - back - back_damaged - back_lost
    FROM transfer_line JOIN transfer ON transfer.id = transfer_id
    UNION ALL
    SELECT sku, location_id, due
    FROM purchase_order_line JOIN purchase_order ON purchase_order.id = purchase_order_id
"""
"""Everything that makes units incoming, likewise."""

_SUMS = ", ".join(f"sum({bucket}) AS {bucket}" for bucket in BUCKETS)
_DIFFERS = " OR ".join(f"level.{bucket} <> coalesce(ledger.{bucket}, 0)" for bucket in BUCKETS)

CHECKS = [
    Check(
        "stock.counters_are_ledger",
        "every counter of every level is the sum of its ledger lines",
        f"""SELECT coalesce(level.sku, ledger.sku) || ' '
                || coalesce(level.location_id, ledger.location_id)
            FROM stock_level level
            FULL JOIN (SELECT sku, location_id, {_SUMS} FROM stock_movement
                       GROUP BY sku, location_id) ledger
                ON ledger.sku = level.sku AND ledger.location_id = level.location_id
            WHERE level.sku IS NULL OR ledger.sku IS NULL OR {_DIFFERS}""",  # noqa: S608 -- the names of our own columns
        "SELECT count(*) FROM stock_movement",
    ),
    Check(
        "stock.committed_is_promised",
        "what a level has committed is what is promised of it to order lines",
        """SELECT coalesce(level.sku, promise.sku) || ' '
               || coalesce(level.location_id, promise.location_id)
           FROM stock_level level
           FULL JOIN (SELECT sku, location_id, sum(quantity) AS quantity FROM stock_commitment
                      GROUP BY sku, location_id) promise
               ON promise.sku = level.sku AND promise.location_id = level.location_id
           WHERE coalesce(level.committed, 0) <> coalesce(promise.quantity, 0)""",
        "SELECT count(*) FROM stock_commitment",
    ),
    Check(
        "stock.reserved_is_held",
        "what a level has reserved is held for carts, or for transfers that have not shipped",
        f"""SELECT coalesce(level.sku, held.sku) || ' '
                || coalesce(level.location_id, held.location_id)
            FROM stock_level level
            FULL JOIN (SELECT sku, location_id, sum(quantity) AS quantity FROM ({_HELD}) AS each
                       GROUP BY sku, location_id) held
                ON held.sku = level.sku AND held.location_id = level.location_id
            WHERE coalesce(level.reserved, 0) <> coalesce(held.quantity, 0)""",  # noqa: S608 -- our own words
        _LEVELS,
    ),
    Check(
        "stock.incoming_is_under_way",
        "what a level has incoming is what is under way to it",
        f"""SELECT coalesce(level.sku, way.sku) || ' '
                || coalesce(level.location_id, way.location_id)
            FROM stock_level level
            FULL JOIN (SELECT sku, location_id, sum(quantity) AS quantity FROM ({_EXPECTED}) AS each
                       GROUP BY sku, location_id) way
                ON way.sku = level.sku AND way.location_id = level.location_id
            WHERE coalesce(level.incoming, 0) <> coalesce(way.quantity, 0)""",  # noqa: S608 -- our own words
        _LEVELS,
    ),
    Check(
        "stock.nothing_oversold",
        "no level promises more good units than stand there",
        """SELECT sku || ' ' || location_id FROM stock_level
           WHERE committed + reserved > on_hand - damaged - quality_control
               OR least(on_hand, committed, reserved, safety_stock, damaged, quality_control,
                        incoming) < 0""",
        _LEVELS,
    ),
    Check(
        "stock.on_hand_adds_up",
        "on_hand is available + committed + reserved + safety_stock + damaged + quality_control",
        """SELECT sku || ' ' || location_id FROM stock_level
           WHERE on_hand <> available + committed + reserved + safety_stock + damaged
               + quality_control""",
        _LEVELS,
    ),
]
