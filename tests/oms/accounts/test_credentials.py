"""Credentials: shown once, kept as keyed hashes, refused alike whatever is wrong with them."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text
from sqlmodel import col

from oms.accounts import credentials
from oms.accounts.credentials import CredentialsInvalid, Issued, UnknownCredential
from oms.accounts.models import Credential, Role, Scope, Staff
from oms.kernel import ids
from oms.kernel.actors import ActorKind
from oms.kernel.config import settings

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def key(session, **given) -> Issued:
    wanted = {"name": "shop", "scopes": [Scope.ORDERS_READ], "channel_id": None, **given}
    return await credentials.issue_api_key(session, **wanted)


async def authenticate(session, header, now=NOW):
    connection = await session.connection()
    return await credentials.authenticate(connection, header=header, now=now)


async def refused(session, header, now=NOW) -> CredentialsInvalid:
    with pytest.raises(CredentialsInvalid) as refusal:
        await authenticate(session, header, now)
    return refusal.value


async def test_a_key_acts_with_its_scopes_in_its_channel(session):
    channel_id = ids.new()
    scopes = [Scope.ORDERS_WRITE, Scope.ORDERS_READ]
    issued = await key(session, scopes=scopes, channel_id=channel_id)

    actor = await authenticate(session, f"Bearer {issued.token}")

    assert (actor.kind, actor.name, actor.id) == (ActorKind.CLIENT, "shop", issued.credential.id)
    assert actor.scopes == {"orders:read", "orders:write"}
    assert actor.channel_id == channel_id
    assert actor.roles == frozenset()
    assert actor.label == "client:shop"


async def test_staff_act_with_their_roles_in_their_locations(session):
    location_id = ids.new()
    issued = await credentials.hire(
        session, name="Sato", roles=[Role.STORE, Role.SUPPORT], location_ids=[location_id]
    )

    actor = await authenticate(session, f"bearer {issued.token}")

    assert (actor.kind, actor.name, actor.id) == (
        ActorKind.STAFF,
        "Sato",
        issued.credential.staff_id,
    )
    assert actor.roles == {"store", "support"}
    assert actor.location_ids == {location_id}
    assert actor.scopes == frozenset()


async def test_staff_without_locations_reach_every_location(session):
    issued = await credentials.hire(session, name="Sato", roles=[Role.ADMIN], location_ids=None)

    actor = await authenticate(session, f"Bearer {issued.token}")

    assert actor.location_ids is None


async def test_the_token_is_nowhere_in_the_database(session):
    issued = await key(session)

    row = (await session.execute(text("SELECT credential::text AS all FROM credential"))).one()

    secret = issued.token.split("_", 2)[2]
    assert secret not in row.all
    assert secret.encode().hex() not in row.all
    assert len(issued.credential.digest) == 32


async def test_a_token_is_found_by_its_prefix(session):
    issued, other = await key(session), await key(session)

    assert issued.token.split("_", 2)[:2] == ["oms", issued.credential.prefix]
    assert issued.credential.prefix != other.credential.prefix
    swapped = other.token.replace(other.credential.prefix, issued.credential.prefix)
    await refused(session, f"Bearer {swapped}")


async def test_a_hash_is_worth_nothing_without_the_secret_of_the_installation(session, monkeypatch):
    issued = await key(session)

    monkeypatch.setattr(settings(), "secret", SecretStr("the secret of another installation"))

    await refused(session, f"Bearer {issued.token}")


async def test_a_revoked_key_is_refused_at_once(session):
    issued = await key(session)

    await credentials.revoke(session, credential_id=issued.credential.id, now=NOW)

    await refused(session, f"Bearer {issued.token}")


async def test_revoking_twice_keeps_the_first_time(session):
    issued = await key(session)
    await credentials.revoke(session, credential_id=issued.credential.id, now=NOW)

    row = await credentials.revoke(session, credential_id=issued.credential.id, now=NOW + SECOND)

    assert row.revoked_at == NOW


async def test_revoking_what_is_not_there_is_refused(session):
    with pytest.raises(UnknownCredential):
        await credentials.revoke(session, credential_id=ids.new(), now=NOW)


async def test_a_key_works_until_the_moment_it_expires(session):
    issued = await key(session, expires_at=NOW)

    await authenticate(session, f"Bearer {issued.token}", NOW - SECOND)

    await refused(session, f"Bearer {issued.token}", NOW)


async def test_staff_who_left_are_refused(session):
    issued = await credentials.hire(session, name="Sato", roles=[Role.ADMIN], location_ids=None)
    person = await session.get_one(Staff, issued.credential.staff_id)
    person.active = False
    await session.flush()

    await refused(session, f"Bearer {issued.token}")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic b21zOm9tcw==",
        "Bearer garbage",
        "Bearer oms_",
        "Bearer oms__",
        "Bearer oms_aaaaaaaaaaaa_secret",
        "Bearer oms_é_secret",
        "Bearer oms_١٢٣_secret",
        "Bearer oms_a'b_secret",
        "Bearer oms_%_secret",
        "Bearer ключ",
        "Bearer " + "x" * 100_000,
    ],
)
async def test_whatever_is_wrong_with_a_credential_the_refusal_is_the_same(session, header):
    await key(session)

    refusal = await refused(session, header)

    assert refusal.status_code == 401
    assert refusal.code == "credentials_invalid"
    assert refusal.data() == {}


@pytest.mark.parametrize("change", ["é", "\x00", "\ud800", "_", " x"])
async def test_a_known_prefix_with_a_wrong_secret_is_refused_alike(session, change):
    issued = await key(session)

    refusal = await refused(session, f"Bearer {issued.token}{change}")

    assert refusal.data() == {}


async def test_over_http_every_bad_header_gets_the_same_answer(client):
    headers = [b"", b"Bearer", b"Bearer \xe9", b"Bearer oms_\xff\xfe_x", b"Bearer oms_aaaa_bbbb"]

    answers = [await client.get("/v1/me", headers={"Authorization": one}) for one in headers]
    answers.append(await client.get("/v1/me"))

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "credentials_invalid"


async def test_somebody_is_known_only_after_the_first_is_hired(session):
    assert not await credentials.anyone(session)
    await key(session)
    assert not await credentials.anyone(session)

    await credentials.hire(session, name="Sato", roles=[Role.ADMIN], location_ids=None)

    assert await credentials.anyone(session)
    assert len((await session.scalars(select(col(Credential.id)))).all()) == 2
