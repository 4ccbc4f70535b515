"""Signed links to an order's page: whoever has one can read that order, and no other."""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from oms.kernel import config
from oms.kernel.config import settings
from oms.kernel.errors import NotFound

VERSION = b"\x01"
"""Raised when the way of signing changes; older links end with it."""

SIGNATURE_BYTES = 16
TOKEN_LENGTH = 44
PATH = "/t/"


class UnknownLink(NotFound):
    """This link does not lead to an order."""


def url(order_id: UUID) -> str:
    """Return the address of an order's page."""
    return f"{settings().base_url}{PATH}{token(order_id)}"


def token(order_id: UUID) -> str:
    """Sign an order's id: 44 characters for the path of a URL."""
    signed = VERSION + order_id.bytes
    return base64.urlsafe_b64encode(signed + _signature(signed)).decode()


def order_of(token: str) -> UUID:
    """Return the order a token was signed for. Raises UnknownLink, whatever is wrong with it."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise UnknownLink from None
    signed, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    genuine = hmac.compare_digest(signature, _signature(signed))
    if not genuine or len(token) != TOKEN_LENGTH or signed[:1] != VERSION:
        raise UnknownLink
    return UUID(bytes=signed[1:])


def _signature(signed: bytes) -> bytes:
    key = hmac.digest(config.secret(), b"timeline-link", hashlib.sha256)
    return hmac.digest(key, signed, hashlib.sha256)[:SIGNATURE_BYTES]
