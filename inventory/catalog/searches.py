"""Lists of items, groups and identifiers, each along an index: a page reads what it shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.catalog import queries
from inventory.catalog.cards import Card
from inventory.catalog.models import Item, ItemGroup, ItemGroupMember, ItemIdentifier, ItemName
from oms.kernel import pages
from oms.kernel.errors import Malformed
from oms.kernel.pages import Page

LAST = 0x10FFFF
"""The greatest character there is: what begins with a text lies before the text and this."""


class OneAtATime(Malformed):
    """Search items by name or list a group of them, not both; a language is that of a name."""

    given: list[str]


@dataclass(frozen=True)
class Search:
    """Which items are wanted: all, those of a group, or those whose name begins so.

    A name is looked for among the names in `language`, or among the main names; width and case
    do not matter.
    """

    group: str | None = None
    name: str | None = None
    language: str | None = None
    active: bool | None = None

    def check(self) -> None:
        """Raise OneAtATime when this cannot be answered along one index."""
        given = [word for word in ("group", "name", "language") if getattr(self, word) is not None]
        if given not in ([], ["group"], ["name"], ["name", "language"]):
            raise OneAtATime(given)


async def items(
    session: AsyncSession, *, search: Search, cursor: str | None, limit: int
) -> Page[Card]:
    """Return a page of items: by name if a name is sought, else by SKU. Raises OneAtATime."""
    search.check()
    query, keys = _query(search)
    page = await pages.page_by(session, query, keys, cursor=cursor, limit=limit)
    skus = [row.sku for row in page.rows]
    cards = await queries.cards(session, skus=skus)
    return Page([cards[sku] for sku in skus], page.next_cursor)


async def identifiers(
    session: AsyncSession, *, starts_with: str, cursor: str | None, limit: int
) -> Page[ItemIdentifier]:
    """Return a page of the identifiers that begin so, in their order."""
    value = col(ItemIdentifier.value)
    query = select(ItemIdentifier).where(value >= starts_with, value < starts_with + chr(LAST))
    keys = [value, col(ItemIdentifier.kind), col(ItemIdentifier.supplier)]
    return await pages.page_by(session, query, keys, cursor=cursor, limit=limit)


async def groups(session: AsyncSession, *, cursor: str | None, limit: int) -> Page[ItemGroup]:
    """Return a page of groups by code."""
    return await pages.page_by(
        session, select(ItemGroup), [col(ItemGroup.code)], cursor=cursor, limit=limit
    )


def _query(search: Search) -> tuple[Select[Any], list[Any]]:
    table: Any = Item
    query: Select[Any] = select(Item)
    keys = [col(Item.sku)]
    if search.group is not None:
        table, keys = ItemGroupMember, [col(ItemGroupMember.sku)]
        query = select(ItemGroupMember).where(col(ItemGroupMember.group_code) == search.group)
    elif search.name is not None:
        table = Item if search.language is None else ItemName
        query = select(table).where(*_begins(col(table.sought), search.name))
        keys = [col(table.sought), col(table.sku)]
    if search.language is not None:
        query = query.where(col(ItemName.language) == search.language)
    if search.active is not None:
        if table is not Item:
            query = query.join(Item, col(Item.sku) == col(table.sku))
        query = query.where(col(Item.active) == search.active)
    return query, keys


def _begins(sought: Any, name: str) -> list[ColumnElement[bool]]:  # noqa: ANN401 -- SQLModel's col() is not generic
    """Compare as the database folds names, by a range that its index knows."""
    folded = func.lower(func.normalize(cast(name, String), text("NFKC")))
    return [sought >= folded, sought < folded.concat(chr(LAST))]
