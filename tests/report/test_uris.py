"""Paths as URIs, on both kinds of systems."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from unsprawl.scanner.report.uris import file_uri, relative_uri

SURROGATE = "caf\udce9"
"""A name whose last byte is not UTF-8."""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/home/me/.mcp.json", "file:///home/me/.mcp.json"),
        ("/a b/c%20d", "file:///a%20b/c%2520d"),
        ("/a#b?c", "file:///a%23b%3Fc"),
        ("/\u65e5", "file:///%E6%97%A5"),
        (f"/{SURROGATE}", "file:///caf%E9"),
        ("/a\nb\u202e", "file:///a%0Ab%E2%80%AE"),
        ("/a\\b", "file:///a%5Cb"),
        ("/c:/x", "file:///c%3A/x"),
    ],
)
def test_posix(path: str, wanted: str) -> None:
    assert file_uri(path, windows=False) == wanted
    assert unquote_to_bytes(urlsplit(wanted).path) == path.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("C:\\Users\\me\\mcp.json", "file:///C:/Users/me/mcp.json"),
        ("C:/Users/a b", "file:///C:/Users/a%20b"),
        ("\\\\server\\share\\x", "file://server/share/x"),
        ("D:\\half\ud83d", "file:///D:/half%ED%A0%BD"),
    ],
)
def test_windows(path: str, wanted: str) -> None:
    assert file_uri(path, windows=True) == wanted


@pytest.mark.parametrize(
    ("path", "windows", "wanted"),
    [
        (".mcp.json", False, ".mcp.json"),
        ("a:b/c", False, "a%3Ab/c"),
        ("a\\b", False, "a%5Cb"),
        ("a\\b", True, "a/b"),
        ("50%/x y", False, "50%25/x%20y"),
        (SURROGATE, False, "caf%E9"),
    ],
)
def test_relative(path: str, windows: bool, wanted: str) -> None:
    assert relative_uri(path, windows=windows) == wanted
    assert urlsplit(wanted).scheme == ""
