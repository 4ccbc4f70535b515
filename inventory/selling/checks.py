"""What must hold of selling on any database."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "selling.taken_is_owed",
        "what a limit has taken is what is owed to the order lines it binds",
        """SELECT "limit".sku || ' ' || coalesce("limit".channel_id::text, 'all channels')
           FROM backlog_limit "limit"
           LEFT JOIN backlog_claim claim ON claim.sku = "limit".sku
               AND ("limit".channel_id IS NULL OR "limit".channel_id = claim.channel_id)
           GROUP BY "limit".id
           HAVING coalesce(sum(claim.quantity), 0) <> "limit".taken""",
        "SELECT count(*) FROM backlog_limit",
    ),
    Check(
        "selling.nothing_over_limit",
        "no more units are sold ahead than a limit permits",
        """SELECT sku || ' ' || coalesce(channel_id::text, 'all channels')
           FROM backlog_limit WHERE taken NOT BETWEEN 0 AND units""",
        "SELECT count(*) FROM backlog_limit",
    ),
]
