"""Credentials of programs and staff."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, get, post
from litestar.params import FromPath, JSONBody
from pydantic import Field

from api.deps import Caller, Session
from api.policies import EVERYBODY, allow
from oms.accounts import credentials
from oms.accounts.credentials import Issued
from oms.accounts.models import Role, Scope
from oms.channels import channels
from oms.kernel import clock
from oms.kernel.inputs import Input, Moment, Output, Word, fields


class ApiKeyIn(Input):
    """A key for a program; without a channel it reaches every channel."""

    name: Word
    scopes: list[Scope] = Field(min_length=1)
    channel_id: UUID | None = None
    expires_at: Moment | None = None


class StaffIn(Input):
    """A member of staff; without locations they reach every location."""

    name: Word
    roles: list[Role] = Field(min_length=1)
    location_ids: list[UUID] | None = None


class CredentialOut(Output):
    """A fresh credential. `token` is shown this once."""

    id: UUID
    name: str
    prefix: str
    scopes: list[str]
    channel_id: UUID | None
    staff_id: UUID | None
    expires_at: datetime | None
    revoked_at: datetime | None
    token: str | None = None


class CallerOut(Output):
    """Who the credential of this request belongs to."""

    kind: str
    name: str
    scopes: list[str]
    roles: list[str]
    channel_id: UUID | None
    location_ids: list[UUID] | None


def shown(issued: Issued) -> CredentialOut:
    """Show a fresh credential with its token."""
    known = CredentialOut.model_validate(issued.credential)
    return known.model_copy(update={"token": issued.token})


class AccountController(Controller):
    tags = ["Accounts"]

    @post("/api-keys", opt=allow(None, Role.ADMIN))
    async def create_key(self, session: Session, data: JSONBody[ApiKeyIn]) -> CredentialOut:
        """Issue an API key."""
        if data.channel_id is not None:
            await channels.find(session, channel_id=data.channel_id)
        return shown(await credentials.issue_api_key(session, **fields(data)))

    @post("/staff", opt=allow(None, Role.ADMIN))
    async def create_staff(self, session: Session, data: JSONBody[StaffIn]) -> CredentialOut:
        """Add a member of staff and issue their token."""
        return shown(await credentials.hire(session, **fields(data)))

    @post("/credentials/{credential_id:uuid}/revoke", opt=allow(None, Role.ADMIN), status_code=200)
    async def revoke(self, session: Session, credential_id: FromPath[UUID]) -> CredentialOut:
        """End a credential at once."""
        now = clock.now()
        row = await credentials.revoke(session, credential_id=credential_id, now=now)
        return CredentialOut.model_validate(row)

    @get("/me", opt=allow(Scope.ORDERS_READ, *EVERYBODY))
    async def me(self, caller: Caller) -> CallerOut:
        """Say who is calling."""
        places = None if caller.location_ids is None else sorted(caller.location_ids)
        return CallerOut(
            kind=caller.kind,
            name=caller.name,
            scopes=sorted(caller.scopes),
            roles=sorted(caller.roles),
            channel_id=caller.channel_id,
            location_ids=places,
        )
