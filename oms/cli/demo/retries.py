"""How the site posts: mostly once, sometimes again, but always under the key of the thing."""

from enum import StrEnum
from uuid import NAMESPACE_URL, uuid5

from oms.cli.demo import chances

# Of a thousand posts:
RETRIED_PER_MILLE = 30
DOUBLED_PER_MILLE = 10


class Sending(StrEnum):
    """How often and when one post reaches us."""

    ONCE = "once"
    RETRIED = "retried"  # the site lost our answer and asks again afterwards
    DOUBLED = "doubled"  # a double click: two posts at the same time


def sending(act: str, number: str) -> Sending:
    """How the post of this act (`order`, `return`, …) about this document is sent."""
    ticket = chances.draw(1000, "sending", act, number)
    if ticket < DOUBLED_PER_MILLE:
        return Sending.DOUBLED
    if ticket < DOUBLED_PER_MILLE + RETRIED_PER_MILLE:
        return Sending.RETRIED
    return Sending.ONCE


def idempotency_key(act: str, number: str) -> str:
    """The key of the post: a UUID that is the same in every attempt and in every run."""
    return str(uuid5(NAMESPACE_URL, f"urn:oms:demo:{act}:{number}"))
