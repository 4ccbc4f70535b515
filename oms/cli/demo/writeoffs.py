"""Stock that left without a sale, noted by the staff of the place where it happened."""

from oms.cli.demo import retries
from oms.cli.demo.client import Surprise
from oms.cli.demo.documents import StockAdjustment
from oms.cli.demo.shop import Shop
from oms.cli.demo.stock import WRITE_OFF_LOCATION

REASONS = {"damages": "damaged", "faulty": "damaged", "check": "cycle_count_available"}
OTHERWISE = "shrinkage"
REFUSALS = {"out_of_stock"}


async def note(shop: Shop) -> None:
    """Write off what the file writes off, each when its day comes."""
    for change in shop.dataset.adjustments:
        await shop.calendar.wait(change.adjusted_at)
        try:
            await _note(shop, change)
        except Surprise:
            continue


async def _note(shop: Shop, change: StockAdjustment) -> None:
    """Lower what is on hand; what is promised to orders cannot be written off."""
    document = {
        "location_id": shop.premises.locations[WRITE_OFF_LOCATION.code],
        "reason": REASONS.get(change.note or "", OTHERWISE),
        "reference": change.number,
        "lines": [{"sku": change.sku, "on_hand": change.quantity}],
    }
    answer = await shop.people.crews[WRITE_OFF_LOCATION.code].post(
        "/v1/stock/adjustments",
        document,
        key=retries.idempotency_key("adjustment", change.number),
        refusals=REFUSALS,
    )
    if answer.refusal is None:
        shop.tally.add("units written off", -change.quantity)
    else:
        shop.tally.blame("units not written off", answer.refusal, -change.quantity)
