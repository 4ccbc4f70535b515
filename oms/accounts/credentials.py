"""Bearer credentials: issued once in the clear, kept as keyed hashes."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from oms.accounts.models import Credential, CredentialKind, Role, Scope, Staff
from oms.kernel import config
from oms.kernel.actors import Actor, ActorKind
from oms.kernel.errors import NotFound, Unauthenticated
from oms.kernel.statements import Statement

MARK = "oms"
SCHEME = "bearer "


class CredentialsInvalid(Unauthenticated):
    """Send a valid API key or staff token as `Authorization: Bearer …`."""


class UnknownCredential(NotFound):
    """There is no such credential."""

    credential_id: UUID


@dataclass(frozen=True)
class Issued:
    """A fresh credential; `token` is shown this once and never again."""

    credential: Credential
    token: str


async def issue_api_key(
    session: AsyncSession,
    *,
    name: str,
    scopes: Sequence[Scope],
    channel_id: UUID | None,
    expires_at: datetime | None = None,
) -> Issued:
    """Make an API key for a program; bound to a channel it sees nothing of any other."""
    return await _issue(
        session,
        Credential(
            kind=CredentialKind.API_KEY,
            name=name,
            scopes=sorted(scope.value for scope in scopes),
            channel_id=channel_id,
            expires_at=expires_at,
            prefix="",
            digest=b"",
        ),
    )


async def hire(
    session: AsyncSession,
    *,
    name: str,
    roles: Sequence[Role],
    location_ids: Sequence[UUID] | None,
) -> Issued:
    """Add a member of staff with a token of their own; no locations means every location."""
    person = Staff(
        name=name,
        roles=sorted(role.value for role in roles),
        location_ids=None if location_ids is None else sorted(location_ids),
    )
    session.add(person)
    await session.flush()
    return await _issue(
        session,
        Credential(
            kind=CredentialKind.STAFF_TOKEN,
            name=name,
            scopes=[],
            staff_id=person.id,
            prefix="",
            digest=b"",
        ),
    )


async def anyone(session: AsyncSession) -> bool:
    """Tell whether any member of staff has ever been added."""
    return await session.scalar(select(col(Staff.id)).limit(1)) is not None


async def revoke(session: AsyncSession, *, credential_id: UUID, now: datetime) -> Credential:
    """End a credential at once. Raises UnknownCredential; revoking twice changes nothing."""
    row = await session.get(Credential, credential_id, with_for_update=True)
    if row is None:
        raise UnknownCredential(credential_id)
    row.revoked_at = row.revoked_at or now
    await session.flush()
    return row


_FIND = Statement("""
SELECT prefix, credential.id, credential.digest, credential.name, credential.scopes, channel_id,
       staff_id, staff.name AS staff_name, roles, location_ids
FROM credential LEFT JOIN staff ON staff.id = staff_id
WHERE prefix = ANY(CAST(:prefixes AS text[])) AND revoked_at IS NULL
  AND (expires_at IS NULL OR expires_at > :now) AND (staff_id IS NULL OR active)
""")


async def authenticate(connection: AsyncConnection, *, header: str | None, now: datetime) -> Actor:
    """Find who sends this Authorization header. Raises CredentialsInvalid, whatever is wrong."""
    [found] = await authenticate_all(connection, headers=[header], now=now)
    if isinstance(found, CredentialsInvalid):
        raise found
    return found


async def authenticate_all(
    connection: AsyncConnection, *, headers: Sequence[str | None], now: datetime
) -> list[Actor | CredentialsInvalid]:
    """Find in one statement who sends each of these headers."""
    tokens = [_token(header) for header in headers]
    prefixes = {prefix for token in tokens if (prefix := _prefix(token))}
    rows = await _FIND.rows(connection, prefixes=sorted(prefixes), now=now)
    found = {row["prefix"]: row for row in rows}
    return [_owner(token, found.get(_prefix(token))) for token in tokens]


def _token(header: str | None) -> str:
    return header[len(SCHEME) :].strip() if header and header.lower().startswith(SCHEME) else ""


def _prefix(token: str) -> str:
    """Return the part of a token that is not secret, empty when it cannot be one of ours."""
    mark, _, rest = token.partition("_")
    prefix, _, _ = rest.partition("_")
    return prefix if mark == MARK and prefix.isalnum() and prefix.isascii() else ""


def _owner(token: str, row: Mapping[str, Any] | None) -> Actor | CredentialsInvalid:
    if row is None or not hmac.compare_digest(row["digest"], _digest(token)):
        return CredentialsInvalid()
    return _actor(row)


def _actor(found: Mapping[str, Any]) -> Actor:
    if found["staff_id"] is None:
        return Actor(
            kind=ActorKind.CLIENT,
            name=found["name"],
            id=found["id"],
            scopes=frozenset(found["scopes"]),
            channel_id=found["channel_id"],
        )
    reach = None if found["location_ids"] is None else frozenset(found["location_ids"])
    return Actor(
        kind=ActorKind.STAFF,
        name=found["staff_name"],
        id=found["staff_id"],
        roles=frozenset(found["roles"]),
        location_ids=reach,
    )


async def _issue(session: AsyncSession, credential: Credential) -> Issued:
    credential.prefix = secrets.token_hex(6)
    token = f"{MARK}_{credential.prefix}_{secrets.token_urlsafe(32)}"
    credential.digest = _digest(token)
    session.add(credential)
    await session.flush()
    return Issued(credential, token)


def _digest(token: str) -> bytes:
    written = token.encode(errors="surrogatepass")
    return hmac.new(config.secret(), written, hashlib.sha256).digest()
