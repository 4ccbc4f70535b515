"""The ledger under races: whoever wrote first stands first, whenever they began."""

from sqlalchemy import text

from inventory import movements
from inventory.models import Reason
from inventory.movements import Change
from oms.kernel import db
from tests.races.test_last_units import stocked


async def test_lines_of_a_level_are_in_the_order_in_which_they_were_written(database):
    [here] = await stocked("CUP", units=1)
    sold = Change("CUP", here, Reason.SHRINKAGE, "sold", on_hand=-2)
    came = Change("CUP", here, Reason.RECEIVED, "came", on_hand=1)

    async with db.transaction() as early:
        await early.execute(text("SELECT 1"))
        async with db.transaction() as late:
            await movements.apply(late, changes=[came])
        await movements.apply(early, changes=[sold])

    async with db.transaction() as session:
        by_time = await session.scalars(
            text("SELECT reference FROM stock_movement ORDER BY recorded_at")
        )
    assert by_time.all() == [None, "came", "sold"]
