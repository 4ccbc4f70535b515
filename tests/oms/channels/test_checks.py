"""What `oms verify` sees of imports."""

import pytest
from sqlalchemy import delete, update

from oms.channels.checks import CHECKS
from oms.channels.imports.models import Import, ImportChunk
from oms.kernel import checks
from oms.kernel.jobs import JobRow
from tests.oms.channels.imports.files import received

BROKEN = {
    "imports.rows_at_hand": delete(ImportChunk),
    "imports.refusals_told": update(Import).values(refused=1),
    "imports.go_on": delete(JobRow),
}


def test_every_check_is_tried():
    assert set(BROKEN) == {check.name for check in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_a_broken_import_is_seen(session, check):
    made = await received(session, "items.csv", "sku,name\nCUP,A cup\n")
    await session.flush()
    sound = await checks.run(session, check)

    await session.execute(BROKEN[check.name])

    assert (sound.rows, sound.offenders) == (1, [])
    assert (await checks.run(session, check)).offenders == [str(made.id)]
