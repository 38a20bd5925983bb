"""One rule for people and as JSON: what it is called by, how it is recognised, and what is known how."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from unsprawl.rules.check import RECALLED, listed
from unsprawl.rules.prose import told
from unsprawl.rules.rule import Rule
from unsprawl.scanner.report.json_report import Json

KNOWN = {
    "checksum-verified": "its checksum was computed and fits real samples",
    "source-read": "read in a program's source",
    "docs-read": "read in the vendor's documentation",
    "recalled": "remembered, not looked up",
}


def speaks_of(rule: Rule, words: tuple[str, ...]) -> bool:
    """Whether it has all the words in its id, name, vendor, variables, headers or hosts."""
    texts = (rule.id, rule.name, rule.provider or "", *rule.env_names, *rule.headers, *rule.hosts, *rule.packages)
    lower = "\n".join(texts).lower()
    return all(word.lower() in lower for word in words)


_PARTS = {"header": "a header", "basic": "Basic credentials", "query": "the query", "path": "the path"}


def recognised_by(rule: Rule) -> list[str]:
    """By what, the surest first. A format that does not name its vendor counts only beside something that does."""
    alone = any(format_.self_identifying for format_ in rule.formats)
    ways = {
        "checksum": any(format_.checksum for format_ in rule.formats),
        "format": alone,
        "format beside a name": bool(rule.formats) and not alone,
        "claims": bool(rule.secret_claims),
        "URI": bool(rule.uri_schemes),
        "variable": bool(rule.env_names),
        "header": bool(rule.headers),
        "host": bool(rule.hosts),
        "package": bool(rule.packages),
    }
    return [way for way, holds in ways.items() if holds]


def summary(rule: Rule) -> dict[str, Json]:
    """What the bundle knows of a rule."""
    return {
        "id": rule.id,
        "name": rule.name,
        "provider": rule.provider,
        "severity": rule.severity,
        "recognised_by": recognised_by(rule),
        "env_names": list(rule.env_names),
        "headers": list(rule.headers),
        "hosts": list(rule.hosts),
        "packages": list(rule.packages),
        "uri_schemes": list(rule.uri_schemes),
        "rotate_url": rule.rotate_url or None,
    }


def told_of(rule: Rule, details: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Lines about a rule, each with its label; `details` is the rule as its file has it."""
    if rule.provider:
        yield "vendor", rule.provider
    for format_ in details.get("formats", ()):
        yield "format", format_["pattern"]
        yield "", told(format_["pattern"])
        yield "", "; ".join(_about(format_))
    for label, texts in (
        ("URIs", [f"{scheme}://" for scheme in rule.uri_schemes]),
        ("variables", rule.env_names),
        ("headers", details.get("headers", ())),
        ("hosts", rule.hosts),
        ("packages", rule.packages),
        ("claims", [f"{name} {value}" for name, value in rule.secret_claims]),
        ("no secret", [f"claim {name} {value}" for name, value in rule.public_claims]),
    ):
        if texts:
            yield label, ", ".join(texts)
    yield from _sent(details.get("sent", {}))
    yield from _asked(details.get("check", []))
    yield from _reaches(details.get("reach", {}))
    if rule.rotate_url:
        yield "replace at", rule.rotate_url
    yield "known", f"{details['confidence']}: {KNOWN[details['confidence']]}"
    for number, source in enumerate(details["sources"]):
        yield "" if number else "sources", source


def _sent(sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """How the proxy of `run --wire` deals with it."""
    if "never" in sent:
        yield "no proxy", sent["never"]
    elif sent:
        yield "sent", f"in {' or '.join(_PARTS[place] for place in sent['places'])} ({sent['evidence']})"
        if "address_in" in sent:
            yield "", f"where the entry has {', '.join(sent['address_in'])}: to the host that stands there"
        if sent.get("customers"):
            yield "", "only to a host that the entry names: what is below `*.` belongs to customers"


def _asked(written: Any) -> Iterator[tuple[str, str]]:
    """How `scan --validate` asks its vendor."""
    for check in listed(written):
        how = "only with --experimental" if check["evidence"] == RECALLED else check["evidence"]
        yield "asked", f"{check.get('method', 'GET')} {check['url']} ({how})"
        if names := [name for each in check.get("with", {}).values() for name in each["names"][:1]]:
            yield "", f"with {', '.join(names)} of the same entry"
        if servers := check.get("host", {}).get("names"):
            yield "", f"the server stands in {', '.join(servers[:3])}"
        if cost := check.get("cost") or check.get("traces"):
            yield "", f"only with --costly: {cost}"


def _reaches(reach: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What the vendor's words for rights mean."""
    if "like" in reach:
        yield "reach", f"told as for {reach['like']}"
    elif reach:
        how = " (recalled: never less severe than the kind)" if reach["evidence"] == RECALLED else ""
        lines = [f"{', '.join(each['is'])}: {_harm(each)}" for each in reach.get("scopes", ())]
        lines += [f"{_whole(each)}: {_harm(each)}" for each in reach.get("whole", ())]
        lines += [f"{_role(each)}: {_harm(each)}" for each in reach.get("roles", ())]
        for number, line in enumerate(lines):
            yield "" if number else "reach", line + ("" if number else how)


def _harm(each: dict[str, Any]) -> str:
    return f"{', '.join(each['may']) or 'only what anybody sees'} ({each['severity']})"


def _role(each: dict[str, Any]) -> str:
    beside = f" with {' or '.join(each['with'])}" if "with" in each else ""
    return f"of somebody who is {' or '.join(each['is'])}{beside}"


def _whole(each: dict[str, Any]) -> str:
    if "token" not in each and "login" not in each:
        return "any that is live"
    return " and ".join(f"{name} {each[name]}" for name in ("token", "login") if name in each)


def _about(format_: dict[str, Any]) -> Iterator[str]:
    """What the pattern does not say."""
    alone = "names the vendor by itself" if format_["self_identifying"] else "counts only beside one of the names below"
    yield alone
    if checksum := format_.get("checksum"):
        yield f"the last {checksum['length']} characters are a checksum ({checksum['algorithm']})"
    if format_.get("identifier"):
        yield "names the key of a pair, the other half grants access"
    if format_.get("note"):
        yield format_["note"]


def whole(rule: Rule, details: dict[str, Any]) -> dict[str, Json]:
    """`summary` with what only the rule's file says, `details`."""
    formats = [
        {
            "pattern": format_["pattern"],
            "description": told(format_["pattern"]),
            "self_identifying": format_["self_identifying"],
            "keywords": format_.get("keywords", []),
            "length": {"min": format_["length"]["min"], "max": format_["length"].get("max")},
            "checksum": format_.get("checksum", {}).get("algorithm"),
            "note": format_.get("note"),
        }
        for format_ in details.get("formats", ())
    ]
    return {
        **summary(rule),
        "formats": formats,
        "sent": details.get("sent"),
        "check": details.get("check"),
        "confidence": details["confidence"],
        "sources": details["sources"],
    }
