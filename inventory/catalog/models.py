"""Items."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from oms.kernel import ids
from oms.kernel.tables import Versioned, recorded_at


class Item(Versioned, table=True):
    """Something that is sold and stocked, known by its SKU."""

    __tablename__ = "item"
    __table_args__ = (CheckConstraint("weight_grams >= 0", name="weight_not_negative"),)

    id: UUID = Field(default_factory=ids.new, primary_key=True)
    sku: str = Field(unique=True)
    name: str
    name_ja: str | None = None
    weight_grams: int = 0
    active: bool = True
    recorded_at: datetime = recorded_at()
