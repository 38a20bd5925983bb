"""One run of `unsprawl revoke`: what it found on this machine, what the user allows, and what is remembered."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.progress import Progress
from unsprawl.cli.talk import say
from unsprawl.rewriters.holders import holders
from unsprawl.rewriters.revoked import BY_VENDOR, Memory, path
from unsprawl.rewriters.whereabouts import Entries, Whereabouts, chosen, whereabouts
from unsprawl.scanner.errors import UsageError, VaultError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.revoke_json import Outcome, Told
from unsprawl.scanner.report.revoke_report import RevokeReport
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.scanner.validate.told import Gathering
from unsprawl.vault.identity import identifier

if TYPE_CHECKING:
    from unsprawl.scanner.examine import Examined
    from unsprawl.scanner.validate.revoking import Way
    from unsprawl.scanner.validate.server import Tools, Unasked


class Asking:
    """One run: what it found, and what the user said."""

    def __init__(self, around: Surroundings, *, yes: bool, force: bool, allowed: frozenset[str], shown: bool) -> None:
        self.around = around
        self.yes = yes
        self.force = force
        self.allowed = allowed
        self.identify = identifier()
        self.memory = Memory()
        self.report = RevokeReport(*report_options(around)) if shown else None
        self.problems: list[Problem] = []
        self.root = around.cwd
        self.known: tuple[Whereabouts, ...] = ()
        self.dark = False
        """Something of ours could not be looked into."""
        self.interrupted = False
        self.gathering = Gathering(every=True)
        self._announced: set[str] = set()

    def look(self, paths: tuple[str, ...]) -> None:
        """Find every secret of this user's hosts, the current repository and `paths`, and all that is ours."""
        from unsprawl.rewriters.exports import exported
        from unsprawl.scanner.scan import run_scan

        entries = Entries()
        findings = []
        for each in ((), paths) if paths else ((),):
            with Progress(quiet=False) as progress:

                def examined(file: Examined, progress: Progress = progress) -> None:
                    progress.examined(file)
                    self.gathering.examined(file)
                    entries.examined(file)

                result = run_scan(ScanOptions(each, exported=exported()), self.around, examined)
            findings += [*result.findings, *(silenced.finding for silenced in result.silenced)]
            self.problems += [problem for problem in result.problems if problem not in self.problems]
            self.root = result.root
        REDACTOR.learn(finding.secret for finding in findings)
        ours, dark = holders()
        REDACTOR.learn(each.secret for each in ours)
        # An entry may name any variable: of these only what is judged a secret is hidden, and neither home nor host.
        ours += entries.in_environment(self.around.environ)
        self.dark = bool(dark)
        self.problems += dark
        once = {(each.fingerprint, each.place): each for each in findings}
        self.known = whereabouts(once.values(), ours, entries)
        REDACTOR.learn(each.secret for each in self.known)

    def named(self, names: tuple[str, ...]) -> list[Whereabouts]:
        """What these names mean. Raises UsageError for one that means nothing."""
        found, wrong, passed = chosen(names, self.known, self.identify)
        if wrong:
            which = ", ".join(f"number {number + 1}" for number in wrong)
            hint = "The name of an entry or a vault record, or a secret_id of scan --format json."
            raise UsageError(f"nothing here goes by that name (argument {which})", hint=hint)
        for each in passed:
            what = " ".join((told_of(each, Outcome.IN_USE).what, self.identify(each.secret) or "")).rstrip()
            verb = "needs" if len(each.depends) == 1 else "need"
            say(f"Left alone, since {', '.join(each.depends)} {verb} it: {what}")
        return found

    def way(self, each: Whereabouts) -> Way | Unasked:
        """How it ends, or why a person must do it."""
        from unsprawl.scanner.validate.revoking import way_of

        return way_of(each.findings or (each.finding,), self.gathering.of, self.allowed, self._registries)

    @cached_property
    def _registries(self) -> Tools:
        """Read once, whichever of the secrets needs them."""
        from unsprawl.scanner.validate.registries import tools

        return tools(self.around.home, self.around.environ)

    def announce(self, origin: str) -> None:
        """Say on stderr where a connection goes, once for each place."""
        from unsprawl.cli.connecting import announce

        if origin not in self._announced:
            self._announced.add(origin)
            announce(origin)

    def agreed(self, question: str) -> bool:
        """Ask, unless everything was agreed to."""
        if self.yes:
            return True
        if self.report is not None:
            self.report.pause()
        return click.confirm(one_line(REDACTOR.clean(question)), default=False, err=True)

    def remember(self, each: Whereabouts, told: Told, how: str) -> bool:
        """Keep in mind that it is dead. Raises VaultError."""
        return self.memory.add(each.secret, told.what, how)

    def note(self, each: Whereabouts, told: Told) -> Told:
        """Keep in mind what its vendor said; where that cannot be written, the rest of the run goes on."""
        try:
            if told.outcome in (Outcome.REVOKED, Outcome.ALREADY_DEAD):
                if self.remember(each, told, BY_VENDOR):
                    return told._replace(when=self.remembered(each))
            elif told.before is not None and told.before.state.works:
                self.memory.drop(each.secret)
                return told._replace(when="")
        except VaultError as error:
            message = f"what became of it cannot be remembered: {error.message}"
            self.problems.append(Problem(str(path()), "not-remembered", message, error.hint))
        return told

    def remembered(self, each: Whereabouts) -> str:
        """Since when it is known to be dead, or ""."""
        known = self.memory.of(each.secret)
        return known.at if known is not None else ""


def told_of(each: Whereabouts, outcome: Outcome, reason: str = "") -> Told:
    """The record that reports take."""
    ours = dict.fromkeys((holder.kind.value, holder.name, holder.entry, holder.how) for holder in each.holders)
    for kind, name, entry, _ in list(ours):
        if entry:
            ours.pop((kind, name, "", ""), None)  # the same, of which less is known
    return Told(each.finding, each.findings, tuple(ours), tuple(each.depends), outcome, reason)
