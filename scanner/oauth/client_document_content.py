"""The checks of what stands in a client ID metadata document. Only words that the rules know are quoted as they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from unsprawl.scanner.oauth import client_document_credentials as credentials
from unsprawl.scanner.oauth.addresses import Place, Reach, place_of
from unsprawl.scanner.oauth.client_document import LINKS, ClientDocument, Data
from unsprawl.scanner.oauth.network import by_name
from unsprawl.scanner.oauth.result import Found, failed, passed, quoted, unknown
from unsprawl.scanner.redact import printable

_LONGEST_NAME = 100
_DANGEROUS = frozenset({"javascript", "data", "file", "vbscript", "blob", "about", "view-source", "ftp"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,40}):")


def of_data(judge: Callable[[Data, ClientDocument], Found]) -> Callable[[ClientDocument], Found]:
    """A check that needs the document's content."""
    return lambda document: judge(document.data, document) if document.data is not None else unknown()


def shown(url: str) -> str:
    """A foreign address without user name and query, which may be credentials."""
    body = url.partition("?")[0].partition("#")[0]
    return "an address with a user name in it" if "@" in body else quoted(body)


def is_loopback(url: str) -> bool:
    """Whether a redirect address stays on this machine."""
    place = place_of(url)
    return isinstance(place, Place) and by_name(place) is Reach.LOOPBACK


def _d13(data: Data, document: ClientDocument) -> Found:
    """client_id is the address, to the letter."""
    written = data.get("client_id")
    if not isinstance(written, str):
        return failed("client_id is missing" if written is None else "client_id is no text")
    if not document.address:
        return unknown("where it will be published was not said")
    if written == document.address:
        return passed()
    return failed(f"client_id is {shown(written)}, the address is {document.address}")


def _d14(data: Data, document: ClientDocument) -> Found:
    """client_name is there."""
    name = data.get("client_name")
    return passed() if isinstance(name, str) and name.strip() else failed("client_name is missing, or no text")


def _d15(data: Data, document: ClientDocument) -> Found:
    """client_name is plain text."""
    name = data.get("client_name")
    if not isinstance(name, str) or not name.strip():
        return unknown()
    if printable(name) != name or "\n" in name:
        return failed("it has control, zero-width or direction characters")
    return passed() if len(name) <= _LONGEST_NAME else failed(f"it has {len(name)} characters")


def _d16(data: Data, document: ClientDocument) -> Found:
    """redirect_uris is a list of addresses."""
    listed = data.get("redirect_uris")
    if not isinstance(listed, list) or not listed:
        return failed("redirect_uris is missing, empty or no list")
    return passed() if all(isinstance(each, str) for each in listed) else failed("not all of them are text")


def _d17(data: Data, document: ClientDocument) -> Found:
    """Redirect addresses are https or on this machine."""
    wrong: list[str] = []
    odd: list[str] = []
    for url in document.redirects:
        place = place_of(url)
        if isinstance(place, Place):
            reach = by_name(place)
            if reach is Reach.NEVER or (place.scheme == "http" and reach is not Reach.LOOPBACK):
                wrong.append(shown(url))
            continue
        scheme = _SCHEME.match(url)
        known = scheme is not None and scheme[1].lower() not in ("http", "https", *_DANGEROUS)
        (odd if known else wrong).append(shown(url))
    if wrong:
        return failed(_few(wrong))
    if odd:
        return failed(f"schemes of applications: {_few(odd)}", "warn")
    return passed() if document.redirects else unknown()


def _d18(data: Data, document: ClientDocument) -> Found:
    """Redirect addresses have no fragment and no wildcard."""
    wrong = [shown(url) for url in document.redirects if "#" in url or "*" in url]
    return failed(_few(wrong)) if wrong else passed() if document.redirects else unknown()


def _d19(data: Data, document: ClientDocument) -> Found:
    """Redirect addresses on this machine are numbers."""
    named = [url for url in document.redirects if is_loopback(url) and "localhost" in url.lower()]
    return failed(_few(list(map(shown, named)))) if named else passed() if document.redirects else unknown()


def _d24(data: Data, document: ClientDocument) -> Found:
    """grant_types has authorization_code."""
    return _has(data, "grant_types", "authorization_code")


def _d25(data: Data, document: ClientDocument) -> Found:
    """response_types has code."""
    return _has(data, "response_types", "code")


def _has(data: Data, key: str, wanted: str) -> Found:
    listed = data.get(key)
    if listed is None:
        return passed(f"it is missing, which means {wanted}")
    if not isinstance(listed, list):
        return failed(f"{key} is no list")
    return passed() if wanted in listed else failed(f"{wanted} is not among them")


def _d26(data: Data, document: ClientDocument) -> Found:
    """The addresses that it names are https."""
    wrong = []
    for key in LINKS:
        value = data.get(key)
        if value is None:
            continue
        place = place_of(value) if isinstance(value, str) else None
        public = isinstance(place, Place) and place.scheme == "https" and by_name(place) is Reach.PUBLIC
        wrong += [] if public else [key]
    return failed(", ".join(wrong)) if wrong else passed()


def _d27(data: Data, document: ClientDocument) -> Found:
    """Redirect addresses belong to the client."""
    own = place_of(document.subject)
    if not isinstance(own, Place) or not document.redirects:
        return unknown()
    foreign = []
    for url in document.redirects:
        place = place_of(url)
        if isinstance(place, Place) and by_name(place) is Reach.PUBLIC and place.host != own.host:
            foreign.append(shown(url))
    return failed(_few(foreign)) if foreign else passed()


def _d28(data: Data, document: ClientDocument) -> Found:
    """application_type fits the redirect addresses."""
    if not document.redirects:
        return unknown()
    kind, near = data.get("application_type"), any(map(is_loopback, document.redirects))
    if kind is None:
        return failed("it is missing, which means web") if near else passed()
    if kind == "native":
        return passed() if near else failed("native, and no redirect address is on this machine")
    if kind == "web":
        return failed("web, and redirect addresses are on this machine") if near else passed()
    return failed("neither native nor web")


def _few(items: list[str]) -> str:
    return f"{', '.join(items[:3])}{f' and {len(items) - 3} more' if len(items) > 3 else ''}"


CHECKS: Mapping[str, Callable[[Data, ClientDocument], Found]] = {
    "D13": _d13,
    "D14": _d14,
    "D15": _d15,
    "D16": _d16,
    "D17": _d17,
    "D18": _d18,
    "D19": _d19,
    "D20": credentials.d20,
    "D21": credentials.d21,
    "D22": credentials.d22,
    "D23": credentials.d23,
    "D24": _d24,
    "D25": _d25,
    "D26": _d26,
    "D27": _d27,
    "D28": _d28,
}
