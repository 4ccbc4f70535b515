"""Posting as programs do: mostly once, sometimes again, and never twice in effect."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from oms.cli.demo import retries
from oms.cli.demo.client import Answer, User
from oms.cli.demo.retries import Sending

IN_USE = "idempotency_key_in_use"
ASK_AGAIN_SECONDS = 0.3

Ask = Callable[[], Awaitable[Answer]]


async def post(
    user: User,
    path: str,
    body: object,
    *,
    act: str,
    number: str,
    refusals: Collection[str] = (),
) -> Answer:
    """Post a document once, or as one does who lost the answer or clicked twice.

    Raises Surprise when the second answer is not the first one, told again.
    """
    key = retries.idempotency_key(act, number)
    ready_for = {*refusals, IN_USE}

    async def ask() -> Answer:
        return await user.post(path, body, key=key, refusals=ready_for)

    sending = retries.sending(act, number)
    if sending is Sending.ONCE:
        return await ask()
    if sending is Sending.DOUBLED:
        first, second = await _twice_at_once(ask)
    else:
        first, second = await ask(), await ask()
    if first.replayed or not second.replayed or first.body != second.body:
        user.surprise(f"{act} {number} was answered twice, and not the same")
    user.tally.add("posts told again")
    return first


async def _twice_at_once(ask: Ask) -> tuple[Answer, Answer]:
    """Ask twice at the same time; returns the first answer and its repetition.

    Who is told that the key is in use asks again, as the API says.
    """
    one, other = await asyncio.gather(ask(), ask())
    first, second = (other, one) if one.replayed or one.refusal == IN_USE else (one, other)
    while second.refusal == IN_USE:
        await asyncio.sleep(ASK_AGAIN_SECONDS)
        second = await ask()
    return first, second
