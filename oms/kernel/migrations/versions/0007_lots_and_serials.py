"""Lots and serial numbers follow the stock.

Whatever moves stock of a traced item writes the ledger of stock, so that is where lots are made to
follow: at the end of the transaction, what nobody has told of lots is assumed. Units that came in
on a paper are of the lots that left on the same paper (a transfer), else of the lot without a
code; units that went out are of that lot, then of those that expire first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

LEDGERS = ("lot_movement", "serial_movement")

LOT_MOVED = """
CREATE FUNCTION lot_moved(
    one uuid, of_sku text, at_location uuid, units int, broken int, held int, why text,
    paper text, who text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
BEGIN
    INSERT INTO lot_stock (
        lot_id, location_id, sku, on_hand, picked, damaged, quality_control)
    VALUES (one, at_location, of_sku, 0, 0, 0, 0) ON CONFLICT DO NOTHING;
    UPDATE lot_stock SET on_hand = on_hand + units, damaged = damaged + broken,
        quality_control = quality_control + held
    WHERE lot_id = one AND location_id = at_location;
    INSERT INTO lot_movement (
        id, lot_id, sku, location_id, on_hand, damaged, quality_control, reason, reference,
        assumed, actor)
    VALUES (
        -- a UUIDv7: the time, then chance
        encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send(now_ms) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid,
        one, of_sku, at_location, units, broken, held, why, paper, true, who);
END $$
"""

LOTS_FOLLOW = """
CREATE FUNCTION lots_follow(of_sku text, at_location uuid, why text, paper text, who text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    level stock_level; one record; gap int; broken int; held int; part int; unknown uuid;
BEGIN
    SELECT * INTO level FROM stock_level
    WHERE sku = of_sku AND location_id = at_location FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT level.on_hand - coalesce(sum(on_hand), 0),
        greatest(coalesce(sum(damaged), 0) - level.damaged, 0),
        greatest(coalesce(sum(quality_control), 0) - level.quality_control, 0)
    INTO gap, broken, held FROM lot_stock WHERE sku = of_sku AND location_id = at_location;

    -- units that are no longer damaged or held while units went out are the ones that went out
    FOR one IN
        SELECT stock.* FROM lot_stock AS stock JOIN lot ON lot.id = lot_id
        WHERE stock.sku = of_sku AND location_id = at_location
            AND (damaged > 0 OR quality_control > 0)
        ORDER BY expires_on NULLS LAST, lot_id
    LOOP
        EXIT WHEN broken = 0 AND held = 0;
        one.damaged := least(one.damaged, broken);
        one.quality_control := least(one.quality_control, held);
        part := least(one.damaged + one.quality_control, greatest(-gap, 0));
        IF one.damaged + one.quality_control > 0 THEN
            PERFORM lot_moved(one.lot_id, of_sku, at_location, -part, -one.damaged,
                -one.quality_control, why, paper, who);
        END IF;
        gap := gap + part;
        broken := broken - one.damaged;
        held := held - one.quality_control;
    END LOOP;

    IF gap > 0 AND paper IS NOT NULL THEN
        FOR one IN
            SELECT lot_id, -sum(on_hand) AS units FROM lot_movement
            WHERE reference = paper AND sku = of_sku
            GROUP BY lot_id HAVING sum(on_hand) < 0 ORDER BY lot_id
        LOOP
            EXIT WHEN gap = 0;
            part := least(one.units, gap);
            PERFORM lot_moved(one.lot_id, of_sku, at_location, part, 0, 0, why, paper, who);
            gap := gap - part;
        END LOOP;
    END IF;
    IF gap > 0 THEN
        INSERT INTO lot (id, sku, status, version)
        VALUES (gen_random_uuid(), of_sku, 'open', 1) ON CONFLICT DO NOTHING;
        SELECT id INTO unknown FROM lot WHERE sku = of_sku AND code IS NULL;
        PERFORM lot_moved(unknown, of_sku, at_location, gap, 0, 0, why, paper, who);
    ELSIF gap < 0 THEN
        FOR one IN
            SELECT lot_id, on_hand - picked - damaged - quality_control AS units
            FROM lot_stock AS stock JOIN lot ON lot.id = lot_id
            WHERE stock.sku = of_sku AND location_id = at_location
                AND on_hand - picked - damaged - quality_control > 0
            ORDER BY (code IS NULL) DESC, expires_on NULLS LAST, lot_id
        LOOP
            EXIT WHEN gap = 0;
            part := least(one.units, -gap);
            PERFORM lot_moved(one.lot_id, of_sku, at_location, -part, 0, 0, why, paper, who);
            gap := gap + part;
        END LOOP;
    END IF;
END $$
"""

SERIALS_FOLLOW = """
CREATE FUNCTION serials_follow(of_sku text, at_location uuid)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stock_level WHERE sku = of_sku AND location_id = at_location FOR NO KEY UPDATE;
    INSERT INTO serial_stock (sku, location_id, unread)
    SELECT sku, location_id, level.on_hand - (
        SELECT count(*) FROM serial WHERE serial.sku = of_sku
            AND serial.location_id = at_location AND status IN ('in_stock', 'picked'))
    FROM stock_level AS level WHERE sku = of_sku AND location_id = at_location
    ON CONFLICT (sku, location_id) DO UPDATE SET unread = EXCLUDED.unread;
END $$
"""

FOLLOW_MOVEMENT = """
CREATE FUNCTION tracing_follows_movement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    traced item;
BEGIN
    SELECT * INTO traced FROM item WHERE sku = NEW.sku;
    IF traced.lot_tracked OR traced.expiry_tracked THEN
        PERFORM lots_follow(NEW.sku, NEW.location_id, NEW.reason, NEW.reference, NEW.actor);
    END IF;
    IF traced.serial_tracked THEN
        PERFORM serials_follow(NEW.sku, NEW.location_id);
    END IF;
    RETURN NULL;
END $$
"""

FOLLOW_SERIAL = """
CREATE FUNCTION tracing_follows_serial() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.location_id IS NOT NULL THEN
        PERFORM serials_follow(OLD.sku, OLD.location_id);
    END IF;
    IF NEW.location_id IS NOT NULL THEN
        PERFORM serials_follow(NEW.sku, NEW.location_id);
    END IF;
    RETURN NULL;
END $$
"""

FOLLOW_ITEM = """
CREATE FUNCTION tracing_follows_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place uuid;
BEGIN
    FOR place IN
        SELECT location_id FROM stock_level WHERE sku = NEW.sku ORDER BY location_id
        FOR NO KEY UPDATE
    LOOP
        IF NEW.lot_tracked OR NEW.expiry_tracked THEN
            PERFORM lots_follow(NEW.sku, place, 'correction', 'tracing begins', 'system:oms');
        END IF;
        IF NEW.serial_tracked THEN
            PERFORM serials_follow(NEW.sku, place);
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""

TRIGGERS = {
    "stock_movement": """
        CREATE CONSTRAINT TRIGGER tracing_follows AFTER INSERT ON stock_movement
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.on_hand <> 0 OR NEW.damaged < 0 OR NEW.quality_control < 0)
        EXECUTE FUNCTION tracing_follows_movement()""",
    "serial": """
        CREATE CONSTRAINT TRIGGER tracing_follows AFTER INSERT OR UPDATE OF location_id ON serial
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        EXECUTE FUNCTION tracing_follows_serial()""",
    "item": """
        CREATE TRIGGER tracing_follows AFTER UPDATE ON item FOR EACH ROW
        WHEN (NEW.lot_tracked > OLD.lot_tracked OR NEW.expiry_tracked > OLD.expiry_tracked
            OR NEW.serial_tracked > OLD.serial_tracked)
        EXECUTE FUNCTION tracing_follows_item()""",
}

FUNCTIONS = {
    "lot_moved(uuid, text, uuid, int, int, int, text, text, text)": LOT_MOVED,
    "lots_follow(text, uuid, text, text, text)": LOTS_FOLLOW,
    "serials_follow(text, uuid)": SERIALS_FOLLOW,
    "tracing_follows_movement()": FOLLOW_MOVEMENT,
    "tracing_follows_serial()": FOLLOW_SERIAL,
    "tracing_follows_item()": FOLLOW_ITEM,
}


def upgrade() -> None:
    op.create_table(
        "remaining_life",
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_remaining_life_days_not_negative")),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_remaining_life")),
    )
    op.create_table(
        "lot",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("made_on", sa.Date(), nullable=True),
        sa.Column("supplier_reference", sa.String(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "quarantined",
                name="lotstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status <> 'quarantined' or reason is not null",
            name=op.f("ck_lot_quarantined_with_reason"),
        ),
        sa.CheckConstraint(
            "code is not null or coalesce(expires_on, made_on) is null",
            name=op.f("ck_lot_unknown_has_no_dates"),
        ),
        sa.CheckConstraint("made_on <= expires_on", name=op.f("ck_lot_made_before_it_expires")),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_lot_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint(
            "sku", "code", name=op.f("uq_lot_sku_code"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index(
        "ix_lot_expiry",
        "lot",
        ["expires_on"],
        unique=False,
        postgresql_where=sa.text("expires_on is not null"),
    )
    op.create_table(
        "serial_stock",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("unread", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_serial_stock_location_id")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_serial_stock_sku")),
        sa.PrimaryKeyConstraint("sku", "location_id", name=op.f("pk_serial_stock")),
    )
    op.create_table(
        "lot_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("quality_control", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("claimant_id", sa.Uuid(), nullable=True),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_movement_lot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_movement")),
    )
    op.create_index(
        "ix_lot_movement_claimant",
        "lot_movement",
        ["claimant_id"],
        unique=False,
        postgresql_where=sa.text("claimant_id is not null"),
    )
    op.create_index("ix_lot_movement_lot", "lot_movement", ["lot_id", "id"], unique=False)
    op.create_index("ix_lot_movement_paper", "lot_movement", ["reference", "sku"], unique=False)
    op.create_table(
        "lot_pick",
        sa.Column("work_id", sa.Uuid(), nullable=False),
        sa.Column("claimant_id", sa.Uuid(), nullable=False),
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_lot_pick_quantity_positive")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_pick_lot_id")),
        sa.PrimaryKeyConstraint("work_id", "claimant_id", "lot_id", name=op.f("pk_lot_pick")),
    )
    op.create_index("ix_lot_pick_stock", "lot_pick", ["lot_id", "location_id"], unique=False)
    op.create_table(
        "lot_stock",
        sa.Column("lot_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("picked", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.Column("quality_control", sa.Integer(), nullable=False),
        sa.Column("expiring_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "least(picked, damaged, quality_control) >= 0", name=op.f("ck_lot_stock_never_negative")
        ),
        sa.CheckConstraint(
            "picked + damaged + quality_control <= on_hand",
            name=op.f("ck_lot_stock_parts_of_on_hand"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_lot_stock_location_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_lot_stock_lot_id")),
        sa.PrimaryKeyConstraint("lot_id", "location_id", name=op.f("pk_lot_stock")),
    )
    op.create_index("ix_lot_stock_level", "lot_stock", ["sku", "location_id"], unique=False)
    op.create_table(
        "serial",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_stock",
                "picked",
                "shipped",
                "returned",
                "scrapped",
                name="serialstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("lot_id", sa.Uuid(), nullable=True),
        sa.Column("claimant_id", sa.Uuid(), nullable=True),
        sa.Column("work_id", sa.Uuid(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(status in ('in_stock', 'picked', 'returned')) = (location_id is not null)",
            name=op.f("ck_serial_somewhere_or_gone"),
        ),
        sa.CheckConstraint(
            "status not in ('picked', 'shipped') or claimant_id is not null",
            name=op.f("ck_serial_claimed_when_picked"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_serial_location_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_serial_lot_id")),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_serial_sku")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial")),
        sa.UniqueConstraint("sku", "code", name=op.f("uq_serial_sku_code")),
    )
    op.create_index("ix_serial_level", "serial", ["sku", "location_id"], unique=False)
    op.create_index(
        "ix_serial_work",
        "serial",
        ["work_id"],
        unique=False,
        postgresql_where=sa.text("work_id is not null"),
    )
    op.create_table(
        "serial_movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("serial_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "in_stock",
                "picked",
                "shipped",
                "returned",
                "scrapped",
                name="serialstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("location_id", sa.Uuid(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("claimant_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["serial_id"], ["serial.id"], name=op.f("fk_serial_movement_serial_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_serial_movement")),
    )
    op.create_index("ix_serial_movement_paper", "serial_movement", ["reference"], unique=False)
    op.create_index(
        "ix_serial_movement_serial", "serial_movement", ["serial_id", "id"], unique=False
    )
    for table in LEDGERS:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION append_only()"
        )
    for made in [*FUNCTIONS.values(), *TRIGGERS.values()]:
        op.execute(made)


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"DROP TRIGGER tracing_follows ON {table}")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_index("ix_serial_movement_serial", table_name="serial_movement")
    op.drop_index("ix_serial_movement_paper", table_name="serial_movement")
    op.drop_table("serial_movement")
    op.drop_index(
        "ix_serial_work", table_name="serial", postgresql_where=sa.text("work_id is not null")
    )
    op.drop_index("ix_serial_level", table_name="serial")
    op.drop_table("serial")
    op.drop_index("ix_lot_stock_level", table_name="lot_stock")
    op.drop_table("lot_stock")
    op.drop_index("ix_lot_pick_stock", table_name="lot_pick")
    op.drop_table("lot_pick")
    op.drop_index("ix_lot_movement_paper", table_name="lot_movement")
    op.drop_index("ix_lot_movement_lot", table_name="lot_movement")
    op.drop_index(
        "ix_lot_movement_claimant",
        table_name="lot_movement",
        postgresql_where=sa.text("claimant_id is not null"),
    )
    op.drop_table("lot_movement")
    op.drop_table("serial_stock")
    op.drop_index(
        "ix_lot_expiry", table_name="lot", postgresql_where=sa.text("expires_on is not null")
    )
    op.drop_table("lot")
    op.drop_table("remaining_life")
