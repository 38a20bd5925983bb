"""`scan --validate`: shows who would get how many secrets, asks, and has the vendors asked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from unsprawl.cli.output import REDACTOR
from unsprawl.cli.progress import Progress
from unsprawl.cli.talk import say
from unsprawl.cli.validate_options import ValidateAsked, hosts_of_an_option
from unsprawl.scanner.report.lines import count
from unsprawl.scanner.surroundings import Surroundings

if TYPE_CHECKING:
    from unsprawl.scanner.scan import ScanResult
    from unsprawl.scanner.validate.questions import Questions
    from unsprawl.scanner.validate.told import Gathering

SHOWN = 12
"""So many hosts get a line each; the others are named in one."""


def validated(
    result: ScanResult, gathering: Gathering, options: ValidateAsked, around: Surroundings, *, quiet: bool
) -> tuple[ScanResult, bool]:
    """The result with what the vendors say, and whether the user stopped it.

    Shows who would get how many secrets and asks; an answer of no leaves the result as it is, but for a problem that
    says so.
    """
    from unsprawl.scanner.validate.attempt import Wanted
    from unsprawl.scanner.validate.questions import questions
    from unsprawl.scanner.validate.registries import tools
    from unsprawl.scanner.validate.run import Asked, ask, with_verdicts

    registries = tools(around.home, around.environ)
    allowed = hosts_of_an_option(options.allowed)

    def chosen(*, costly: bool) -> Questions:
        wanted = Wanted(options.experimental, costly, allowed)
        return questions(result.findings, gathering.of, wanted, registries)

    plan = chosen(costly=options.costly)
    REDACTOR.learn(secret for question in plan.asked for secret in question.about)
    _show(plan, quiet=quiet and options.yes)
    if plan.asked and not options.yes and not _agreed("Send them?"):
        return _refused(result, plan), False
    if not options.costly and not options.yes:
        more = chosen(costly=True)
        if more.costs:
            extra = count(len(more.asked) - len(plan.asked), "more secret")
            say(f"To ask about {extra} {_does(more.costs)}.")
            if _agreed("Ask about them too?"):
                plan = more
    REDACTOR.learn(secret for question in plan.asked for secret in question.about)
    from unsprawl.cli.connecting import announce, certificates

    asked = Asked(())
    if plan.asked:
        with Progress(quiet=quiet) as progress:
            told = (lambda origin: None) if quiet else announce
            asked = ask(plan.asked, told, certificates(around), progress.answers(len(plan.asked)))
    findings, problems = with_verdicts(result.findings, plan, asked)
    if asked.interrupted:
        done = sum(bool(verdict.checked_at) for verdict in asked.verdicts)
        say(f"unsprawl: interrupted after {done} of {count(len(asked.verdicts), 'answer')}: what is known follows")
    return result._replace(findings=findings, problems=(*result.problems, *problems)), asked.interrupted


def _agreed(question: str) -> bool:
    return click.confirm(question, default=False, err=True)


def _show(plan: Questions, *, quiet: bool) -> None:
    """Who gets how many secrets, and why others are not asked about."""
    if quiet:
        return
    if plan.asked:
        say(f"{count(len(plan.asked), 'secret')} will be sent, each to its own vendor alone:")
        width = len(str(plan.hosts[0][1]))
        for host, number in plan.hosts[:SHOWN]:
            say(f"  {number:>{width}}  {host}{'  (by a rule of your own)' if host in plan.own else ''}")
        if len(plan.hosts) > SHOWN:
            rest = plan.hosts[SHOWN:]
            named = ", ".join(
                f"{host}{f' ({number})' if number > 1 else ''}{' (by a rule of your own)' if host in plan.own else ''}"
                for host, number in rest
            )
            say(f"  {sum(number for _, number in rest):>{width}}  {named}")
        if plan.further:
            say(f"  and where these know nothing of it: {', '.join(plan.further)}")
        if plan.recalled:
            say(f"  about {plan.recalled} of them by checks that nobody has confirmed")
        if plan.costs:
            say(f"  this {_does(plan.costs)}")
    else:
        say("no secret will be sent")
    reasons = Counter(why.reason for why in plan.unasked.values())
    for reason, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        say(f"  {number} not sent: {reason}")
    hosts = sorted({why.host for why in plan.unasked.values() if why.host})
    if hosts:
        say(f"  to allow {'it' if len(hosts) == 1 else 'them'}: {' '.join(f'--allow-host {host}' for host in hosts)}")


def _does(costs: list[str]) -> str:
    return f"costs something or leaves a trace ({'; '.join(costs)})"


def _refused(result: ScanResult, plan: Questions) -> ScanResult:
    """As it was, with a problem for what was to be checked and is not."""
    from unsprawl.scanner.model import Problem
    from unsprawl.scanner.validate.run import CODE

    message = f"{count(len(plan.asked), 'secret')} not validated: you said no"
    return result._replace(problems=(*result.problems, Problem(result.root, CODE, message)))
