import asyncio
import json
import socket
import ssl
import subprocess
from datetime import timedelta

from standardwebhooks import Webhook

from oms.kernel import clock, db, work
from oms.kernel.due import DueState
from oms.webhooks import queries, sending
from oms.webhooks.messages import Letter
from oms.webhooks.models import WebhookEndpoint, WebhookMessage
from tests.drain import drain
from tests.factories import webhook_endpoint, webhook_message
from tests.receiver import Receiver, listening

PAYLOAD = '{"type":"test.happened","data":{"shop":"東京"}}'.encode()


async def owed(url, **given):
    async with db.transaction() as session:
        endpoint = await webhook_endpoint(session, url=url, **given)
        return await webhook_message(session, endpoint, payload=PAYLOAD)


async def state(message):
    async with db.transaction() as session:
        row = await session.get_one(WebhookMessage, message.id)
        endpoint = await session.get_one(WebhookEndpoint, message.endpoint_id)
        return row, endpoint, await queries.attempts(session, message_id=message.id)


async def test_a_message_arrives_signed_with_the_endpoints_secret(
    database, receiver, private_allowed
):
    message = await owed(receiver.url)

    await sending.run(message.id)

    row, endpoint, _ = await state(message)
    assert row.status is DueState.DONE
    [request] = receiver.requests
    assert request.line == "POST /hooks?from=oms HTTP/1.1"
    assert request.body == PAYLOAD
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["webhook-id"] == str(message.id)
    assert Webhook(endpoint.secret).verify(request.body, request.headers) == json.loads(PAYLOAD)


async def test_every_attempt_has_the_same_id_and_its_own_time(
    database, receiver, private_allowed, at
):
    message = await owed(receiver.url)
    receiver.answer(500, 429, 302)
    for days in range(4):
        await sending.run(message.id)
        at(clock.now() + timedelta(days=days + 1))

    row, _, tried = await state(message)
    assert row.status is DueState.DONE
    assert [one.status_code for one in tried] == [500, 429, 302, 204]
    assert {request.headers["webhook-id"] for request in receiver.requests} == {str(message.id)}
    times = [int(request.headers["webhook-timestamp"]) for request in receiver.requests]
    assert times == sorted(set(times))


async def test_a_message_that_is_not_due_yet_is_not_sent(database, receiver, private_allowed):
    message = await owed(receiver.url)
    receiver.answer(500)
    await sending.run(message.id)

    await sending.run(message.id)

    assert len(receiver.requests) == 1


async def test_a_redirect_is_a_failure_and_is_not_followed(database, receiver, private_allowed):
    message = await owed(receiver.url)
    receiver.answer(307, header=f"location: http://127.0.0.1:{receiver.port}/elsewhere")

    await sending.run(message.id)

    row, _, _ = await state(message)
    assert (row.status, row.reason) == (DueState.DUE, "the target answered 307")
    assert len(receiver.requests) == 1


async def test_gone_disables_the_endpoint_and_the_rest_is_given_up(
    database, receiver, private_allowed
):
    message = await owed(receiver.url)
    async with db.transaction() as session:
        endpoint = await session.get_one(WebhookEndpoint, message.endpoint_id)
        await webhook_message(session, endpoint)
    receiver.answer(410)

    await drain()

    _, endpoint, _ = await state(message)
    assert endpoint.disabled_reason == "the target answered 410 Gone"
    assert len(receiver.requests) == 1
    async with db.transaction() as session:
        page = await queries.messages(session, endpoint_id=endpoint.id, limit=10)
    assert {row.status for row in page.rows} == {DueState.PARKED}


async def test_a_private_target_is_refused_at_the_attempt_too(database, receiver):
    message = await owed(receiver.url.replace("http:", "https:"))

    await sending.run(message.id)

    row, _, [attempt] = await state(message)
    assert row.status is DueState.PARKED
    assert attempt.status_code is None
    assert "not on the public internet" in attempt.error
    assert receiver.requests == []


async def test_the_connection_goes_to_the_address_that_was_checked(
    database, receiver, private_allowed, monkeypatch
):
    """A name that points elsewhere a moment later (DNS rebinding) gains nothing."""
    elsewhere = Receiver(port=receiver.port)
    lookups = rebinding(monkeypatch, ["127.0.0.1", "127.0.0.2"])
    message = await owed(f"http://rebind.example:{receiver.port}/")

    async with listening(elsewhere, host="127.0.0.2"):
        await sending.run(message.id)

    assert lookups == ["rebind.example"]
    assert len(receiver.requests) == 1
    assert receiver.requests[0].headers["host"] == f"rebind.example:{receiver.port}"
    assert elsewhere.requests == []


