"""What of an address is sent: nothing that is or may be a credential."""

from __future__ import annotations

from random import Random

import pytest

from tests.cli.homes import github
from unsprawl.rules.samples import expand
from unsprawl.scanner.oauth.observed import Target
from unsprawl.scanner.oauth.targets import Bare, Unprobed, bare, merged

KEY = expand("{an:40}", Random(70))


@pytest.mark.parametrize(
    ("url", "sent", "left_out"),
    [
        ("https://h.example.com/mcp", "https://h.example.com/mcp", ()),
        ("https://h.example.com/mcp?project=a&readonly=true", "https://h.example.com/mcp?project=a&readonly=true", ()),
        (f"https://h.example.com/mcp?api_key={KEY}", "https://h.example.com/mcp", ("api_key",)),
        (
            f"https://h.example.com/mcp?a=1&tavilyApiKey={KEY}&b=2",
            "https://h.example.com/mcp?a=1&b=2",
            ("tavilyApiKey",),
        ),
        ("https://h.example.com/mcp?token=short", "https://h.example.com/mcp", ("token",)),
        ("https://h.example.com/mcp?token=%73hort&key", "https://h.example.com/mcp", ("token", "key")),
        ("https://h.example.com/mcp?x=" + github(70), "https://h.example.com/mcp", ("x",)),
        (f"https://me:{KEY}@h.example.com/mcp", "https://h.example.com/mcp", ("user name and password",)),
        ("https://me@h.example.com", "https://h.example.com", ("user name and password",)),
        ("https://a@b@h.example.com/x", "https://h.example.com/x", ("user name and password",)),
        (f"https://h.example.com/mcp#{KEY}", "https://h.example.com/mcp", ()),
        ("https://h.example.com/mcp?a=${KEY}&b=1", "https://h.example.com/mcp?b=1", ("a",)),
        ("https://h.example.com/mcp?access_token=${input:key}", "https://h.example.com/mcp", ("access_token",)),
    ],
)
def test_what_is_sent(url: str, sent: str, left_out: tuple[str, ...]) -> None:
    made = bare(url)
    assert isinstance(made, Bare)
    assert (made.url, made.left_out) == (sent, left_out)


@pytest.mark.parametrize(
    "url",
    [
        f"https://mcp.zapier.com/api/mcp/s/{KEY}/mcp",
        "https://h.example.com/" + github(71) + "/mcp",
        "https://h.example.com/${TENANT}/mcp",
        "https://${HOST}/mcp",
        "file:///etc/passwd",
        "wss://h.example.com/mcp",
        "https://b\u00fccher.example/mcp",
        "https:///mcp",
        "https://h.example.com/a b",
    ],
)
def test_what_cannot_be_sent_without_it(url: str) -> None:
    made = bare(url)
    assert isinstance(made, Unprobed)
    assert KEY not in made.reason + made.hint


def test_what_was_found_is_told_to_whoever_must_not_show_it() -> None:
    for url in (f"https://h.example.com/mcp?api_key={KEY}", f"https://mcp.zapier.com/api/mcp/s/{KEY}/mcp"):
        (found,) = bare(url).secrets
        assert KEY in found.secret.reveal()


def test_one_address_is_probed_once() -> None:
    one = Target("https://h/mcp", ("key",), keyed=False, trusted=False, entries=("a",))
    other = Target("https://h/mcp", (), keyed=True, trusted=True, entries=("b", "a"))
    assert merged([one, other, Target("https://h/mcp/")]) == [
        Target("https://h/mcp", ("key",), True, True, ("a", "b")),
        Target("https://h/mcp/"),
    ]
