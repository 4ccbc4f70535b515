"""The payment provider: it settles late authorisations and tells so by signed webhooks."""

import asyncio
from uuid import UUID

from oms.cli.demo import chances
from oms.cli.demo.client import Surprise
from oms.cli.demo.shop import Shop
from oms.kernel import clock
from oms.payments.gateways import sandbox
from oms.payments.models import SandboxCharge

PATH = "/v1/webhooks/payments/sandbox"
LOOK_SECONDS = 1.0
REFUSED_PER_MILLE = 150
DOUBLED_PER_MILLE = 200


async def settle(shop: Shop) -> None:
    """Settle what is pending in the sandbox's book until nothing more will come."""
    while not shop.staff_left.is_set():
        for charge in await sandbox.pending():
            try:
                await _settle(shop, charge)
            except Surprise:
                return
        await asyncio.sleep(LOOK_SECONDS)


async def _settle(shop: Shop, charge: SandboxCharge) -> None:
    """Decide, and tell it, now and then twice."""
    refused = chances.happens(REFUSED_PER_MILLE, "late", charge.amount)
    reason = "card_declined" if refused else None
    told = await sandbox.decide(key=UUID(charge.key), reason=reason, now=clock.now())
    twice = chances.happens(DOUBLED_PER_MILLE, "late twice", charge.amount)
    for is_new in (True, False) if twice else (True,):
        answer = await shop.people.visitor.ask(
            "POST", PATH, headers=told.headers, content=told.body
        )
        if answer.body["new"] != is_new:
            shop.people.visitor.surprise(f"payment notice {charge.key}: {answer.body}")
    shop.tally.add("late payments")
