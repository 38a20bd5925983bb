"""What probes found, for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from unsprawl.scanner.oauth.attempt import Attempt, End
from unsprawl.scanner.oauth.observed import Observed
from unsprawl.scanner.oauth.registration_checks import has_cimd, has_dcr, is_front
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.oauth.verdict import Kind
from unsprawl.scanner.own_client import OwnClient
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.own_client_report import show_own_client
from unsprawl.scanner.report.probe_json import Probed, cut, pkce, product_of
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport, grouped

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
_TRANSPORTS = {"http": "streamable HTTP", "sse": "HTTP+SSE, the older one", "unknown": "transport not known"}
_SAYS_IT = {Kind.INCONCLUSIVE: "T02", Kind.OPEN: "C08"}
"""The note that tells what to do about a verdict."""
_SOURCES = {
    "header": "named by the challenge",
    "path": "at the well-known place for this path",
    "root": "at the well-known place of the host",
    "oauth": "by RFC 8414",
    "openid": "by OpenID Connect discovery",
    "openid-inserted": "by OpenID Connect discovery, path inserted",
    "wrong-root": "at the root",
    "origin": "on the origin of the MCP server, which nothing names",
}
_RESULTS = {"pass": ("ok", "green"), "fail": ("FAIL", "bold red"), "unknown": ("?", "")}
_LABEL = 14


class ProbeReport(TerminalReport):
    """Server by server: the verdict, what is there, what is wrong, which hosts stop."""

    def probed(self, probed: Probed, *, whole: bool) -> None:
        """One server. `whole`: also the checks that passed, and where the specification says so."""
        seen, word = probed.seen, probed.verdict
        self.gap()
        self.line(self.foreign(seen.target.url, "bold"), rest="  ")
        if seen.target.entries:
            self.pair("entries", self.text(", ".join(seen.target.entries)))
        shown, style = _WORDS[word.kind]
        self.pair("verdict", Text(shown, style).append(": ", "not bold").append(word.reason, "not bold default"))
        self._what_is_there(seen)
        if seen.attempt is not None:
            self._clients(seen.attempt)
        if whole:
            self.checklist(probed.results)
        else:
            self.failed(probed.results, _SAYS_IT.get(word.kind, ""))
        self._hosts(probed)
        if word.unseen:
            self.line("not seen from outside:", first="  ")
            for item in word.unseen:
                self.line(item, first="    - ", rest="      ")
        self.gap()

    def register(self, steps: Sequence[OwnClient]) -> None:
        """How a client is registered there, host by host."""
        for each in steps:
            show_own_client(self, each)
            self.gap()

    def foreign(self, text: str, style: str = "") -> Text:
        """Text of a server, cut."""
        return self.text(cut(text) or "", style)

    def pair(self, label: str, text: Text) -> None:
        """One fact with its name before it."""
        self.line(text, first=f"  {label.ljust(_LABEL)}", rest=" " * (_LABEL + 2))

    def _what_is_there(self, seen: Observed) -> None:
        if seen.first.status:
            answer = f"{_TRANSPORTS[seen.transport]}; without a token: {seen.first.status}"
            schemes = ", ".join(dict.fromkeys(each.scheme for each in seen.challenges.all))
            self.pair("endpoint", Text(answer).append_text(self.foreign(f", {schemes} challenge" if schemes else "")))
        if seen.resource is not None:
            self.pair("metadata", self.foreign(seen.resource.answer.url))
            self.pair("", Text(_SOURCES[seen.resource.source]))
        if seen.server is not None:
            issuer = seen.issuer_written
            told = issuer if isinstance(issuer, str) else "no issuer"
            self.pair("login", self.foreign(told).append(f", {_SOURCES[seen.server.source]}"))
            product = product_of(seen)
            if product is not None:
                self.pair("", Text(f"{product.name}{f': {product.mind}' if product.mind else ''}"))
            ways = ["client metadata document (CIMD)"] if has_cimd(seen) else []
            refused = ", which refuses clients" if seen.attempt is not None and seen.attempt.refused else ""
            ways += [f"dynamic (DCR){refused}"] if has_dcr(seen) else []
            self.pair("registration", Text(", ".join(ways) or "by hand only"))
            words = {"S256": "S256", "other": "no S256", "unlisted": "not listed", None: ""}
            self.pair("PKCE", Text(words[pkce(seen)]))

    def _clients(self, done: Attempt) -> None:
        """What was created, and whether it is gone."""
        label = "client"
        if done.not_tried:
            self.pair(label, Text(f"not registered: {done.not_tried}"))
        elif not done.registrations:
            self.pair(label, Text("not registered: it took too long"))
        for each in done.registrations:
            shown = self.foreign(each.client_id, "bold") if each.client_id else Text("of an unknown id")
            if each.end is End.NONE:
                continue
            if each.end is End.DELETED:
                told = Text("registered, and deleted again: ").append_text(shown)
            else:
                word = "STAYS BEHIND: " if each.end is End.LEFT else "MAY STAY BEHIND: "
                told = (
                    Text(word, f"bold {NOTICE}").append_text(shown).append(f" at {each.endpoint}", "not bold default")
                )
                told = told.append(f": {each.end_reason}", "not bold default")
            self.pair(label, told)
            label = ""
        if done.refused and label:
            self.pair(label, Text("refused by the server"))
        if done.last is not None and is_front(done.last):
            self.pair("front", self.foreign(f"sends people on to {done.last.place}, as a client of its own"))

    def failed(self, results: Sequence[Result], told: str = "") -> None:
        """The checks that failed; of notes, the ids. `told` is the note that is told in full."""
        failed = [each for each in results if each.failed]
        for severity in ("block", "warn", "note"):
            for each in (each for each in failed if each.severity == severity):
                if severity != "note" or each.check.id == told:
                    self._check(each)
        notes = [each.check.id for each in failed if each.severity == "note" and each.check.id != told]
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

    def checklist(self, results: Sequence[Result]) -> None:
        """Every check."""
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
                    whose = f" of {each.client.name}" if len(alike) > 1 else ""
                    told = f"redirect URI{whose} {each.client.redirect_uri}{port}"
                    self.line(told, first=" " * (_LABEL + 2), rest=" " * (_LABEL + 4))

    def summary(self, probed: Sequence[Probed]) -> None:
        """How many of each verdict, when there are several."""
        if len(probed) > 1:
            self.gap()
            groups = grouped(probed, lambda each: each.verdict.kind)
            told = "; ".join(f"{len(alike)} {_WORDS[kind][0]}" for kind, alike in groups)
            self.line(Text(f"{count(len(probed), 'server')}: ", "bold").append(told, "not bold"))
            left = sum(len(each.seen.attempt.left) for each in probed if each.seen.attempt is not None)
            if left:
                self.line(Text(f"{count(left, 'client')} stayed behind, or may have: see above", f"bold {NOTICE}"))
