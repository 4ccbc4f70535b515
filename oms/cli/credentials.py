"""`oms keys create` and `oms staff create`: the first credentials of an installation."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from inventory.places.models import Location
from oms.accounts import credentials
from oms.accounts.credentials import Issued
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.cli import databases
from oms.cli.complaints import Complaint
from oms.kernel import db, log

W = TypeVar("W", bound=StrEnum)


def create_key(*, name: str, scopes: Sequence[str], channel_code: str | None) -> None:
    """Issue an API key and print it, alone on standard output. Raises Complaint."""
    known = _words(Scope, scopes)

    async def issue(session: AsyncSession) -> Issued:
        channel_id = None if channel_code is None else await _channel(session, channel_code)
        return await credentials.issue_api_key(
            session, name=name, scopes=known, channel_id=channel_id
        )

    _print(issue)


def create_staff(*, name: str, roles: Sequence[str], location_codes: Sequence[str] | None) -> None:
    """Add a member of staff and print their token, as above. Raises Complaint."""
    known = _words(Role, roles)

    async def hire(session: AsyncSession) -> Issued:
        places = await _locations(session, location_codes) if location_codes else None
        return await credentials.hire(session, name=name, roles=known, location_ids=places)

    _print(hire)


def _print(make: Callable[[AsyncSession], Awaitable[Issued]]) -> None:
    log.configure()
    databases.ready()
    issued = asyncio.run(_issued(make))
    typer.echo(issued.token)
    typer.echo("This is shown once; only its hash is kept.", err=True)


async def _issued(make: Callable[[AsyncSession], Awaitable[Issued]]) -> Issued:
    try:
        async with db.transaction() as session:
            return await make(session)
    finally:
        await db.dispose()


def _words(enum: type[W], given: Sequence[str]) -> list[W]:
    if unknown := sorted(set(given) - set(enum)):
        raise Complaint(f"there is no {', '.join(unknown)}; there are {', '.join(enum)}")
    return [enum(word) for word in given]


async def _channel(session: AsyncSession, code: str) -> UUID:
    known = {channel.code: channel.id for channel in await channels.everyone(session)}
    if code not in known:
        raise Complaint(f"there is no channel {code}; there are {', '.join(known) or 'none yet'}")
    return known[code]


async def _locations(session: AsyncSession, codes: Sequence[str]) -> list[UUID]:
    rows = await session.execute(
        select(col(Location.code), col(Location.id)).where(col(Location.code).in_(codes))
    )
    known = {row.code: row.id for row in rows}
    if unknown := sorted(set(codes) - set(known)):
        raise Complaint(f"there is no location {', '.join(unknown)}")
    return list(known.values())
