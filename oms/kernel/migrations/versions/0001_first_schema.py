"""First schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


SEQUENCES = ("order_number", "fulfillment_order_number", "return_number")

APPEND_ONLY = """
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$
"""

LEDGERS = ("event", "stock_movement")


def upgrade() -> None:
    for name in SEQUENCES:
        op.execute(f"CREATE SEQUENCE {name} START 100001")
    op.create_table(
        "channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "site",
                "marketplace",
                "store",
                "support",
                name="channelkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_channel_currency_is_iso")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint("code", name=op.f("uq_channel_code")),
    )
    op.create_table(
        "channel_buffer",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_channel_buffer_units_not_negative")),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_channel_buffer")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("subject_id", "sequence", name=op.f("uq_event_subject_id_sequence")),
    )
    op.create_table(
        "event_subject",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_event_subject_counts_from_one")),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_event_subject")),
    )
    op.create_table(
        "idempotency_answer",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("client", "key", name=op.f("pk_idempotency_answer")),
    )
    op.create_table(
        "inbox_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox_message")),
        sa.UniqueConstraint(
            "source", "message_id", name=op.f("uq_inbox_message_source_message_id")
        ),
    )
    op.create_table(
        "item",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_ja", sa.String(), nullable=True),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("weight_grams >= 0", name=op.f("ck_item_weight_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("sku", name=op.f("uq_item_sku")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "due",
                "done",
                "parked",
                name="duestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(status = 'done') = (done_at is not null)", name=op.f("ck_job_done_has_time")
        ),
        sa.CheckConstraint(
            "status <> 'parked' or reason is not null", name=op.f("ck_job_parked_with_reason")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_job_attempts_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    op.create_index(
        "ix_job_due", "job", ["next_at"], unique=False, postgresql_where=sa.text("status = 'due'")
    )
    op.create_table(
        "location",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "warehouse",
                "store",
                "third_party",
                name="locationkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("ships", sa.Boolean(), nullable=False),
        sa.Column("receives_returns", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "latitude between -90 and 90", name=op.f("ck_location_latitude_on_earth")
        ),
        sa.CheckConstraint(
            "longitude between -180 and 180", name=op.f("ck_location_longitude_on_earth")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_location")),
        sa.UniqueConstraint("code", name=op.f("uq_location_code")),
    )
    op.create_table(
        "order",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'SO-' || nextval('order_number')::text"),
            nullable=False,
        ),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "placed",
                "released",
                "cancelled",
                name="orderstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "payment_status",
            sa.Enum(
                "pending",
                "authorised",
                "partially_paid",
                "paid",
                "partially_refunded",
                "refunded",
                "declined",
                "voided",
                name="moneystatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("goods_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("customer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("ship_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cancel_reason", sa.String(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "goods_amount - discount_amount + shipping_amount + tax_amount = total_amount",
            name=op.f("ck_order_adds_up"),
        ),
        sa.CheckConstraint("total_amount >= 0", name=op.f("ck_order_total_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order")),
        sa.UniqueConstraint(
            "channel_id", "external_id", name=op.f("uq_order_channel_id_external_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_order_number")),
    )
    op.create_index("ix_order_channel", "order", ["channel_id", "id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "authorised",
                "captured",
                "declined",
                "voided",
                name="paymentstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("authorised", sa.BigInteger(), nullable=False),
        sa.Column("captured", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("gateway_reference", sa.String(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "0 <= refunded and refunded <= captured and captured <= authorised and authorised <= amount",
            name=op.f("ck_payment_never_more_than_before"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_amount_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
    )
    op.create_index(
        op.f("ix_payment_gateway_reference"), "payment", ["gateway_reference"], unique=False
    )
    op.create_index("ix_payment_order", "payment", ["order_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "granted",
                "processed",
                "failed",
                name="refundstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("processed", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("settlement", sa.String(), nullable=True),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(settled > 0) = (settlement is not null)",
            name=op.f("ck_refund_settled_with_reference"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.CheckConstraint(
            "processed between 0 and amount", name=op.f("ck_refund_never_more_than_granted")
        ),
        sa.CheckConstraint(
            "settled between 0 and processed", name=op.f("ck_refund_settled_is_processed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("cause", name=op.f("uq_refund_cause")),
    )
    op.create_index("ix_refund_order", "refund", ["order_id"], unique=False)
    op.create_table(
        "routing_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("parcels", sa.Integer(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_decision")),
    )
    op.create_index("ix_routing_decision_order", "routing_decision", ["order_id"], unique=False)
    op.create_table(
        "routing_exclusion",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint(
            "order_id", "location_id", "sku", name=op.f("pk_routing_exclusion")
        ),
    )
    op.create_table(
        "sandbox_charge",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sandbox_charge")),
    )
    op.create_index(
        op.f("ix_sandbox_charge_reference"), "sandbox_charge", ["reference"], unique=False
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("location_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("cardinality(roles) > 0", name=op.f("ck_staff_has_a_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "stock_commitment",
        sa.Column("claimant_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_commitment_quantity_positive")),
        sa.PrimaryKeyConstraint(
            "claimant_id", "sku", "location_id", name=op.f("pk_stock_commitment")
        ),
    )
    op.create_table(
        "stock_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("committed", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("safety_stock", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("quality_control", sa.Integer(), nullable=False),
        sa.Column("incoming", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "correction",
                "cycle_count_available",
                "damaged",
                "other",
                "promotion",
                "quality_control",
                "received",
                "reservation_created",
                "reservation_deleted",
                "restock",
                "safety_stock",
                "shrinkage",
                "order_committed",
                "order_released",
                "order_shipped",
                name="reason_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movement")),
    )
    op.create_index(
        "ix_stock_movement_level", "stock_movement", ["sku", "location_id", "id"], unique=False
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("events", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.String(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "credential",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "api_key",
                "staff_token",
                name="credentialkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'staff_token') = (staff_id is not null)",
            name=op.f("ck_credential_staff_tokens"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_credential_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("prefix", name=op.f("uq_credential_prefix")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "due",
                "done",
                "parked",
                name="duestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("after_others", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(status = 'done') = (done_at is not null)", name=op.f("ck_delivery_done_has_time")
        ),
        sa.CheckConstraint(
            "status <> 'parked' or reason is not null", name=op.f("ck_delivery_parked_with_reason")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts_counted")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_delivery_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("event_id", "subscriber", name=op.f("uq_delivery_event_id_subscriber")),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(
        "ix_delivery_lane",
        "delivery",
        ["subject_id", "lane", "sequence"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_table(
        "fulfillment_order",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'FO-' || nextval('fulfillment_order_number')::text"),
            nullable=False,
        ),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "accepted",
                "picked",
                "packed",
                "shipped",
                "rejected",
                "cancelled",
                name="workstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ship_to", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_fulfillment_order_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_order")),
        sa.UniqueConstraint("number", name=op.f("uq_fulfillment_order_number")),
    )
    op.create_index("ix_fulfillment_order_order", "fulfillment_order", ["order_id"], unique=False)
    op.create_index(
        "ix_fulfillment_order_queue",
        "fulfillment_order",
        ["location_id", "id"],
        unique=False,
        postgresql_where=sa.text("status in ('open', 'accepted', 'picked', 'packed')"),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("goods_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("backordered", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("in_work", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("return_requested", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("charged", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cancelled + backordered + allocated + in_work + shipped = ordered",
            name=op.f("ck_order_line_units_conserved"),
        ),
        sa.CheckConstraint(
            "charged between 0 and ordered", name=op.f("ck_order_line_charged_was_ordered")
        ),
        sa.CheckConstraint(
            "delivered <= shipped", name=op.f("ck_order_line_delivered_was_shipped")
        ),
        sa.CheckConstraint(
            "goods_amount = unit_price * ordered", name=op.f("ck_order_line_goods_add_up")
        ),
        sa.CheckConstraint(
            "least(cancelled, backordered, allocated, in_work, shipped, delivered, return_requested, returned) >= 0",
            name=op.f("ck_order_line_counters_not_negative"),
        ),
        sa.CheckConstraint("ordered > 0", name=op.f("ck_order_line_ordered_positive")),
        sa.CheckConstraint(
            "return_requested + returned <= shipped",
            name=op.f("ck_order_line_returned_was_shipped"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_order_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_line_order_id_position")),
    )
    op.create_table(
        "payment_operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "authorise",
                "capture",
                "void",
                "refund",
                name="operationkind_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "pending",
                "succeeded",
                "failed",
                name="operationstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("gateway_reference", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_operation_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_operation_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refund.id"], name=op.f("fk_payment_operation_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_operation")),
        sa.UniqueConstraint("cause", name=op.f("uq_payment_operation_cause")),
    )
    op.create_index(
        "ix_payment_operation_payment", "payment_operation", ["payment_id"], unique=False
    )
    op.create_index(
        "ix_payment_operation_pending",
        "payment_operation",
        ["requested_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("ix_payment_operation_refund", "payment_operation", ["refund_id"], unique=False)
    op.create_table(
        "return",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "number",
            sa.String(),
            server_default=sa.text("'RMA-' || nextval('return_number')::text"),
            nullable=False,
        ),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "open",
                "closed",
                "declined",
                "cancelled",
                name="returnstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["order_id"], ["order.id"], name=op.f("fk_return_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return")),
        sa.UniqueConstraint(
            "channel_id", "external_id", name=op.f("uq_return_channel_id_external_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_return_number")),
    )
    op.create_index("ix_return_order", "return", ["order_id"], unique=False)
    op.create_table(
        "stock_level",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("committed", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("safety_stock", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("quality_control", sa.Integer(), nullable=False),
        sa.Column("incoming", sa.Integer(), nullable=False),
        sa.Column(
            "available",
            sa.Integer(),
            sa.Computed(
                "on_hand - committed - reserved - safety_stock - damaged - quality_control",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "committed + reserved <= on_hand - damaged - quality_control",
            name=op.f("ck_stock_level_never_oversold"),
        ),
        sa.CheckConstraint("committed >= 0", name=op.f("ck_stock_level_committed_not_negative")),
        sa.CheckConstraint("damaged >= 0", name=op.f("ck_stock_level_damaged_not_negative")),
        sa.CheckConstraint("incoming >= 0", name=op.f("ck_stock_level_incoming_not_negative")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_level_on_hand_not_negative")),
        sa.CheckConstraint(
            "quality_control >= 0", name=op.f("ck_stock_level_quality_control_not_negative")
        ),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_level_reserved_not_negative")),
        sa.CheckConstraint(
            "safety_stock >= 0", name=op.f("ck_stock_level_safety_stock_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_stock_level_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_stock_level_sku")),
        sa.PrimaryKeyConstraint("sku", "location_id", name=op.f("pk_stock_level")),
        postgresql_with={"fillfactor": "75"},
    )
    op.create_index("ix_stock_level_location", "stock_level", ["location_id", "sku"], unique=False)
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "due",
                "done",
                "parked",
                name="duestate_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event_name", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(status = 'done') = (done_at is not null)",
            name=op.f("ck_webhook_message_done_has_time"),
        ),
        sa.CheckConstraint(
            "status <> 'parked' or reason is not null",
            name=op.f("ck_webhook_message_parked_with_reason"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_webhook_message_attempts_counted")),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_message_endpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_webhook_message_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_message")),
        sa.UniqueConstraint(
            "endpoint_id", "event_id", name=op.f("uq_webhook_message_endpoint_id_event_id")
        ),
    )
    op.create_index(
        "ix_webhook_message_due",
        "webhook_message",
        ["next_at"],
        unique=False,
        postgresql_where=sa.text("status = 'due'"),
    )
    op.create_index(
        "ix_webhook_message_endpoint", "webhook_message", ["endpoint_id", "id"], unique=False
    )
    op.create_table(
        "fulfillment_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_order_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_fulfillment_line_quantity_positive")),
        sa.CheckConstraint(
            "rejected >= 0 and picked >= 0 and picked + rejected <= quantity",
            name=op.f("ck_fulfillment_line_units_conserved"),
        ),
        sa.CheckConstraint(
            "shipped between 0 and picked", name=op.f("ck_fulfillment_line_ships_what_was_picked")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_order_id"],
            ["fulfillment_order.id"],
            name=op.f("fk_fulfillment_line_fulfillment_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfillment_line")),
        sa.UniqueConstraint(
            "fulfillment_order_id",
            "order_line_id",
            name=op.f("uq_fulfillment_line_fulfillment_order_id_order_line_id"),
        ),
    )
    op.create_index(
        op.f("ix_fulfillment_line_order_line_id"),
        "fulfillment_line",
        ["order_line_id"],
        unique=False,
    )
    op.create_table(
        "return_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=True),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "size_too_small",
                "size_too_large",
                "unwanted",
                "not_as_described",
                "wrong_item",
                "defective",
                "style",
                "color",
                "other",
                "unknown",
                name="returnreason_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("unit_credit", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("inspected", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(order_line_id is null) = (unit_credit is not null)",
            name=op.f("ck_return_line_blind_lines_have_a_credit"),
        ),
        sa.CheckConstraint(
            "inspected between 0 and received", name=op.f("ck_return_line_inspected_was_received")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_line_quantity_positive")),
        sa.CheckConstraint(
            "received between 0 and quantity", name=op.f("ck_return_line_received_was_expected")
        ),
        sa.CheckConstraint("unit_credit >= 0", name=op.f("ck_return_line_credit_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_line.id"], name=op.f("fk_return_line_order_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_id"], ["return.id"], name=op.f("fk_return_line_return_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_line")),
        sa.UniqueConstraint(
            "return_id", "position", name=op.f("uq_return_line_return_id_position")
        ),
    )
    op.create_index(
        op.f("ix_return_line_order_line_id"), "return_line", ["order_line_id"], unique=False
    )
    op.create_table(
        "shipment",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("fulfillment_order_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column(
            "tracking_status",
            sa.Enum(
                "unknown",
                "label_created",
                "accepted",
                "in_transit",
                "out_for_delivery",
                "attempt_failed",
                "available_for_pickup",
                "delivered",
                "returned_to_sender",
                "exception",
                "cancelled",
                name="trackingstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("tracking_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_order_id"],
            ["fulfillment_order.id"],
            name=op.f("fk_shipment_fulfillment_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_shipment_location_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint(
            "carrier", "tracking_number", name=op.f("uq_shipment_carrier_tracking_number")
        ),
        sa.UniqueConstraint("fulfillment_order_id", name=op.f("uq_shipment_fulfillment_order_id")),
    )
    op.create_index("ix_shipment_order", "shipment", ["order_id"], unique=False)
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["webhook_message.id"], name=op.f("fk_webhook_attempt_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(
        op.f("ix_webhook_attempt_message_id"), "webhook_attempt", ["message_id"], unique=False
    )
    op.create_table(
        "return_receipt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("return_line_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("inspected", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "inspected between 0 and quantity",
            name=op.f("ck_return_receipt_inspected_was_received"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_receipt_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_return_receipt_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["return_line_id"], ["return_line.id"], name=op.f("fk_return_receipt_return_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_receipt")),
    )
    op.create_index(
        op.f("ix_return_receipt_return_line_id"), "return_receipt", ["return_line_id"], unique=False
    )
    op.create_table(
        "shipment_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("order_line_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_shipment_line_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint(
            "shipment_id", "order_line_id", name=op.f("uq_shipment_line_shipment_id_order_line_id")
        ),
    )
    op.create_index(
        op.f("ix_shipment_line_order_line_id"), "shipment_line", ["order_line_id"], unique=False
    )
    op.create_table(
        "tracking_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("scan_id", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "unknown",
                "label_created",
                "accepted",
                "in_transit",
                "out_for_delivery",
                "attempt_failed",
                "available_for_pickup",
                "delivered",
                "returned_to_sender",
                "exception",
                "cancelled",
                name="trackingstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("carrier_status", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_tracking_scan_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_scan")),
        sa.UniqueConstraint("carrier", "scan_id", name=op.f("uq_tracking_scan_carrier_scan_id")),
    )
    op.create_index(
        "ix_tracking_scan_parcel", "tracking_scan", ["carrier", "tracking_number"], unique=False
    )
    op.create_index(
        op.f("ix_tracking_scan_shipment_id"), "tracking_scan", ["shipment_id"], unique=False
    )
    op.create_table(
        "return_inspection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column(
            "disposition",
            sa.Enum(
                "restocked",
                "quality_control",
                "damaged",
                "scrapped",
                name="disposition_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("refunded", sa.Boolean(), nullable=False),
        sa.Column("refund_amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_return_inspection_quantity_positive")),
        sa.CheckConstraint(
            "refund_amount >= 0", name=op.f("ck_return_inspection_refund_not_negative")
        ),
        sa.CheckConstraint(
            "refunded or refund_amount = 0", name=op.f("ck_return_inspection_unrefunded_is_free")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["return_receipt.id"], name=op.f("fk_return_inspection_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_inspection")),
    )
    op.create_index(
        op.f("ix_return_inspection_receipt_id"), "return_inspection", ["receipt_id"], unique=False
    )
    op.execute(APPEND_ONLY)
    for table in LEDGERS:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_return_inspection_receipt_id"), table_name="return_inspection")
    op.drop_table("return_inspection")
    op.drop_index(op.f("ix_tracking_scan_shipment_id"), table_name="tracking_scan")
    op.drop_index("ix_tracking_scan_parcel", table_name="tracking_scan")
    op.drop_table("tracking_scan")
    op.drop_index(op.f("ix_shipment_line_order_line_id"), table_name="shipment_line")
    op.drop_table("shipment_line")
    op.drop_index(op.f("ix_return_receipt_return_line_id"), table_name="return_receipt")
    op.drop_table("return_receipt")
    op.drop_index(op.f("ix_webhook_attempt_message_id"), table_name="webhook_attempt")
    op.drop_table("webhook_attempt")
    op.drop_index("ix_shipment_order", table_name="shipment")
    op.drop_table("shipment")
    op.drop_index(op.f("ix_return_line_order_line_id"), table_name="return_line")
    op.drop_table("return_line")
    op.drop_index(op.f("ix_fulfillment_line_order_line_id"), table_name="fulfillment_line")
    op.drop_table("fulfillment_line")
    op.drop_index("ix_webhook_message_endpoint", table_name="webhook_message")
    op.drop_index(
        "ix_webhook_message_due",
        table_name="webhook_message",
        postgresql_where=sa.text("status = 'due'"),
    )
    op.drop_table("webhook_message")
    op.drop_index("ix_stock_level_location", table_name="stock_level")
    op.drop_table("stock_level")
    op.drop_index("ix_return_order", table_name="return")
    op.drop_table("return")
    op.drop_index("ix_payment_operation_refund", table_name="payment_operation")
    op.drop_index(
        "ix_payment_operation_pending",
        table_name="payment_operation",
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.drop_index("ix_payment_operation_payment", table_name="payment_operation")
    op.drop_table("payment_operation")
    op.drop_table("order_line")
    op.drop_index(
        "ix_fulfillment_order_queue",
        table_name="fulfillment_order",
        postgresql_where=sa.text("status in ('open', 'accepted', 'picked', 'packed')"),
    )
    op.drop_index("ix_fulfillment_order_order", table_name="fulfillment_order")
    op.drop_table("fulfillment_order")
    op.drop_index(
        "ix_delivery_lane", table_name="delivery", postgresql_where=sa.text("status = 'due'")
    )
    op.drop_index(
        "ix_delivery_due", table_name="delivery", postgresql_where=sa.text("status = 'due'")
    )
    op.drop_table("delivery")
    op.drop_table("credential")
    op.drop_table("webhook_endpoint")
    op.drop_index("ix_stock_movement_level", table_name="stock_movement")
    op.drop_table("stock_movement")
    op.drop_table("stock_commitment")
    op.drop_table("staff")
    op.drop_index(op.f("ix_sandbox_charge_reference"), table_name="sandbox_charge")
    op.drop_table("sandbox_charge")
    op.drop_table("routing_exclusion")
    op.drop_index("ix_routing_decision_order", table_name="routing_decision")
    op.drop_table("routing_decision")
    op.drop_index("ix_refund_order", table_name="refund")
    op.drop_table("refund")
    op.drop_index("ix_payment_order", table_name="payment")
    op.drop_index(op.f("ix_payment_gateway_reference"), table_name="payment")
    op.drop_table("payment")
    op.drop_index("ix_order_channel", table_name="order")
    op.drop_table("order")
    op.drop_table("location")
    op.drop_index("ix_job_due", table_name="job", postgresql_where=sa.text("status = 'due'"))
    op.drop_table("job")
    op.drop_table("item")
    op.drop_table("inbox_message")
    op.drop_table("idempotency_answer")
    op.drop_table("event_subject")
    op.drop_table("event")
    op.drop_table("channel_buffer")
    op.drop_table("channel")
    op.execute("DROP FUNCTION append_only")
    for name in SEQUENCES:
        op.execute(f"DROP SEQUENCE {name}")
