"""Webhook targets: only addresses on the public internet may be asked.

An attempt connects to an address that was checked in the same breath, never to a name, so that
a name which points elsewhere a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpx

from oms.kernel.config import settings
from oms.kernel.errors import Rejected

RESOLVE_SECONDS = 5
MAX_PORT = 65_535
MAX_ADDRESSES = 4
"""How many addresses of one host are tried."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv4 as seen from a network that speaks IPv6 only (RFC 6052)."""

NOT_PUBLIC = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments, RFC 6890
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
"""What Python's ipaddress takes for global, in some versions or all."""


class TargetRefused(Rejected):
    """A webhook target must be a plain https address on the public internet."""

    reason: str


class TargetNotFound(Rejected):
    """The host of the webhook target cannot be found."""

    host: str


@dataclass(frozen=True)
class Target:
    """A URL and the addresses of its host, all of them checked."""

    url: httpx.URL
    addresses: tuple[str, ...]

    def pinned(self, address: str) -> httpx.URL:
        """Return the URL with the host replaced by one of its addresses."""
        return self.url.copy_with(host=address)

    @property
    def host_header(self) -> str:
        """Return what the Host header says: the name, and the port if it is unusual."""
        return self.url.netloc.decode("ascii")

    @property
    def tls_name(self) -> str:
        """Return the name the certificate must be for."""
        return self.url.raw_host.decode("ascii")


async def check(url: str) -> None:
    """Make sure that a URL may be a target here. Raises TargetRefused, TargetNotFound."""
    await resolve(url, allow_private=settings().webhooks_allow_private)


async def resolve(url: str, *, allow_private: bool) -> Target:
    """Find and check every address of a URL's host.

    Raises TargetRefused when one of them is not public or the URL is not a plain one,
    TargetNotFound when there is none. `allow_private` is for development only.
    """
    parsed = read(url, allow_private=allow_private)
    addresses = await _addresses(parsed)
    if not allow_private and not all(public(address) for address in addresses):
        raise TargetRefused("the host has an address that is not on the public internet")
    return Target(parsed, tuple(str(address) for address in addresses[:MAX_ADDRESSES]))


def read(url: str, *, allow_private: bool) -> httpx.URL:
    """Read a URL that can be a target. Raises TargetRefused naming what is wrong with it."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise TargetRefused("the URL cannot be read") from None
    if reason := _objection(parsed, {"https", "http"} if allow_private else {"https"}):
        raise TargetRefused(reason)
    return parsed.copy_with(fragment=None)


def public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one host on the public internet (IANA special registries)."""
    if isinstance(address, IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return public(inner)
        if address not in GLOBAL_UNICAST:
            return False
    special = any(address in network for network in NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not special


def _objection(url: httpx.URL, schemes: set[str]) -> str | None:
    host = url.raw_host.decode("ascii")
    objections = {
        f"the scheme must be {' or '.join(sorted(schemes))}": url.scheme not in schemes,
        "the host is missing": not host,
        "user names and passwords do not belong into the URL": bool(url.userinfo),
        "the host is not a name or a plainly written address": bool(host) and not _plain(host),
        "the port must be between 1 and 65535": not 1 <= _port(url) <= MAX_PORT,
    }
    return next((reason for reason, applies in objections.items() if applies), None)


def _port(url: httpx.URL) -> int:
    usual = 80 if url.scheme == "http" else 443
    return usual if url.port is None else url.port


def _plain(host: str) -> bool:
    """Refuse 2130706433, 0177.0.0.1, 0x7f.1, 127.1 and other disguises of an address.

    A name whose last label is a number is an address (WHATWG URL, "ends in a number").
    """
    try:
        ipaddress.ip_address(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]
        numeric = re.fullmatch(r"[0-9]+|0[xX][0-9a-fA-F]*", last) is not None
        return not numeric and re.fullmatch(r"[A-Za-z0-9._-]{1,253}", host) is not None
    return "%" not in host


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside an IPv6 one, as a gateway on the way would."""
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


async def _addresses(url: httpx.URL) -> list[IPv4Address | IPv6Address]:
    host = url.raw_host.decode("ascii")
    try:
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, _port(url), type=socket.SOCK_STREAM
            )
    except (OSError, TimeoutError, UnicodeError):
        raise TargetNotFound(host) from None
    return _distinct(str(sockaddr[0]) for *_, sockaddr in found)


def _distinct(addresses: Iterable[str]) -> list[IPv4Address | IPv6Address]:
    return [ipaddress.ip_address(address) for address in dict.fromkeys(addresses)]
