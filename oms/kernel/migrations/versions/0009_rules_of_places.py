"""Rules of what may be sold name groups of locations that exist."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_foreign_key(
        op.f("fk_selling_rule_location_group"),
        "selling_rule",
        "location_group",
        ["location_group"],
        ["code"],
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_selling_rule_location_group"), "selling_rule", type_="foreignkey")
