"""What a login came to, for people."""

from __future__ import annotations

from rich.text import Text

from unsprawl.scanner.oauth.login.outcome import LoggedIn, State
from unsprawl.scanner.oauth.login.seen import LoginSeen, Token
from unsprawl.scanner.oauth.login.undo import Undone
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.probe_report import ProbeReport
from unsprawl.scanner.report.terminal import NOTICE, grouped

_WORDS = {
    State.SIGNED_IN: ("signed in", "bold green"),
    State.OPEN: ("no sign-in was asked for", "bold"),
    State.REFUSED: ("refused", "bold red"),
    State.NEEDS_CLIENT: ("needs a client", f"bold {NOTICE}"),
    State.FAILED: ("failed", "bold red"),
    State.ABANDONED: ("not signed in", f"bold {NOTICE}"),
    State.INCONCLUSIVE: ("inconclusive", "bold magenta"),
}
_WAYS = {
    "given": "the one that you gave",
    "document": "its metadata document",
    "registered": "registered for this login",
}
_MOST_TOOLS = 12


class LoginReport(ProbeReport):
    """The outcome, what the token is, what tools there are, what is wrong, what was taken back and what stays."""

    def login(self, done: LoggedIn, *, whole: bool) -> None:
        """One login. `whole`: also the checks that passed, all tools, and where the specification says so."""
        seen = done.seen
        self.gap()
        self.line(self.foreign(seen.target.url, "bold"), rest="  ")
        shown, style = _WORDS[done.state]
        told = Text(shown, style)
        if done.reason:
            told.append(": ", "not bold default").append_text(self.foreign(done.reason, "not bold default"))
        self.pair("login", told)
        if done.client_way:
            self.pair("client", self.foreign(done.client_id).append(f", {_WAYS[done.client_way]}"))
        if done.revision:
            self.pair("protocol", Text(done.revision))
            self._tools(done, whole=whole)
        if seen.login is not None and seen.login.token is not None:
            self._token(seen.login, seen.login.token)
        if whole:
            self.checklist(done.results)
        else:
            self.failed(done.results)
        self._taken(done)
        if done.state is State.NEEDS_CLIENT:
            self.line("Register a client with the vendor, then add --client-id, and --callback if its", first="  ")
            self.line("redirect URI is a fixed one; or name a document with --client-metadata.", first="  ")
        self.gap()

    def _tools(self, done: LoggedIn, *, whole: bool) -> None:
        names = sorted(done.tools)
        some = names if whole else names[:_MOST_TOOLS]
        told = Text(str(len(names)))
        for number, name in enumerate(some):
            told.append(": " if not number else ", ").append_text(self.foreign(name))
        if len(some) < len(names):
            told.append(" ... (--verbose tells them)")
        self.pair("tools", told)

    def _token(self, login: LoginSeen, token: Token) -> None:
        ends = f"ends in {_span(token.lifetime_s)}" if token.lifetime_s is not None else "does not say when it ends"
        refresh = "with a refresh token" if token.refresh else "without a refresh token"
        self.pair("token", Text(f"{ends}, {refresh}"))
        asked = " ".join(token.asked) or "none"
        granted = "all of them" if token.granted is None else " ".join(token.granted) or "none"
        self.pair("scopes", self.foreign(f"asked for: {asked}; granted: {granted}"))
        if token.jwt:
            self.pair("audience", self.foreign(", ".join(token.audience) or "none named"))
        else:
            self.pair("audience", Text("not to be seen: the token is opaque"))

    def _taken(self, done: LoggedIn) -> None:
        if not done.taken.things:
            return
        self.line("taken back:", first="  ")
        for each, alike in grouped(done.taken.things, lambda thing: thing):
            self._thing(each, len(alike))
        after = done.taken.afterwards
        if after == 401:
            self.line("the server refuses the revoked token", first="    ok    ", rest="          ")
        elif 200 <= after < 300:
            begin = Text("    still ", "bold red")
            self.line("the server takes the revoked token until it ends", first=begin, rest="          ")

    def _thing(self, each: Undone, number: int) -> None:
        begin = Text("    ok    ", "green") if each.done else Text("    stays ", NOTICE)
        name = Text(each.what if number == 1 else count(number, each.what))
        if each.client_id:
            name.append(" ").append_text(self.foreign(each.client_id, "bold"))
        self.line(name.append(f": {each.told}", "not bold"), first=begin, rest="          ")


def _span(seconds: int) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            return count(seconds // size, unit)
    return count(seconds, "second")
