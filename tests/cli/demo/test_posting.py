"""A document that is posted again must be answered as it was the first time."""

import httpx
import pytest

from oms.cli.demo import posting, retries
from oms.cli.demo.client import Surprise, User
from oms.cli.demo.retries import Sending
from oms.cli.demo.tally import Tally


def number_of(sending):
    return next(
        str(number) for number in range(10_000) if retries.sending("order", str(number)) is sending
    )


def site(answer):
    http = httpx.AsyncClient(
        base_url="http://oms.example", transport=httpx.MockTransport(answer), trust_env=False
    )
    return User(http, Tally(), "oms_token")


class Service:
    """Answers each key once and tells it again; `honest` false makes two things of one key."""

    def __init__(self, *, honest=True, busy=0):
        self.honest = honest
        self.busy = busy
        self.made = {}

    def __call__(self, request):
        if self.busy:
            self.busy -= 1
            return httpx.Response(409, json={"code": posting.IN_USE})
        key = request.headers["idempotency-key"]
        replayed = self.honest and key in self.made
        self.made.setdefault(key, []).append(request.content)
        headers = {"idempotent-replayed": "true"} if replayed else {}
        made = len(self.made[key]) if not self.honest else 1
        return httpx.Response(201, json={"id": f"{key}-{made}"}, headers=headers)


async def post(user, number):
    return await posting.post(user, "/v1/orders", {"n": 1}, act="order", number=number)


@pytest.mark.parametrize("sending", [Sending.RETRIED, Sending.DOUBLED])
async def test_a_post_that_comes_twice_is_answered_once(sending):
    service = Service()
    user = site(service)

    answer = await post(user, number_of(sending))

    assert answer.status_code == 201
    assert [len(posts) for posts in service.made.values()] == [2]
    assert user.tally.counts["posts told again"] == 1


async def test_who_is_told_that_the_key_is_in_use_asks_again():
    service = Service(busy=1)

    answer = await post(site(service), number_of(Sending.DOUBLED))

    assert (answer.status_code, answer.replayed) == (201, False)


@pytest.mark.parametrize("sending", [Sending.RETRIED, Sending.DOUBLED])
async def test_a_second_effect_is_a_surprise(sending):
    user = site(Service(honest=False))

    with pytest.raises(Surprise):
        await post(user, number_of(sending))
    assert user.tally.surprise_count == 1


async def test_most_documents_are_posted_once():
    service = Service()

    await post(site(service), number_of(Sending.ONCE))

    assert [len(posts) for posts in service.made.values()] == [1]
