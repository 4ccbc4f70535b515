"""The API's reference in a real browser."""

import pytest

from tests.api.pages import browser


@pytest.mark.browser
@browser.needed
async def test_a_real_browser_shows_the_reference_without_a_complaint(database_url, tmp_path):
    async with browser.serving() as address:
        dom, complaints = await browser.show(f"{address}/docs", tmp_path)

    assert "Place an order: all of it, with its stock promised, or nothing" in dom
    assert "shipment.delivered" in dom
    assert complaints == ""
