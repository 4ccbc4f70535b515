"""Finding adapters: every module of a package that offers one object under a fixed name."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from oms.kernel.errors import NotFound


class UnknownAdapter(NotFound):
    """No adapter of this code is installed."""

    code_given: str
    known: list[str]


@cache
def codes(package: str) -> list[str]:
    """Return the codes of the adapters in a package: its module names, sorted."""
    found = importlib.import_module(package)
    return sorted(module.name for module in pkgutil.iter_modules(found.__path__))


def load(package: str, code: str) -> ModuleType:
    """Import the adapter module of this code. Raises UnknownAdapter."""
    if code not in codes(package):
        raise UnknownAdapter(code, codes(package))
    return importlib.import_module(f"{package}.{code}")