async def test_the_next_address_is_tried_when_one_does_not_answer(
    database, receiver, private_allowed, monkeypatch
):
    async def both(host, port, **_options):
        found = ["127.0.0.9", "127.0.0.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", both)
    message = await owed(f"http://two.example:{receiver.port}/")

    await sending.run(message.id)

    row, _, _ = await state(message)
    assert row.status is DueState.DONE


async def test_nobody_listening_is_tried_again_later(database, private_allowed):
    message = await owed("http://127.0.0.1:9/")

    await sending.run(message.id)

    row, _, [attempt] = await state(message)
    assert (row.status, row.attempts) == (DueState.DUE, 1)
    assert attempt.error.startswith("ConnectError")


async def test_a_target_that_does_not_answer_is_left_after_a_while(
    database, receiver, private_allowed, monkeypatch
):
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.2)
    receiver.answers = [b""]
    receiver.linger = lambda _: asyncio.sleep(2)
    message = await owed(receiver.url)

    await sending.run(message.id)

    row, _, [attempt] = await state(message)
    assert row.status is DueState.DUE
    assert attempt.error


async def test_the_answer_is_not_read(database, receiver, private_allowed):
    async def pour(writer):
        for _ in range(10_000):
            writer.write(b"x" * 10_000)
            await writer.drain()
        raise AssertionError("somebody read it all")

    receiver.answers = [b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n"]
    receiver.linger = pour
    message = await owed(receiver.url)

    await sending.run(message.id)

    row, _, _ = await state(message)
    assert row.status is DueState.DONE


async def test_nonsense_from_the_target_is_a_failed_attempt(database, receiver, private_allowed):
    receiver.answers = [b"SSH-2.0-OpenSSH_9.2\r\n\r\n"]
    message = await owed(receiver.url)

    await sending.run(message.id)

    row, _, [attempt] = await state(message)
    assert row.status is DueState.DUE
    assert attempt.error.startswith("RemoteProtocolError")


async def test_the_worker_finds_messages_whose_wake_up_was_lost(
    database, receiver, private_allowed
):
    message = await owed(receiver.url)

    async with db.transaction() as session:
        found = await work.overdue(session, now=clock.now())
    assert ("webhook", message.id) in found
    await work.do("webhook", message.id)

    assert len(receiver.requests) == 1


async def test_a_certificate_must_be_for_the_name_not_the_address(tmp_path, monkeypatch):
    authority, served = certificates(tmp_path, name="hooks.example")
    monkeypatch.setenv("SSL_CERT_FILE", authority)
    sending.authorities.cache_clear()
    rebinding(monkeypatch, ["127.0.0.1"])

    async with listening(Receiver(), tls=served) as receiver:
        right = await sent_to(f"https://hooks.example:{receiver.port}/")
        wrong = await sent_to(f"https://other.example:{receiver.port}/")

    sending.authorities.cache_clear()
    assert right.delivered
    assert wrong.status_code is None
    assert "CERTIFICATE_VERIFY_FAILED" in wrong.error
    assert len(receiver.requests) == 1


async def sent_to(url):
    letter = Letter(message_id="m1", url=url, secret="whsec_c2VjcmV0", payload=b"{}")
    return await sending.send(letter, allow_private=True, now=clock.now())


def rebinding(monkeypatch, addresses):
    """Resolve names to these addresses in turn, the last for ever; addresses to themselves."""
    loop, lookups = asyncio.get_running_loop(), []
    real = loop.getaddrinfo

    async def answer(host, port, **options):
        if not host.endswith(".example"):
            return await real(host, port, **options)
        address = addresses[min(len(lookups), len(addresses) - 1)]
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(loop, "getaddrinfo", answer)
    return lookups


def certificates(folder, *, name):
    """Make a certificate for one name, and a server that shows it."""
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    command = (
        f"req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name}"
    )
    files = ["-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", *command.split(), *files], check=True, capture_output=True)  # noqa: S603, S607 -- our own words, the machine's openssl
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return certificate, context
