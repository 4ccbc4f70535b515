"""Invariants of the messages to integrators."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "webhooks.sent_or_due",
        "every message is delivered, due, or given up with its reason; none is overdue",
        """SELECT id::text || ' ' || event_name FROM webhook_message
           WHERE status = 'due' AND next_at < now() - interval '15 minutes'""",
        "SELECT count(*) FROM webhook_message",
    ),
    Check(
        "webhooks.delivered_by_an_attempt",
        "every delivered message has an attempt that its target took",
        """SELECT message.id::text FROM webhook_message message
           WHERE message.status = 'done' AND NOT EXISTS (
               SELECT 1 FROM webhook_attempt attempt WHERE attempt.message_id = message.id
                 AND attempt.status_code BETWEEN 200 AND 299)""",
        "SELECT count(*) FROM webhook_message WHERE status = 'done'",
    ),
    Check(
        "webhooks.stay_in_their_channel",
        "no endpoint was owed an event of another channel",
        """SELECT message.id::text FROM webhook_message message
           JOIN webhook_endpoint endpoint ON endpoint.id = message.endpoint_id
           JOIN event ON event.id = message.event_id
           WHERE endpoint.channel_id IS NOT NULL
             AND event.channel_id IS DISTINCT FROM endpoint.channel_id""",
        "SELECT count(*) FROM webhook_message",
    ),
]
