"""What must be true of money at any moment."""

from oms.kernel.checks import Check

CHECKS = [
    Check(
        "payments.never_more_than_before",
        "refunded <= captured <= authorised <= amount of every payment",
        """SELECT id::text FROM payment
           WHERE NOT (0 <= refunded AND refunded <= captured
                      AND captured <= authorised AND authorised <= amount)""",
        "SELECT count(*) FROM payment",
    ),
    Check(
        "payments.counters_are_sums",
        "authorised, captured and refunded are the sums of the operations that succeeded",
        """SELECT payment.id::text FROM payment
           LEFT JOIN payment_operation AS done
             ON done.payment_id = payment.id AND done.status = 'succeeded'
           GROUP BY payment.id
           HAVING authorised <> coalesce(sum(done.amount) FILTER (WHERE kind = 'authorise'), 0)
               OR captured <> coalesce(sum(done.amount) FILTER (WHERE kind = 'capture'), 0)
               OR refunded <> coalesce(sum(done.amount) FILTER (WHERE kind = 'refund'), 0)""",
        "SELECT count(*) FROM payment_operation",
    ),
    Check(
        "refunds.processed_is_sum",
        "what is processed of a refund was sent by gateways or settled by hand, no more",
        """SELECT refund.id::text FROM refund
           LEFT JOIN payment_operation AS sent
             ON sent.refund_id = refund.id AND sent.status = 'succeeded'
           GROUP BY refund.id
           HAVING processed <> settled + coalesce(sum(sent.amount), 0)
               OR (refund.status = 'processed') <> (processed = refund.amount)""",
        "SELECT count(*) FROM refund",
    ),
    Check(
        "operations.asked_or_waiting",
        "whatever is to be asked of a gateway has a job, or waits for another operation",
        """WITH unsettled AS (
             SELECT id, payment_id, status, EXISTS (
               SELECT 1 FROM job WHERE job.name = 'payments.ask' AND job.status = 'due'
                 AND job.arguments ->> 'operation_id' = payment_operation.id::text) AS owed
             FROM payment_operation WHERE status IN ('requested', 'pending'))
           SELECT id::text FROM unsettled
           WHERE status = 'requested' AND NOT owed AND NOT EXISTS (
             SELECT 1 FROM unsettled AS other
             WHERE other.payment_id = unsettled.payment_id AND other.id <> unsettled.id
               AND (other.owed OR other.status = 'pending'))""",
        "SELECT count(*) FROM payment_operation",
    ),
    Check(
        "operations.sandbox_agrees",
        "what settled with the sandbox stands in the provider's own book, with the same amount",
        """SELECT asked.id::text FROM payment_operation AS asked
           JOIN payment ON payment.id = asked.payment_id AND payment.gateway = 'sandbox'
           LEFT JOIN sandbox_charge AS theirs ON theirs.key = asked.id::text
           WHERE (asked.status = 'succeeded'
                  AND (theirs.key IS NULL OR theirs.outcome <> 'succeeded'
                       OR theirs.amount <> asked.amount))
              OR (asked.status = 'failed' AND theirs.outcome = 'succeeded')""",
        "SELECT count(*) FROM sandbox_charge",
    ),
]
