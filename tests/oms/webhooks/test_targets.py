import asyncio
import ipaddress
import socket

import pytest

from oms.webhooks import targets
from oms.webhooks.targets import TargetNotFound, TargetRefused

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 -- an address to refuse
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_known(address):
    assert not targets.public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"],
)
def test_a_public_address_may_be_asked(address):
    assert targets.public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "0.0.0.0",  # noqa: S104 -- an address to refuse
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[fc00::1]",
        "[fe80::1]",
        "localhost",
        # other spellings of 127.0.0.1 and 169.254.169.254
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "017700000001",
        "0251.0376.0251.0376",
    ],
)
async def test_a_private_host_is_refused(host):
    with pytest.raises(TargetRefused):
        await targets.resolve(f"https://{host}/hooks", allow_private=False)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://1.1.1.1/", "the scheme must be https"),
        ("ftp://1.1.1.1/", "the scheme must be https"),
        ("file:///etc/passwd", "the scheme must be https"),
        ("gopher://1.1.1.1/", "the scheme must be https"),
        ("1.1.1.1", "the scheme must be https"),
        ("", "the scheme must be https"),
        ("https://", "the host is missing"),
        ("https:///hooks", "the host is missing"),
        (
            "https://user:password@1.1.1.1/",
            "user names and passwords do not belong into the URL",
        ),
        ("https://1.1.1.1\\@example.com/", "user names and passwords do not belong into the URL"),
        ("https://1.1.1.1:0/", "the port must be between 1 and 65535"),
        ("https://1.1.1.1:99999/", "the port must be between 1 and 65535"),
        ("https://1.1.1.1:port/", "the URL cannot be read"),
        ("https://ex ample.com/", "the host is not a name or a plainly written address"),
        ("https://example.com\n/", "the URL cannot be read"),
        ("https://[::1/", "the URL cannot be read"),
        ("https://１２７.0.0.1/", "the URL cannot be read"),
        ("https://ex%61mple.com/", "the host is not a name or a plainly written address"),
        ("https://[fe80::1%25eth0]/", "the host is not a name or a plainly written address"),
        ("https://134744072/", "the host is not a name or a plainly written address"),
    ],
)
async def test_a_url_that_is_not_plain_is_refused_with_the_reason(url, reason):
    with pytest.raises(TargetRefused) as refusal:
        await targets.resolve(url, allow_private=False)

    assert refusal.value.reason == reason


async def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    resolving(monkeypatch, ["93.184.216.34", "10.0.0.7"])

    with pytest.raises(TargetRefused):
        await targets.resolve("https://hooks.example/", allow_private=False)


async def test_a_refusal_does_not_tell_what_a_name_points_to(monkeypatch):
    resolving(monkeypatch, ["10.0.0.7"])

    with pytest.raises(TargetRefused) as refusal:
        await targets.resolve("https://intranet.example/", allow_private=False)

    assert "10.0.0.7" not in refusal.value.detail


async def test_a_host_without_an_address_cannot_be_found(monkeypatch):
    async def nothing(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", nothing)

    with pytest.raises(TargetNotFound):
        await targets.resolve("https://nowhere.example/", allow_private=False)


async def test_a_public_host_is_asked_at_its_address_by_its_name(monkeypatch):
    resolving(monkeypatch, ["93.184.216.34", "2606:2800:220:1::1", "93.184.216.34"])

    target = await targets.resolve("https://hooks.example:8443/a?b=c#d", allow_private=False)

    assert target.addresses == ("93.184.216.34", "2606:2800:220:1::1")
    assert str(target.pinned("93.184.216.34")) == "https://93.184.216.34:8443/a?b=c"
    assert str(target.pinned("2606:2800:220:1::1")) == "https://[2606:2800:220:1::1]:8443/a?b=c"
    assert (target.host_header, target.tls_name) == ("hooks.example:8443", "hooks.example")


async def test_private_targets_pass_only_when_development_allows_them():
    target = await targets.resolve("http://127.0.0.1:8080/hooks", allow_private=True)

    assert target.addresses == ("127.0.0.1",)


def resolving(monkeypatch, addresses):
    async def answer(host, port, **_options):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", answer)
