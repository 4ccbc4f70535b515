import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.journey import links
from oms.journey.links import UnknownLink
from oms.kernel import config, ids


@pytest.fixture(autouse=True)
def secret(database_url):
    """The secret of the tests."""


def test_a_link_leads_to_its_order():
    order_id = ids.new()

    url = links.url(order_id)

    assert re.fullmatch(r"http://127\.0\.0\.1:8000/t/[A-Za-z0-9_-]{44}", url)
    assert links.order_of(url.rpartition("/")[2]) == order_id


def test_no_other_token_leads_anywhere():
    token = links.token(ids.new())
    raw = base64.urlsafe_b64decode(token)

    for place in range(len(raw)):
        forged = bytearray(raw)
        forged[place] ^= 1
        with pytest.raises(UnknownLink):
            links.order_of(base64.urlsafe_b64encode(forged).decode())


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:0],
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token + "====",
        lambda token: token + "\n",
        lambda token: "Ａ" + token[1:],
        lambda token: token.encode().hex(),
        lambda token: "A" * len(token),
        lambda token: "=" * len(token),
    ],
)
def test_a_token_has_one_spelling(change):
    with pytest.raises(UnknownLink):
        links.order_of(change(links.token(ids.new())))


@given(token=st.text(max_size=80))
def test_whatever_is_given_is_no_link(token):
    with pytest.raises(UnknownLink):
        links.order_of(token)


def test_a_link_of_another_installation_does_not_work(monkeypatch):
    token = links.token(ids.new())
    monkeypatch.setattr(config.settings(), "secret", None)
    monkeypatch.setattr(config, "secret", lambda: b"another secret")

    with pytest.raises(UnknownLink):
        links.order_of(token)
