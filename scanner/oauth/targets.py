"""What to probe: an address that was typed or is configured, with every credential taken out of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from unsprawl.scanner.approach import is_bridge
from unsprawl.scanner.discover import GENERIC_SERVERS, ConfigFile, generic_file
from unsprawl.scanner.examine import Examined, ExaminedEntry, examine
from unsprawl.scanner.model import Finding, SlotKind, Transport
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.oauth.addresses import Unsafe, place_of
from unsprawl.scanner.oauth.observed import Target
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.record import NamedTuple

_TELLING = (Secrecy.STRONG, Secrecy.WEAK)
"""What the name of a parameter must say for it to be left out whatever its value is."""
_VARIABLE = "only the host can tell what the variable in the address stands for"
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)")


class Unprobed(NamedTuple):
    """An address that cannot be called without a credential, or not from here."""

    reason: str
    hint: str
    secrets: tuple[Finding, ...] = ()
    """What was found in it, for whoever must not show it."""


class Bare(NamedTuple):
    """An address without credentials."""

    url: str
    left_out: tuple[str, ...]
    secrets: tuple[Finding, ...]
    """What was found in it, for whoever must not show it."""


def bare(url: str) -> Bare | Unprobed:
    """The address with every part left out that is or may be a credential."""
    secrets = tuple(_findings(url))
    named = [(start, end) for _, _, start, end in references(url)]
    spans = [(each.slot.start, each.slot.end) for each in secrets] + named
    left_out: list[str] = []
    authority = _AUTHORITY.match(url)
    at = authority[1].rfind("@") if authority is not None else -1
    if authority is not None and at >= 0:
        left_out.append("user name and password")
    cut_from, cut_to = (authority.start(1), authority.start(1) + at + 1) if authority and at >= 0 else (0, 0)
    body, _, _ = url.partition("#")
    start = body.find("?") + 1 or len(body) + 1
    for begin, end in spans:
        if begin < start - 1 and not (cut_from <= begin and end <= cut_to):
            if (begin, end) in named:
                return Unprobed(_VARIABLE, "Give the address itself to `unsprawl probe`.", secrets)
            return Unprobed("the address itself is the credential, so it was not called", "", secrets)
    kept = []
    for piece in re.finditer(r"[^&]+", body[start:]):
        begin, end = start + piece.start(), start + piece.end()
        name = piece[0].partition("=")[0]
        if secrecy(name) in _TELLING or any(one < end and begin < other for one, other in spans):
            left_out.append(name)
        else:
            kept.append(piece[0])
    whole = body[:cut_from] + body[cut_to : start - 1] + ("?" + "&".join(kept) if kept else "")
    place = place_of(whole)
    if isinstance(place, Unsafe):
        return Unprobed(f"the address {place.reason}", "Write it as https://HOST/PATH.", secrets)
    return Bare(whole, tuple(left_out), secrets)


def _findings(url: str) -> Iterable[Finding]:
    """What the scanner finds in the address of an entry."""
    file: ConfigFile = generic_file("probe.json", "json")
    document = {str(GENERIC_SERVERS[0][0]): {"probe": {"url": url}}}
    result = examine(file, json.dumps(document).encode(), "probe.json")
    kinds = (SlotKind.URL_USERINFO, SlotKind.URL_QUERY, SlotKind.URL_PATH)
    if not isinstance(result, Examined):
        return ()
    return (each for each in result.findings if each.slot.context.kind in kinds)


def address_of(found: ExaminedEntry) -> str:
    """The address of the remote server that an entry calls, over a bridge too; "" for a local server."""
    entry = found.entry
    if entry.transport in (Transport.HTTP, Transport.SSE):
        return entry.url
    if entry.transport is Transport.STDIO and is_bridge(entry.command):
        return next((word for word in entry.command if word.startswith(("http://", "https://")) and host_of(word)), "")
    return ""


def target_of(found: ExaminedEntry) -> Target | Unprobed:
    """What to probe for an entry that has an address."""
    made = bare(address_of(found))
    if isinstance(made, Unprobed):
        return made
    keyed = found.approach.rank == 5
    # The file of a repository may name any address of this machine or its network: only the user's own word does.
    return Target(made.url, made.left_out, keyed, trusted=not found.shared, entries=(found.entry.name,))


def merged(targets: Iterable[Target]) -> list[Target]:
    """Each address once."""
    known: dict[str, Target] = {}
    for each in targets:
        same = known.get(each.url)
        if same is not None:
            each = Target(
                each.url,
                tuple(dict.fromkeys((*same.left_out, *each.left_out))),
                same.keyed or each.keyed,
                same.trusted or each.trusted,
                tuple(dict.fromkeys((*same.entries, *each.entries))),
            )
        known[each.url] = each
    return list(known.values())
