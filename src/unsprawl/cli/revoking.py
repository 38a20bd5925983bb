"""`unsprawl revoke` from names to outcomes: looks everywhere, asks whose a secret is, asks the user, has it ended."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.progress import Progress
from unsprawl.cli.talk import say
from unsprawl.rewriters.holders import holders
from unsprawl.rewriters.revoked import BY_HAND, BY_VENDOR, Memory, path
from unsprawl.rewriters.whereabouts import Entries, Whereabouts, chosen, whereabouts
from unsprawl.scanner.errors import UsageError, VaultError
from unsprawl.scanner.model import Problem, State, Verdict
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

_DARK = "a vault record or migration could not be looked into, so nobody knows whether it is needed there"


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


def checklist(asking: Asking) -> list[Told]:
    """What a migration moved and nobody has revoked since; connects to nobody."""
    from unsprawl.scanner.validate.revoking import Way

    todo = []
    for each in asking.known:
        if each.undone_by and asking.memory.of(each.secret) is None:
            way = asking.way(each)
            needed = ", ".join(each.depends)
            told = told_of(each, Outcome.TODO, f"{needed} needs it: replace it there first" if needed else "")
            todo.append(told._replace(automatic=True, host=way.host) if isinstance(way, Way) else told)
    if asking.report is not None:
        report = asking.report
        report.checklist([(told, asking.identify(told.finding.secret)) for told in todo], asking.memory)
        if not todo:
            report.say("Nothing of what was migrated is left to revoke. `unsprawl revoke NAME` ends another secret, by "
                       "the name of its entry.")  # fmt: skip
    return todo


def remembered_by_hand(asking: Asking, names: tuple[str, ...]) -> list[Told]:
    """Remember what the user has revoked; connects to nobody."""
    found = []
    for each in asking.named(names):
        told = told_of(each, Outcome.DONE)
        if not asking.remember(each, told, BY_HAND):
            reason = "it is too short to be remembered without telling what it is"
            told = told._replace(outcome=Outcome.TODO, reason=reason)
        told = told._replace(when=asking.remembered(each))
        _shown(asking, told, each, about=True)
        found.append(told)
    return found


def revoked(asking: Asking, names: tuple[str, ...]) -> list[Told]:
    """Have each of them ended, one after the other."""
    from unsprawl.scanner.validate.revoking import Way

    found: list[Told] = []
    ways = [(each, asking.way(each)) for each in asking.named(names)]
    hosts = sorted({way.question.host for _, way in ways if isinstance(way, Way)})
    if hosts:
        say(f"To see whose they are, each goes to its own vendor alone: {', '.join(hosts)}")
        costs = {cost for _, way in ways if isinstance(way, Way) for cost in way.question.costs}
        if costs:
            say(f"That costs something or leaves a trace ({'; '.join(sorted(costs))})")
    asks = not hosts or asking.agreed("Ask them?")
    for each, way in ways:
        if asking.interrupted:
            break
        begin = told_of(each, Outcome.DECLINED)._replace(when=asking.remembered(each))
        if not isinstance(way, Way):
            reason = f"{way.reason}: --allow-host {way.host} allows it" if way.host else way.reason
            told = begin._replace(outcome=Outcome.DONE if begin.when else Outcome.TODO, reason=reason)
            _shown(asking, told, each, about=True)
        elif not asks:
            told = begin._replace(automatic=True, host=way.host, reason="you said no")
            _shown(asking, told, each, about=True)
        else:
            told = _one(asking, each, way, begin._replace(automatic=True, host=way.host))
        found.append(told)
    return found


def _shown(asking: Asking, told: Told, each: Whereabouts, *, about: bool = False) -> None:
    if asking.report is not None:
        if about:
            asking.report.about(told, asking.identify(each.secret))
        asking.report.ended(told, asking.identify(each.secret))


def _one(asking: Asking, each: Whereabouts, way: Way, told: Told) -> Told:
    """Whose it is, what needs it, the question, the request, and what became of it."""
    from unsprawl.cli.connecting import certificates
    from unsprawl.scanner.validate.revoking import end, verdict_of

    roots = certificates(asking.around)
    try:
        verdict = verdict_of(way, asking.announce, roots)
    except KeyboardInterrupt:
        asking.interrupted = True
        verdict = Verdict(State.UNKNOWN, "stopped before anything was known")
    here = way.at(verdict.host)
    told = told._replace(before=verdict, host=(here or way).host)
    if asking.report is not None:
        asking.report.about(told, asking.identify(each.secret))
    if here is None or not verdict.state.works:
        told = _nothing_to_send(told, verdict)
    elif (stop := _why_not(asking, here, told)) is not None:
        told = stop
    else:
        ended = end(here, asking.announce, roots, _waiting)
        told = told._replace(outcome=Outcome(ended.ending.value), reason=ended.reason, after=ended.verdict)
        asking.interrupted = ended.interrupted
    told = asking.note(each, told)
    _shown(asking, told, each)
    return told


def _nothing_to_send(told: Told, verdict: Verdict) -> Told:
    """It is dead, or not known to live, or lives where no request ends it."""
    if verdict.state.ended:
        return told._replace(outcome=Outcome.ALREADY_DEAD)
    if not verdict.state.works:
        reason = f"nobody can say whether it is live, so nothing was sent to end it: {verdict.reason}"
        return told._replace(outcome=Outcome.NOT_SENT, reason=reason.rstrip(": "))
    return told._replace(outcome=Outcome.TODO, reason="the server that knows it takes no such request")


def _why_not(asking: Asking, way: Way, told: Told) -> Told | None:
    """What keeps one that lives from being revoked there; None when nothing does."""
    if told.needed_by and not asking.force:
        return told._replace(outcome=Outcome.IN_USE, reason="--force revokes it all the same")
    if asking.dark and not asking.force:
        return told._replace(outcome=Outcome.IN_USE, reason=_DARK)
    if told.needed_by:
        say(f"{', '.join(told.needed_by)} will stop working.")
    for journal in told.undone_by:
        say(f"`unsprawl undo {journal}` would put the dead key back.")
    if way.revocation.effect:
        say(way.revocation.effect)
    if not asking.agreed(f"Have {way.attempt.server.shown} revoke it? This cannot be taken back."):
        return told._replace(reason="you said no")
    return None


def _waiting(seconds: float) -> None:
    if seconds:
        say(f"it is not dead yet, as far as is known: asking again in {seconds:g} s")
