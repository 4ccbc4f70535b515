"""Invariants of the story of an order."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "journey.begins_with_placing",
        "the first fact of every order is that it was placed, and nothing is placed twice",
        """SELECT "order".id::text FROM "order"
           LEFT JOIN event ON event.subject_id = "order".id AND event.name = 'order.placed'
           GROUP BY "order".id HAVING count(event.id) <> 1 OR min(event.sequence) <> 1""",
        'SELECT count(*) FROM "order"',
    ),
    Check(
        "journey.every_parcel_is_told",
        "every shipment is told once in the story of its order",
        """SELECT shipment.id::text FROM shipment
           LEFT JOIN event ON event.subject_id = shipment.order_id
               AND event.name = 'shipment.shipped'
               AND event.data ->> 'shipment_id' = shipment.id::text
           GROUP BY shipment.id HAVING count(event.id) <> 1""",
        "SELECT count(*) FROM shipment",
    ),
]
