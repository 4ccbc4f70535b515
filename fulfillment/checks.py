"""What must hold of work and parcels on any database."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "fulfillment.units_conserved",
        "in all work: shipped ≤ picked, and picked + rejected ≤ quantity",
        """SELECT id::text FROM fulfillment_line
           WHERE NOT (0 <= shipped AND shipped <= picked AND 0 <= rejected
               AND picked + rejected <= quantity)""",
        "SELECT count(*) FROM fulfillment_line",
    ),
    Check(
        "fulfillment.shipped_work_left_whole",
        "shipped work has left with every unit that was not rejected; no other work has left",
        """SELECT work.id::text FROM fulfillment_order work
           JOIN fulfillment_line line ON line.fulfillment_order_id = work.id
           WHERE line.shipped <>
               CASE WHEN work.status = 'shipped' THEN line.quantity - line.rejected ELSE 0 END
           GROUP BY work.id""",
        "SELECT count(*) FROM fulfillment_order",
    ),
    Check(
        "fulfillment.one_parcel_per_shipped_work",
        "shipped work has its parcel, and every parcel is of shipped work",
        """SELECT coalesce(work.id, parcel.id)::text
           FROM (SELECT id FROM fulfillment_order WHERE status = 'shipped') work
           FULL JOIN shipment parcel ON parcel.fulfillment_order_id = work.id
           WHERE work.id IS NULL OR parcel.id IS NULL""",
        "SELECT count(*) FROM shipment",
    ),
    Check(
        "shipments.hold_what_was_shipped",
        "the lines of a parcel are the units its work says were shipped",
        """SELECT parcel.id::text FROM shipment parcel
           JOIN (
               SELECT fulfillment_order_id, order_line_id, sku, shipped FROM fulfillment_line
               WHERE shipped > 0
           ) line USING (fulfillment_order_id)
           FULL JOIN shipment_line packed
               ON packed.shipment_id = parcel.id AND packed.order_line_id = line.order_line_id
           WHERE packed.quantity IS DISTINCT FROM line.shipped
               OR packed.sku IS DISTINCT FROM line.sku""",
        "SELECT count(*) FROM shipment_line",
    ),
    Check(
        "shipments.nothing_ships_twice",
        "over all parcels no order line has left with more units than were ordered",
        """SELECT packed.order_line_id::text FROM shipment_line packed
           JOIN order_line line ON line.id = packed.order_line_id
           GROUP BY packed.order_line_id, line.ordered
           HAVING sum(packed.quantity) > line.ordered""",
        "SELECT count(*) FROM shipment_line",
    ),
    Check(
        "shipments.delivered_by_a_scan",
        "a parcel is delivered exactly when a scan said so, and since that scan",
        """SELECT parcel.id::text FROM shipment parcel
           WHERE (parcel.tracking_status = 'delivered') <> (parcel.delivered_at IS NOT NULL)
               OR parcel.tracking_status = 'delivered' AND NOT EXISTS (
                   SELECT FROM tracking_scan scan
                   WHERE scan.shipment_id = parcel.id AND scan.status = 'delivered')""",
        "SELECT count(*) FROM shipment",
    ),
    Check(
        "shipments.follow_their_scans",
        "a parcel with a final scan is at its end; any other is where its latest scan saw it",
        """SELECT parcel.id::text FROM shipment parcel
           CROSS JOIN LATERAL (
               SELECT coalesce(bool_or(status IN ('delivered', 'returned_to_sender')), false)
                       AS final,
                   max(occurred_at) FILTER (WHERE status <> 'unknown') AS seen_at,
                   coalesce(bool_or(occurred_at > recorded_at), false) AS from_the_future
               FROM tracking_scan WHERE shipment_id = parcel.id
           ) scan
           WHERE (parcel.tracking_status IN ('delivered', 'returned_to_sender')) <> scan.final
               OR (parcel.tracking_at IS NULL) <> (scan.seen_at IS NULL)
               OR NOT (scan.final OR scan.from_the_future)
                   AND parcel.tracking_at <> scan.seen_at""",
        "SELECT count(*) FROM tracking_scan",
    ),
    Check(
        "scans.find_their_parcel",
        "no scan waits for a parcel that is there",
        """SELECT scan.id::text FROM tracking_scan scan
           JOIN shipment parcel USING (carrier, tracking_number)
           WHERE scan.shipment_id IS DISTINCT FROM parcel.id""",
        "SELECT count(*) FROM tracking_scan",
    ),
]
