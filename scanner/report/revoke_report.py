"""Secrets that are to be revoked, for people: whose each is, where it stands, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from rich.text import Text

from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.revoke_json import Outcome, Told
from unsprawl.scanner.report.terminal import NOTICE, TerminalReport

_WORDS = {
    Outcome.REVOKED: ("revoked", "bold green"),
    Outcome.ALREADY_DEAD: ("was dead already", "green"),
    Outcome.STILL_LIVE: ("STILL LIVE", "bold red"),
    Outcome.REFUSED: ("not revoked", "bold red"),
    Outcome.NOT_SENT: ("not revoked", "bold red"),
    Outcome.UNKNOWN: ("not known", "bold magenta"),
    Outcome.IN_USE: ("not revoked", f"bold {NOTICE}"),
    Outcome.DECLINED: ("not revoked", f"bold {NOTICE}"),
    Outcome.TODO: ("to do", f"bold {NOTICE}"),
    Outcome.DONE: ("done", "green"),
}
_PLACES = 10
_LABEL = 10
_KINDS = {"vault": "vault record", "variable": "variable", "broker": "broker", "undo": "kept for undo"}


class Known(Protocol):
    """What is remembered of a dead secret."""

    @property
    def secret_id(self) -> str: ...
    @property
    def what(self) -> str: ...
    @property
    def how(self) -> str: ...
    @property
    def at(self) -> str: ...


class RevokeReport(TerminalReport):
    """Secret by secret."""

    def about(self, told: Told, secret_id: str | None) -> None:
        """What it is, whose, how far it reaches, and every place that has it."""
        self.gap()
        head = self.text(told.what, "bold")
        self.line(head, f"  {secret_id}" if secret_id else "", rest="  ")
        if told.before is not None:
            self._pair("says", self.verdict(told.before))
        for finding in told.findings[:_PLACES]:
            where = Text.assemble(self.path(finding.place.path, ""), f":{finding.place.line}  ")
            self._pair("in", where.append_text(self.field(finding)))
        if len(told.findings) > _PLACES:
            self._pair("in", Text(count(len(told.findings) - _PLACES, "further place")))
        for kind, name, entry, file in told.ours:
            text = Text(f"{_KINDS[kind]} ").append_text(self.text(name))
            text.append_text(self.text(f" ({file})" if file else f" of {entry}" if entry else ""))
            self._pair("in", text)

    def ended(self, told: Told, secret_id: str | None = None) -> None:
        """What became of it, and what that leaves to do; with its id also how to say that it was done."""
        word, style = _WORDS[told.outcome]
        text = Text(word, style)
        reason = told.reason
        if told.outcome is Outcome.IN_USE:
            verb = "needs" if len(told.needed_by) == 1 else "need"
            needed = f"{', '.join(told.needed_by)} {verb} it: put a new one there first, or add --force"
            reason = needed if told.needed_by else reason
        if reason:
            text.append(": ", "default").append_text(self.text(reason))
        self._pair("outcome", text)
        if told.after is not None and told.outcome in (Outcome.REFUSED, Outcome.STILL_LIVE):
            self._pair("now", self.verdict(told.after))
        if told.outcome is Outcome.TODO:
            self._pair("page", self.text(told.page or "at its provider; no page is known"))
            if secret_id:
                self._pair("then", self.text(f"unsprawl revoke --done {secret_id}"))
        elif told.page and told.outcome in (Outcome.STILL_LIVE, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.UNKNOWN):
            self._pair("page", self.text(told.page))
        if told.outcome.dead:
            for journal in told.undone_by:
                self._pair("careful", self.text(f"unsprawl undo {journal} would put this dead key back"))

    def checklist(self, todo: Sequence[tuple[Told, str | None]], done: Iterable[Known]) -> None:
        """What is still to be revoked, and what was."""
        for told, secret_id in todo:
            self.about(told, secret_id)
            self.ended(told)
            if secret_id:
                self._pair("type", self.text(f"unsprawl revoke {'' if told.automatic else '--done '}{secret_id}"))
        done = list(done)
        if done:
            self.gap()
            self.line(Text("Remembered as revoked:", "bold"))
        for each in done:
            said = "its vendor knows it no more" if each.how == "vendor" else "you said so"
            self.line(
                self.text(f"{each.what}  {each.secret_id}, {each.at[:10]}: {said}"), first="  ok  ", rest="      "
            )

    def say(self, sentence: str) -> None:
        """A closing sentence of the program's own."""
        self.gap()
        self.line(sentence)

    def _pair(self, label: str, text: Text) -> None:
        self.line(text, first=f"  {label.ljust(_LABEL - 2)}", rest=" " * _LABEL)
