"""Every check of rules/client_documents.yaml, evaluated from a document as it was found."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from unsprawl.scanner.oauth import client_document_content as content
from unsprawl.scanner.oauth.addresses import Place, Reach, place_of
from unsprawl.scanner.oauth.client_document import ClientDocument, may_pass
from unsprawl.scanner.oauth.network import by_name
from unsprawl.scanner.oauth.result import Check, Found, Result, failed, passed, quoted, unknown
from unsprawl.scanner.oauth.visit import REDIRECTS
from unsprawl.scanner.record import NamedTuple

MOST_BYTES = 5 << 10
"""What servers are told to read."""
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,40})://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_DOTS = re.compile(r"(?:\.|%2[eE]){1,2}")
_NEAR = {
    Reach.PRIVATE: "a private network",
    Reach.LOOPBACK: "this machine",
    Reach.NEVER: "a link-local address, or one that belongs to no server",
}


class _Parts(NamedTuple):
    scheme: str
    authority: str
    path: str
    query: str | None
    fragment: str | None


def _of_address(judge: Callable[[_Parts], Found]) -> Callable[[ClientDocument], Found]:
    """A check of the address alone."""

    def check(document: ClientDocument) -> Found:
        if not document.subject:
            return unknown("where it will be published was not said")
        match = _URL.fullmatch(document.subject[:4000])
        return judge(_Parts(*match.groups())) if match is not None else failed("the client id is no absolute URL")

    return check


def _d01(parts: _Parts) -> Found:
    return passed() if parts.scheme == "https" else failed(f"the scheme is {parts.scheme.lower()}")


def _d02(parts: _Parts) -> Found:
    return passed() if parts.path else failed("there is nothing behind the host")


def _d03(parts: _Parts) -> Found:
    return failed("the path is / alone") if parts.path == "/" else passed()


def _d04(parts: _Parts) -> Found:
    dots = any(_DOTS.fullmatch(each) for each in parts.path.split("/"))
    return failed("a part of the path is . or ..") if dots else passed()


def _d05(parts: _Parts) -> Found:
    return failed("there is a fragment") if parts.fragment is not None else passed()


def _d06(parts: _Parts) -> Found:
    return failed("there is a user name; it is not shown") if "@" in parts.authority else passed()


def _d07(parts: _Parts) -> Found:
    return failed("there is a query; it is not shown") if parts.query is not None else passed()


def _d08(document: ClientDocument) -> Found:
    """The address is public."""
    place = place_of(document.subject)
    if not isinstance(place, Place):
        return unknown()
    reach = document.reach if document.reach is not None else by_name(place)
    if reach is not Reach.PUBLIC:
        return failed(f"it leads to {_NEAR[reach]}")
    return passed() if document.reach is not None else unknown("its name was not looked up")


def _d09(document: ClientDocument) -> Found:
    """It is served with 200, not by a redirect."""
    answer = document.answer
    if answer is None:
        return unknown("it was read from a file")
    if answer.status == 200:
        return passed()
    if answer.status in REDIRECTS:
        return failed(f"{answer.status}, a redirect; it was not followed")
    return unknown(answer.told) if may_pass(answer) else failed(answer.told)


def _d10(document: ClientDocument) -> Found:
    """Its content type is JSON."""
    if document.answer is None or document.answer.status != 200:
        return unknown()
    kind = document.answer.media_type
    good = re.fullmatch(r"application/(?:[a-z0-9.-]+\+)?json", kind)
    return passed(kind) if good else failed(quoted(kind) if kind else "no content type")


def _d11(document: ClientDocument) -> Found:
    """It is at most 5 KiB."""
    if document.answer is not None and document.answer.status != 200:
        return unknown()
    told = f"{document.size} bytes"
    return passed(told) if document.size <= MOST_BYTES else failed(told)


def _d12(document: ClientDocument) -> Found:
    """It is one JSON object."""
    if document.data is not None:
        return passed()
    if document.answer is not None and (document.answer.status != 200 or may_pass(document.answer)):
        return unknown(document.answer.told)
    return failed(document.fault)


CHECKS: Mapping[str, Callable[[ClientDocument], Found]] = {
    "D01": _of_address(_d01),
    "D02": _of_address(_d02),
    "D03": _of_address(_d03),
    "D04": _of_address(_d04),
    "D05": _of_address(_d05),
    "D06": _of_address(_d06),
    "D07": _of_address(_d07),
    "D08": _d08,
    "D09": _d09,
    "D10": _d10,
    "D11": _d11,
    "D12": _d12,
    **{name: content.of_data(judge) for name, judge in content.CHECKS.items()},
}
"""By the ids of the rules."""


def evaluated(document: ClientDocument) -> tuple[Result, ...]:
    """All checks, in the order of the rules."""
    results = []
    for check in document_checks():
        found = CHECKS[check.id](document)
        results.append(Result(check, found.result, found.seen, found.severity or check.severity))
    return tuple(results)


@cache
def document_checks() -> tuple[Check, ...]:
    """What is checked."""
    from unsprawl.rules.bundle_oauth import CLIENT_DOCUMENTS

    return tuple(map(_check, CLIENT_DOCUMENTS["checks"]))


def _check(raw: Mapping[str, Any]) -> Check:
    said = (raw["level"], "client", (), tuple(raw["specification"]), "passive", raw["severity"], raw["remedy"])
    return Check(raw["id"], raw["title"], *said)
