"""Lists: how many rows at once."""

from typing import Annotated

from litestar.params import QueryParameter

from oms.kernel.pages import MAX_LIMIT

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]
"""How many rows a page has, 1 to 200."""
