"""What must hold of every order."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "orders.add_up",
        "the lines' shares sum to the order's goods, discount, shipping, fees and tax",
        """SELECT "order".number FROM "order" JOIN order_line line ON line.order_id = "order".id
           GROUP BY "order".id
           HAVING sum(line.goods_amount) <> "order".goods_amount
               OR sum(line.discount_amount) <> "order".discount_amount
               OR sum(line.shipping_amount) <> "order".shipping_amount
               OR sum(line.fees_amount) <> "order".fees_amount
               OR sum(line.tax_amount + line.charges_tax_amount) <> "order".tax_amount
               OR bool_or(line.tax_included <> "order".tax_included)""",
        'SELECT count(*) FROM "order"',
    ),
    Check(
        "orders.have_lines",
        "every order has lines",
        """SELECT number FROM "order"
           WHERE NOT EXISTS (SELECT FROM order_line WHERE order_id = "order".id)""",
        'SELECT count(*) FROM "order"',
    ),
    Check(
        "orders.told_once",
        "every order has exactly one order.placed fact, its first",
        """SELECT "order".number FROM "order" LEFT JOIN event
               ON event.subject_id = "order".id AND event.name = 'order.placed'
           GROUP BY "order".id HAVING count(event.id) <> 1 OR min(event.sequence) <> 1""",
        'SELECT count(*) FROM "order"',
    ),
    Check(
        "lines.conserve",
        "cancelled + backordered + allocated + in work + shipped = ordered",
        """SELECT id::text FROM order_line
           WHERE cancelled + backordered + allocated + in_work + shipped <> ordered
               OR delivered > shipped OR return_requested + returned > shipped""",
        "SELECT count(*) FROM order_line",
    ),
    Check(
        "lines.promised",
        "units allocated or in work are promised by stock, all others are not",
        """SELECT line.id::text FROM order_line line
           LEFT JOIN (SELECT DISTINCT claimant_id, location_id, claimed FROM stock_commitment) held
               ON held.claimant_id = line.id
           WHERE NOT EXISTS (SELECT FROM delivery WHERE delivery.subject_id = line.order_id
               AND delivery.status = 'due')
           GROUP BY line.id
           HAVING coalesce(sum(held.claimed), 0) <> line.allocated + line.in_work""",
        "SELECT count(*) FROM order_line",
    ),
    Check(
        "lines.shipped",
        "a line's shipped units are those of its parcels",
        """SELECT line.id::text FROM order_line line
           LEFT JOIN shipment_line parcel ON parcel.order_line_id = line.id
           WHERE NOT EXISTS (SELECT FROM delivery WHERE delivery.subject_id = line.order_id
               AND delivery.status = 'due')
           GROUP BY line.id HAVING coalesce(sum(parcel.quantity), 0) <> line.shipped""",
        "SELECT count(*) FROM order_line",
    ),
    Check(
        "lines.owed",
        "what is sold ahead to a line are units of it that wait",
        """SELECT owed.claimant_id::text FROM backlog_claim owed
           LEFT JOIN order_line line ON line.id = owed.claimant_id
           WHERE owed.quantity > coalesce(line.backordered, 0)""",
        "SELECT count(*) FROM backlog_claim",
    ),
    Check(
        "promises.wanted",
        "every promise of stock belongs to an order line",
        """SELECT held.claimant_id::text FROM stock_commitment held
           LEFT JOIN order_line line ON line.id = held.claimant_id WHERE line.id IS NULL""",
        "SELECT count(*) FROM stock_commitment",
    ),
]
