"""Catalogue: identifiers, names, packs, kits and groups of items."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

FOLDED = "lower(normalize(name::text, NFKC))"
WORD = "~ '^[a-z][a-z0-9_]{0,39}$'"

CHECKS = {
    "size_whole": "num_nulls(length_millimetres, width_millimetres, height_millimetres) IN (0, 3)",
    "size_positive": "least(length_millimetres, width_millimetres, height_millimetres) > 0",
    "tax_class_is_word": f"tax_class {WORD}",
    "return_class_is_word": f"return_class {WORD}",
    "untracked_has_no_stock_to_trace": "tracked OR NOT (lot_tracked OR expiry_tracked OR serial_tracked OR kit)",
    "kit_has_no_stock_to_trace": "NOT kit OR NOT (lot_tracked OR expiry_tracked OR serial_tracked)",
}

REFUSAL = """
CREATE FUNCTION {table}_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{why}' USING ERRCODE = '23001', CONSTRAINT = '{table}_is_final';
END $$
"""

TRIGGER = """
CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({when})
EXECUTE FUNCTION {table}_is_final()
"""

FINAL = [
    {
        "table": "item",
        "why": "a kit stays a kit, and what was tracked stays tracked",
        "when": "OLD.kit <> NEW.kit OR (OLD.tracked AND NOT NEW.tracked)",
    },
    {
        "table": "item_pack",
        "why": "a pack that was used means the same for ever",
        "when": "OLD.used AND (NOT NEW.used OR OLD.units <> NEW.units)",
    },
]


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=40)


def _sought() -> sa.Column[str]:
    return sa.Column(
        "sought", sa.String(collation="C"), sa.Computed(FOLDED, persisted=True), nullable=True
    )


def upgrade() -> None:
    _widen_item()
    op.create_table(
        "item_group",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_item_group")),
    )
    op.create_table(
        "item_group_member",
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_code"], ["item_group.code"], name=op.f("fk_item_group_member_group_code")
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_item_group_member_sku")),
        sa.PrimaryKeyConstraint("group_code", "sku", name=op.f("pk_item_group_member")),
    )
    op.create_index("ix_item_group_member_sku", "item_group_member", ["sku", "group_code"])
    op.create_table(
        "item_name",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _sought(),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_item_name_sku")),
        sa.PrimaryKeyConstraint("sku", "language", name=op.f("pk_item_name")),
    )
    op.create_index("ix_item_name_sought", "item_name", ["language", "sought", "sku"])
    op.create_table(
        "item_pack",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("units BETWEEN 2 AND 100000", name=op.f("ck_item_pack_units_sensible")),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_item_pack_sku")),
        sa.PrimaryKeyConstraint("sku", "code", name=op.f("pk_item_pack")),
    )
    op.create_table(
        "item_identifier",
        sa.Column(
            "kind",
            _word("identifierkind_known", "gtin", "supplier", "alternative"),
            nullable=False,
        ),
        sa.Column("sought", sa.String(collation="C"), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("value", sa.String(collation="C"), nullable=False),
        sa.Column("pack", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'supplier') = (supplier <> '')",
            name=op.f("ck_item_identifier_supplier_of_supplier_code"),
        ),
        sa.CheckConstraint(
            "kind <> 'gtin' OR sought ~ '^[0-9]{14}$'",
            name=op.f("ck_item_identifier_gtin_of_14_digits"),
        ),
        sa.ForeignKeyConstraint(
            ["sku", "pack"],
            ["item_pack.sku", "item_pack.code"],
            name=op.f("fk_item_identifier_sku_pack"),
        ),
        sa.ForeignKeyConstraint(["sku"], ["item.sku"], name=op.f("fk_item_identifier_sku")),
        sa.PrimaryKeyConstraint("kind", "sought", "supplier", name=op.f("pk_item_identifier")),
    )
    op.create_index("ix_item_identifier_sku", "item_identifier", ["sku"])
    op.create_index("ix_item_identifier_value", "item_identifier", ["value", "kind", "supplier"])
    op.create_table(
        "item_component",
        sa.Column("kit_sku", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("of_kit", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_kit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("of_kit AND NOT is_kit", name=op.f("ck_item_component_no_kit_in_a_kit")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_item_component_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["kit_sku", "of_kit"],
            ["item.sku", "item.kit"],
            name=op.f("fk_item_component_kit_sku_of_kit"),
        ),
        sa.ForeignKeyConstraint(
            ["sku", "is_kit"], ["item.sku", "item.kit"], name=op.f("fk_item_component_sku_is_kit")
        ),
        sa.PrimaryKeyConstraint("kit_sku", "sku", name=op.f("pk_item_component")),
    )
    op.create_index("ix_item_component_sku", "item_component", ["sku"])
    op.execute(
        "INSERT INTO item_name (sku, language, name)"
        " SELECT sku, 'ja', name_ja FROM item WHERE name_ja IS NOT NULL"
    )
    op.drop_column("item", "name_ja")
    for final in FINAL:
        op.execute(REFUSAL.format_map(final))
        op.execute(TRIGGER.format_map(final))


def _widen_item() -> None:
    """Add the columns; defaults let an older program go on adding items while this is rolled out."""
    for column in _columns():
        op.add_column("item", column)
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_item_{name}"), "item", rule)
    op.create_unique_constraint(op.f("uq_item_sku_kit"), "item", ["sku", "kit"])
    op.create_index("ix_item_sought", "item", ["sought", "sku"])
    op.create_index("ix_item_active", "item", ["active", "sku"])


def _columns() -> "list[sa.Column[Any]]":
    warm = _word("temperature_known", "ambient", "chilled", "frozen")
    counted = _word("abcclass_known", "a", "b", "c")
    return [
        sa.Column("unit", sa.String(), server_default="piece", nullable=False),
        sa.Column("length_millimetres", sa.Integer(), nullable=True),
        sa.Column("width_millimetres", sa.Integer(), nullable=True),
        sa.Column("height_millimetres", sa.Integer(), nullable=True),
        sa.Column("tax_class", sa.String(), server_default="standard", nullable=False),
        sa.Column("return_class", sa.String(), server_default="standard", nullable=False),
        sa.Column("temperature", warm, server_default="ambient", nullable=False),
        sa.Column("hazardous", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("oversize", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("kit", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tracked", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("lot_tracked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("expiry_tracked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("serial_tracked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("abc_class", counted, server_default="c", nullable=False),
        _sought(),
    ]


def downgrade() -> None:
    for final in FINAL:
        op.execute("DROP TRIGGER {table}_is_final ON {table}".format_map(final))
        op.execute("DROP FUNCTION {table}_is_final".format_map(final))
    op.add_column("item", sa.Column("name_ja", sa.String(), nullable=True))
    op.execute(
        "UPDATE item SET name_ja = item_name.name FROM item_name"
        " WHERE item_name.sku = item.sku AND language = 'ja'"
    )
    op.drop_table("item_component")
    op.drop_table("item_identifier")
    op.drop_table("item_pack")
    op.drop_table("item_name")
    op.drop_table("item_group_member")
    op.drop_table("item_group")
    op.drop_constraint(op.f("uq_item_sku_kit"), "item")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_item_{name}"), "item")
    for column in reversed(_columns()):
        op.drop_column("item", column.name)
