"""One answer per key: stored with the work, found again, and never anybody else's."""

import pytest

from oms.kernel import db, idempotency
from oms.kernel.idempotency import (
    IdempotencyKeyInUse,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
)


def asked(key="k", client="client:1", body=b"{}"):
    return idempotency.ticket(client=client, header=key, parts=[b"POST", b"/v1/orders", body])


async def keep(session, ticket, body=b"answer"):
    idempotency.keep(session, ticket, status_code=201, headers="{}", body=body)


async def test_a_stored_answer_is_found_again(database):
    async with db.transaction() as session:
        assert await idempotency.claim(session, asked()) is None
        await keep(session, asked())

    async with db.transaction() as session:
        answer = await idempotency.claim(session, asked())
        assert (answer.status_code, answer.body) == (201, b"answer")


async def broken_work():
    async with db.transaction() as session:
        await idempotency.claim(session, asked())
        await keep(session, asked())
        raise ZeroDivisionError


async def test_an_answer_dies_with_the_work_that_made_it(database):
    with pytest.raises(ZeroDivisionError):
        await broken_work()

    async with db.transaction() as session:
        assert await idempotency.claim(session, asked()) is None


async def test_a_key_that_is_still_being_answered_is_refused(database):
    async with db.transaction() as session, db.transaction() as other:
        await idempotency.claim(session, asked())
        with pytest.raises(IdempotencyKeyInUse):
            await idempotency.claim(other, asked())


async def test_a_key_used_for_something_else_is_refused(database):
    async with db.transaction() as session:
        await idempotency.claim(session, asked())
        await keep(session, asked())

    async with db.transaction() as session:
        with pytest.raises(IdempotencyKeyReused):
            await idempotency.claim(session, asked(body=b'{"another": 1}'))


async def test_the_same_key_of_another_client_is_another_key(database):
    async with db.transaction() as session:
        await idempotency.claim(session, asked())
        await keep(session, asked())

    async with db.transaction() as session:
        assert await idempotency.claim(session, asked(client="client:2")) is None


async def test_of_one_key_twice_in_a_lot_only_the_first_is_answered(database):
    async with db.transaction() as session:
        await keep(session, asked("old"))
    async with db.transaction() as session:
        lot = [asked("new"), asked("old"), asked("new"), asked("old", body=b"[]")]
        first, old, twice, reused = await idempotency.claim_all(session, lot)

    assert first is None
    assert old.body == b"answer"
    assert isinstance(twice, IdempotencyKeyInUse)
    assert isinstance(reused, IdempotencyKeyReused)


async def test_a_refusal_undoes_the_work_and_is_kept(database):
    async with db.transaction() as session:
        await idempotency.claim(session, asked("work"))
        await keep(session, asked("other"))
        await idempotency.keep_refusal(session, asked("work"), status_code=409, body=b"no")

    async with db.transaction() as session:
        assert (await idempotency.claim(session, asked("work"))).status_code == 409
        assert await idempotency.claim(session, asked("other")) is None


@pytest.mark.parametrize("header", [None, "", '""', "x" * 256, "a\nb", "\x7f"])
def test_a_key_must_be_there_and_printable(header):
    with pytest.raises(IdempotencyKeyMissing):
        asked(header)


def test_a_quoted_key_is_the_same_key():
    assert asked('"abc"').key == asked("abc").key == "abc"


def test_parts_of_a_request_do_not_run_together():
    one = idempotency.ticket(client="c", header="k", parts=[b"ab", b"c"])
    other = idempotency.ticket(client="c", header="k", parts=[b"a", b"bc"])
    assert one.fingerprint != other.fingerprint
