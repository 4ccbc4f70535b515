"""Columns of larger statements that read what is said about selling, and how to understand them.

Each is nothing where there is nothing to say, so that who has no rules does not pay for them.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from inventory.catalog import kits
from inventory.selling.limits import Limit
from inventory.selling.rules import Book, Groups, Rule

T = TypeVar("T")

NEEDED = f"""needed AS MATERIALIZED (
    SELECT CAST(:skus AS text[]) || ARRAY({kits.PARTS})::text[] AS skus
)"""
"""A part of WITH: the items that are asked for and the parts of those that are kits."""

ANY_NEEDED = "ANY((SELECT skus FROM needed)::text[])"
"""A row of the table `needed` above, as an array: found through the key, whatever the planner
thinks of the tables."""

ITEMS = f"""(SELECT json_agg(json_build_object('sku', sku, 'name', name,
        'weight_grams', weight_grams, 'kit', kit, 'tracked', tracked))
    FROM item WHERE sku = {ANY_NEEDED}
        AND (active OR sku <> ALL(CAST(:skus AS text[]))))::text"""  # noqa: S608 -- our own words

BUFFERS = """(SELECT json_object_agg(channel_id, units) FROM channel_buffer
    WHERE channel_id = ANY(CAST(:channels AS uuid[])))::text"""

LIMITS = """(SELECT json_agg(json_build_object('sku', sku, 'channel_id', channel_id, 'kind', kind,
        'left', CASE WHEN open THEN units - taken ELSE 0 END, 'available_at', available_at))
    FROM backlog_limit WHERE sku = ANY(CAST(:skus AS text[])))::text"""

RULES = """(SELECT json_agg(json_build_object('id', id, 'name', name, 'kind', kind,
        'priority', priority, 'item_group', item_group, 'location_group', location_group,
        'channel_id', channel_id, 'units', units, 'allowed', allowed))
    FROM selling_rule WHERE active)::text"""

ITEM_GROUPS = f"""(SELECT json_object_agg(sku, groups) FROM (
        SELECT sku, json_agg(group_code) AS groups FROM item_group_member
        WHERE sku = {ANY_NEEDED} AND EXISTS (
            SELECT FROM selling_rule WHERE active AND item_group IS NOT NULL)
        GROUP BY sku) AS grouped)::text"""  # noqa: S608 -- our own words

LOCATION_GROUPS = """(SELECT json_object_agg(location_id, groups) FROM (
        SELECT location_id, json_agg(code) AS groups
        FROM location_group JOIN location_group_member ON group_id = location_group.id
        WHERE code IN (SELECT location_group FROM selling_rule WHERE active)
        GROUP BY location_id) AS grouped)::text"""

BOOK = f"{RULES} AS rules, {ITEM_GROUPS} AS item_groups, {LOCATION_GROUPS} AS location_groups"
"""What `book` understands."""

AS_OF = "now() AS as_of"
"""When the transaction began: by the clock of the database, and before any of it was read."""


def read(told: str | None, kind: type[T]) -> T:
    """Understand a column; nothing is an empty one."""
    return kind() if told is None else msgspec.json.decode(told, type=kind)


def book(row: Mapping[str, Any]) -> Book:
    """Return the rules with the groups they speak of."""
    if row["rules"] is None:
        return Book()
    return Book(
        rules=read(row["rules"], list[Rule]),
        items=read(row["item_groups"], dict[str, Groups]),
        locations=read(row["location_groups"], dict[UUID, Groups]),
    )


def limits(row: Mapping[str, Any]) -> list[Limit]:
    """Return the limits of what may be sold ahead."""
    return read(row["limits"], list[Limit])
