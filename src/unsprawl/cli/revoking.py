"""`unsprawl revoke` from names to outcomes: asks whose a secret is, asks the user, has it ended, and tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unsprawl.cli.revoke_session import Asking, told_of
from unsprawl.cli.talk import say
from unsprawl.rewriters.revoked import BY_HAND
from unsprawl.rewriters.whereabouts import Whereabouts
from unsprawl.scanner.model import State, Verdict
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.report.revoke_json import Outcome, Told

if TYPE_CHECKING:
    from unsprawl.scanner.validate.revoking import Way

_DARK = "a vault record or migration could not be looked into, so nobody knows whether it is needed there"


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
    if asking.problems:
        what = count(len(asking.problems), "place")
        say(f"{what} could not be read or checked, so nobody knows whether an entry there needs it.")
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
