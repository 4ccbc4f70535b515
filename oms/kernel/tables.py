"""What every table has in common."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import DateTime, Enum, Integer, MetaData, func
from sqlalchemy.orm import configure_mappers, declared_attr
from sqlmodel import Field, SQLModel

ROOMY = {"postgresql_with": {"toast_tuple_target": "8160"}}
"""Rows of a few kilobytes stay in one piece: compressing them costs more than all else of them."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Table(SQLModel):
    """A row of a table. It stores; validation belongs to the pydantic models at the edge."""

    metadata = METADATA


class Versioned(Table):
    """A row whose every change raises `version`, which is also its ETag.

    The database update names the version it read, so that a lost update is an error.
    """

    version: int = Field(default=1, sa_type=Integer, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 -- SQLAlchemy passes the class
        """Let SQLAlchemy count versions."""
        table = getattr(cls, "__table__", None)
        return {} if table is None else {"version_id_col": table.c.version}


T = TypeVar("T", bound=Table)


def untracked(kind: type[T], **values: Any) -> T:  # noqa: ANN401 -- the columns of any table
    """Make a row to look at that no session will ever write: a Statement stores it instead.

    It costs a tenth of a tracked row, which matters where every order passes.
    """
    row: T = kind.__new__(kind)
    row.__dict__.update(_defaults(kind))
    row.__dict__.update(values)
    return row


@cache
def _defaults(kind: type[Table]) -> dict[str, Any]:
    configure_mappers()
    fields = kind.model_fields.items()
    return {name: field.default for name, field in fields if not field.is_required()}


def recorded_at() -> Any:  # noqa: ANN401 -- SQLModel's Field has no better type
    """Make a column that the database fills with the time of the transaction."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        nullable=False,
        sa_column_kwargs={"server_default": func.now()},
    )


def moment(*, nullable: bool = False) -> Any:  # noqa: ANN401 -- SQLModel's Field has no better type
    """Make a column for a moment in time (aware, UTC)."""
    default: datetime | None = None
    options: dict[str, Any] = {"default": default} if nullable else {}
    return Field(sa_type=DateTime(timezone=True), nullable=nullable, **options)


def choice(words: type[StrEnum], default: StrEnum | None = None) -> Any:  # noqa: ANN401 -- as above
    """Make a column that holds one word of an enum, with a CHECK that knows the words."""
    kind = Enum(
        words,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=f"{words.__name__.lower()}_known",
        values_callable=lambda enum: [word.value for word in enum],
    )
    options: dict[str, Any] = {} if default is None else {"default": default}
    return Field(sa_type=kind, nullable=False, **options)
