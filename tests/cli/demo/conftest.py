"""The shipped file, read once."""

import pytest

from oms.cli.demo import invoices
from oms.cli.demo.documents import Dataset


@pytest.fixture(scope="session")
def shipped() -> Dataset:
    return invoices.read_shipped()
