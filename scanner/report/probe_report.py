"""What probes found, as JSON and for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from unsprawl.scanner.oauth.checks import evaluated
from unsprawl.scanner.oauth.metadata import strings
from unsprawl.scanner.oauth.metadata_checks import has_cimd, has_dcr, may_be_front
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.outcomes import Outcome, outcomes
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.oauth.verdict import Kind, Verdict, verdict
from unsprawl.scanner.report.json_report import Json
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport, grouped

_LONGEST = 300
"""Longer texts of a server are cut."""
_MOST = 20
"""So many items of a list that a server wrote are shown."""
_WORDS = {
    Kind.READY: ("ready", "bold green"),
    Kind.WARNINGS: ("ready, with warnings", f"bold {NOTICE}"),
    Kind.NEEDS_CLIENT: ("needs a client", f"bold {NOTICE}"),
    Kind.LEGACY: ("legacy", f"bold {NOTICE}"),
    Kind.STATIC_KEY: ("static key", f"bold {NOTICE}"),
    Kind.OPEN: ("open", "bold"),
    Kind.BROKEN: ("broken", "bold red"),
    Kind.INCONCLUSIVE: ("inconclusive", "bold magenta"),
}
_STYLES = {"block": "bold red", "warn": NOTICE, "note": ""}
_TRANSPORTS = {"http": "streamable HTTP", "sse": "HTTP+SSE, the older one", "unknown": "not known"}
_SOURCES = {
    "header": "named by the challenge",
    "path": "at the well-known place for this path",
    "root": "at the well-known place of the host",
    "oauth": "RFC 8414",
    "openid": "OpenID Connect discovery",
    "openid-inserted": "OpenID Connect discovery, path inserted",
    "wrong-root": "at the root",
    "origin": "on the origin of the MCP server, which nothing names",
}
_RESULTS = {"pass": ("ok", "green"), "fail": ("FAIL", "bold red"), "unknown": ("?", "")}
_LABEL = 14


class Probed(NamedTuple):
    """One server, judged."""

    seen: Observed
    results: tuple[Result, ...]
    verdict: Verdict
    hosts: tuple[Outcome, ...]


def judged(seen: Observed) -> Probed:
    """The checks, the verdict and what hosts make of it."""
    results = evaluated(seen)
    word = verdict(seen, results)
    return Probed(seen, results, word, outcomes(seen, word))


def probe_json(probed: Probed) -> Json:
    """One item of `probes`."""
    seen = probed.seen
    bearer = seen.challenges.bearer
    return {
        "url": seen.target.url,
        "entries": list(seen.target.entries),
        "verdict": probed.verdict.kind.value,
        "reason": probed.verdict.reason,
        "transport": seen.transport,
        "era": seen.era or None,
        "status": seen.first.status or None,
        "fault": seen.first.told if seen.first.fault is not None else None,
        "challenge": {
            "schemes": [_text(each.scheme) for each in seen.challenges.all[:_MOST]],
            "resource_metadata": _text(bearer.get("resource_metadata")) if bearer is not None else None,
            "scope": _text(bearer.get("scope")) if bearer is not None else None,
            "error": _text(bearer.get("error")) if bearer is not None else None,
        }
        if seen.challenges.all
        else None,
        "prm": {
            "source": seen.resource.source if seen.resource is not None else None,
            "url": seen.resource.answer.url if seen.resource is not None else None,
            "resource": _text(seen.prm.get("resource")),
            "authorization_servers": [_text(each) for each in strings(seen.prm.get("authorization_servers"))[:_MOST]],
        },
        "as": {
            "source": seen.server.source if seen.server is not None else None,
            "url": seen.server.answer.url if seen.server is not None else None,
            "issuer": _text(seen.issuer_written),
        },
        "pkce": pkce(seen),
        "registration": {"dcr": has_dcr(seen), "cimd": has_cimd(seen)} if seen.server is not None else None,
        "iss": seen.metadata.get("authorization_response_iss_parameter_supported") is True
        if seen.server is not None
        else None,
        "facade": ("possible" if may_be_front(seen) else "no-sign") if seen.server is not None else None,
        "findings": [each.check.id for each in probed.results if each.failed],
        "checks": [_check(each) for each in probed.results],
        "hosts": [
            {
                "id": each.client.id,
                "name": each.client.name,
                "works": each.works,
                "reason": each.reason,
                "redirect_uri": each.client.redirect_uri or None,
                "client_id": each.client.client_id or None,
                "evidence": each.client.evidence,
            }
            for each in probed.hosts
        ],
        "unseen": list(probed.verdict.unseen),
        "requests": len(seen.answers),
    }


def _check(result: Result) -> Json:
    check = result.check
    return {
        "id": check.id,
        "title": check.title,
        "result": result.result,
        "seen": _text(result.seen) or "",
        "severity": result.severity,
        "level": check.level,
        "actor": check.actor,
        "phase": check.phase,
        "revisions": list(check.revisions),
        "specification": list(check.specification),
        "remedy": check.remedy if result.failed else "",
    }


def _text(value: object) -> str | None:
    """Foreign text, cut; None for what is no text."""
    if not isinstance(value, str):
        return None
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}..."


def pkce(seen: Observed) -> str | None:
    """`S256`, `other` where only other methods are listed, `unlisted`; None without metadata."""
    if seen.server is None:
        return None
    listed = seen.metadata.get("code_challenge_methods_supported")
    if listed is None:
        return "unlisted"
    return "S256" if "S256" in strings(listed) else "other"


class ProbeReport(TerminalReport):
    """Server by server: the verdict, what is there, what is wrong, which hosts stop."""

    def probed(self, probed: Probed, *, whole: bool) -> None:
        """One server. `whole`: also the checks that passed, and where the specification says so."""
        seen, word = probed.seen, probed.verdict
        self.gap()
        self.line(self.foreign(seen.target.url, "bold"), rest="  ")
        if seen.target.entries:
            self._pair("entries", self.text(", ".join(seen.target.entries)))
        shown, style = _WORDS[word.kind]
        self._pair("verdict", Text(shown, style).append(": ", "not bold").append(word.reason, "not bold default"))
        self._what_is_there(seen)
        if whole:
            self._checklist(probed.results)
        else:
            self._failed(probed.results)
        self._hosts(probed)
        if word.unseen:
            self.line("not seen from outside:", first="  ")
            for item in word.unseen:
                self.line(item, first="    - ", rest="      ")
        self.gap()

    def foreign(self, text: str, style: str = "") -> Text:
        """Text of a server, cut."""
        return self.text(_text(text) or "", style)

    def _pair(self, label: str, text: Text) -> None:
        self.line(text, first=f"  {label.ljust(_LABEL)}", rest=" " * (_LABEL + 2))

    def _what_is_there(self, seen: Observed) -> None:
        if seen.first.status:
            answer = f"{_TRANSPORTS[seen.transport]}; without a token: {seen.first.status}"
            schemes = ", ".join(dict.fromkeys(each.scheme for each in seen.challenges.all))
            self._pair("endpoint", Text(answer).append_text(self.foreign(f", {schemes} challenge" if schemes else "")))
        if seen.resource is not None:
            self._pair("metadata", self.foreign(seen.resource.answer.url))
            self._pair("", Text(_SOURCES[seen.resource.source]))
        if seen.server is not None:
            issuer = seen.issuer_written
            told = issuer if isinstance(issuer, str) else "no issuer"
            self._pair("login", self.foreign(told).append(f", by {_SOURCES[seen.server.source]}"))
            ways = ["client metadata document (CIMD)"] if has_cimd(seen) else []
            ways += ["dynamic (DCR)"] if has_dcr(seen) else []
            self._pair("registration", Text(", ".join(ways) or "by hand only"))
            words = {"S256": "S256", "other": "no S256", "unlisted": "not listed", None: ""}
            self._pair("PKCE", Text(words[pkce(seen)]))

    def _failed(self, results: Sequence[Result]) -> None:
        failed = [each for each in results if each.failed]
        for severity in ("block", "warn"):
            for each in (each for each in failed if each.severity == severity):
                self._check(each)
        notes = [each.check.id for each in failed if each.severity == "note"]
        if notes:
            self.line(
                f"{count(len(notes), 'note')}: {', '.join(notes)} (--verbose tells them)", first="  ", rest="    "
            )

    def _check(self, result: Result) -> None:
        begin = Text(f"  {result.severity.ljust(5)}", _STYLES[result.severity]).append(
            f" {result.check.id}  ", "default"
        )
        self.line(f"not so: {result.check.title}", first=begin, rest=" " * 13)
        self.line(self.foreign(result.seen), first=" " * 13)
        self.line(result.check.remedy, first=" " * 13)

    def _checklist(self, results: Sequence[Result]) -> None:
        for each in results:
            shown, style = _RESULTS[each.result]
            begin = Text("  ").append(shown.ljust(5), style).append(f" {each.check.id}  ", "default")
            self.line(each.check.title, first=begin, rest=" " * 13)
            if each.seen:
                self.line(self.foreign(each.seen), first=" " * 13)
            if each.failed:
                where = "; ".join((each.check.level, *each.check.specification))
                self.line(f"{each.severity}: {where}", first=" " * 13)
                self.line(each.check.remedy, first=" " * 13)

    def _hosts(self, probed: Probed) -> None:
        kind = probed.verdict.kind
        if kind in (Kind.INCONCLUSIVE, Kind.OPEN, Kind.STATIC_KEY):
            return
        by_outcome = grouped(probed.hosts, lambda each: (each.works, each.reason))
        if kind is Kind.BROKEN and len(by_outcome) == 1:
            return  # the verdict has said it of all
        words = {True: ("goes on", "green"), False: ("stops", "bold red"), None: ("not known", NOTICE)}
        order = {False: 0, None: 1, True: 2}
        for (works, reason), alike in sorted(by_outcome, key=lambda group: order[group[0][0]]):
            shown, style = words[works]
            names = ", ".join(each.client.name for each in alike)
            begin = Text("  ").append(shown.ljust(_LABEL), style)
            self.line(Text(names, "bold").append(f": {reason}", "not bold"), first=begin, rest=" " * (_LABEL + 2))
            for each in alike if kind is Kind.NEEDS_CLIENT else ():
                if each.client.redirect_uri.partition(":")[0] in ("http", "https"):
                    port = f"; {each.client.fixed_port} fixes the port" if each.client.fixed_port else ""
                    told = f"redirect URI {each.client.redirect_uri}{port}"
                    self.line(told, first=" " * (_LABEL + 2), rest=" " * (_LABEL + 4))

    def summary(self, probed: Sequence[Probed]) -> None:
        """How many of each verdict, when there are several."""
        if len(probed) > 1:
            self.gap()
            groups = grouped(probed, lambda each: each.verdict.kind)
            told = ", ".join(f"{len(alike)} {_WORDS[kind][0]}" for kind, alike in groups)
            self.line(Text(f"{count(len(probed), 'server')}: ", "bold").append(told, "not bold"))
