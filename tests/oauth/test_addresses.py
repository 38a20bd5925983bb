"""What may be called and what not, and the places of metadata, all from addresses as they are written."""

from __future__ import annotations

import pytest

from unsprawl.scanner.oauth.addresses import Place, Reach, Unsafe, place_of, reach_of
from unsprawl.scanner.oauth.metadata import origin_place, resource_places, root_place, server_places
from unsprawl.scanner.oauth.network import by_name
from unsprawl.scanner.oauth.spelling import relation

PRM = "/.well-known/oauth-protected-resource"
AS = "/.well-known/oauth-authorization-server"
OIDC = "/.well-known/openid-configuration"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://H.example.com", ("https", "h.example.com", 443, "/")),
        ("https://h:8443/a/../b?q=1#f", ("https", "h", 8443, "/a/../b?q=1")),
        ("http://[::1]:80/x", ("http", "::1", 80, "/x")),
        ("https://h?q", ("https", "h", 443, "/?q")),
        ("HTTPS://h/%7Ea", ("https", "h", 443, "/%7Ea")),
    ],
)
def test_parts_are_as_written(url: str, expected: tuple[str, str, int, str]) -> None:
    assert place_of(url) == Place(*expected)


@pytest.mark.parametrize(
    "url",
    [
        "", "h.example.com", "/path", "//h/x", "https:h", "https:///x", "https://", "https://h:0/", "https://h:99999/",
        "https://user@h/", "https://user:pass@h/", "https://h\\@evil/", "https://h /x", "https://h/\r\nX: y",
        "https://h\u3002example/", "https://[::1/", "https://h:8o/", "javascript:alert(1)", "data:text/html,x",
        "file:///etc/passwd", "ftp://h/", "https://" + "a" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_address_is_not_called(url: str) -> None:
    assert isinstance(place_of(url), Unsafe)


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("93.184.216.34", Reach.PUBLIC),
        ("2606:2800:220:1:248:1893:25c8:1946", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.16.0.1", Reach.PRIVATE),
        ("192.168.1.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("fd12::1", Reach.PRIVATE),
        ("192.0.2.1", Reach.PRIVATE),
        ("240.0.0.1", Reach.PRIVATE),
        ("127.0.0.1", Reach.LOOPBACK),
        ("127.8.9.1", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("::ffff:127.0.0.1", Reach.LOOPBACK),
        ("169.254.169.254", Reach.NEVER),
        ("::ffff:169.254.1.1", Reach.NEVER),
        ("64:ff9b::a9fe:a9fe", Reach.NEVER),
        ("64:ff9b::5db8:d822", Reach.PUBLIC),
        ("2002:a9fe:a9fe::1", Reach.NEVER),
        ("2002:0a01:0203::1", Reach.PRIVATE),
        ("::169.254.1.1", Reach.NEVER),
        ("fe80::1", Reach.NEVER),
        ("fe80::1%eth0", Reach.NEVER),
        ("fd00:ec2::254", Reach.NEVER),
        ("100.100.100.200", Reach.NEVER),
        ("0.0.0.0", Reach.LOOPBACK),
        ("::", Reach.LOOPBACK),
        ("224.0.0.1", Reach.NEVER),
        ("ff02::1", Reach.NEVER),
        ("nonsense", Reach.NEVER),
    ],
)
def test_reach(address: str, reach: Reach) -> None:
    assert reach_of(address) is reach


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://h", [PRM]),
        ("https://h/", [PRM]),
        ("https://h/mcp", [f"{PRM}/mcp", PRM]),
        ("https://h/mcp/", [f"{PRM}/mcp/", PRM]),
        ("https://h/a/b?x=1", [f"{PRM}/a/b?x=1", PRM]),
        ("https://h/?x=1", [f"{PRM}?x=1", PRM]),
        ("https://h?x=1", [f"{PRM}?x=1", PRM]),
        ("https://h/mcp#f", [f"{PRM}/mcp", PRM]),
    ],
)
def test_places_of_protected_resource_metadata(url: str, expected: list[str]) -> None:
    assert [place for _, place in resource_places(url)] == [f"https://h{path}" for path in expected]


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("https://h", [AS, OIDC]),
        ("https://h/", [AS, OIDC]),
        ("https://h/t", [f"{AS}/t", f"{OIDC}/t", f"/t{OIDC}"]),
        ("https://h/t/", [f"{AS}/t", f"{OIDC}/t", f"/t{OIDC}"]),
        ("https://h/a/b", [f"{AS}/a/b", f"{OIDC}/a/b", f"/a/b{OIDC}"]),
    ],
)
def test_places_of_server_metadata(issuer: str, expected: list[str]) -> None:
    assert [place for _, place in server_places(issuer)] == [f"https://h{path}" for path in expected]
    assert root_place(issuer) == origin_place(issuer) == f"https://h{AS}"


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("https://h/mcp", "same"),
        ("HTTPS://H/mcp", "same"),
        ("https://h/mcp/", "slash"),
        ("https://h", "parent"),
        ("https://h/", "parent"),
        ("https://h/MCP", "other"),
        ("https://h/mc", "other"),
        ("https://h/mcp/x", "other"),
        ("https://h:443/mcp", "spelling"),
        ("http://h/mcp", "other"),
        ("https://h.evil/mcp", "other"),
        ("https://h/%6Dcp", "other"),
        ("mcp", "other"),
    ],
)
def test_how_a_resource_is_spelt(resource: str, kind: str) -> None:
    assert relation(resource, "https://h/mcp") == kind


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        ("2851999013", Reach.NEVER),
        ("0xa9fe0d25", Reach.NEVER),
        ("169.254.3365", Reach.NEVER),
        ("169.254.13.37.", Reach.NEVER),
        ("0251.0376.015.045", Reach.NEVER),
        ("127.1", Reach.LOOPBACK),
        ("0", Reach.LOOPBACK),
        ("10.66051", Reach.PRIVATE),
        ("1572395042", Reach.PUBLIC),
        ("h.example.256", Reach.NEVER),
        ("h.example.0x", Reach.NEVER),
        ("4.example.com", Reach.PUBLIC),
        ("0x7f.example.com", Reach.PUBLIC),
    ],
)
def test_numbers_in_old_spellings(host: str, reach: Reach) -> None:
    """A proxy would read them as addresses: they are judged before it is asked."""
    assert by_name(Place("https", host, 443, "/")) is reach
