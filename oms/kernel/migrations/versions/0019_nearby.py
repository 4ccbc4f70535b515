"""Where goods are handed over near a point."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_index(
        "ix_location_pickup",
        "location",
        ["latitude", "longitude"],
        unique=False,
        postgresql_where=sa.text("active and pickup"),
    )


def downgrade() -> None:
    op.drop_index("ix_location_pickup", table_name="location")
