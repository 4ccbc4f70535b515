"""Plans of counting, by location and class."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_table(
        "count_plan",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "abc_class",
            sa.Enum(
                "a",
                "b",
                "c",
                name="abcclass_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("every_days", sa.Integer(), nullable=False),
        sa.Column("most_lines", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("counters", sa.Integer(), nullable=False),
        sa.Column("limit_units", sa.Integer(), nullable=True),
        sa.Column("limit_percent", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("every_days > 0", name=op.f("ck_count_plan_every_days_positive")),
        sa.CheckConstraint("most_lines > 0", name=op.f("ck_count_plan_most_lines_positive")),
        sa.CheckConstraint("counters > 0", name=op.f("ck_count_plan_counters_positive")),
        sa.CheckConstraint("limit_units >= 0", name=op.f("ck_count_plan_limit_units_not_negative")),
        sa.CheckConstraint(
            "limit_percent between 0 and 100", name=op.f("ck_count_plan_limit_percent_is_one")
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], name=op.f("fk_count_plan_location_id")
        ),
        sa.PrimaryKeyConstraint("location_id", "abc_class", name=op.f("pk_count_plan")),
    )


def downgrade() -> None:
    op.drop_table("count_plan")
