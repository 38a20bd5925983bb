"""Validation from questions to verdicts: the only module here that connects to anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from unsprawl.scanner.model import Finding, Problem, State, Verdict
from unsprawl.scanner.oauth.many import hush
from unsprawl.scanner.oauth.network import Network
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.validate.asking import NOT_IN_TIME, Asking
from unsprawl.scanner.validate.questions import Question, Questions

if TYPE_CHECKING:
    import ssl

CODE = "not-validated"
HINT = "Nothing is known of it; try again."


class Asked(NamedTuple):
    """What came of it."""

    verdicts: tuple[Verdict, ...]
    """One for each question."""
    interrupted: bool = False
    """The user stopped it; the verdicts so far are there."""


def ask(
    questions: Sequence[Question],
    announce: Callable[[str], None],
    roots: Callable[[], ssl.SSLContext],
    progress: Callable[[], None] = lambda: None,
) -> Asked:
    """Ask each vendor. `announce` is told each origin before the first connection to it; `progress` of each verdict."""
    import asyncio

    hush()
    verdicts = [Verdict(State.UNKNOWN, NOT_IN_TIME)] * len(questions)

    def found(number: int, verdict: Verdict) -> None:
        verdicts[number] = verdict
        progress()

    try:
        asyncio.run(Asking(Network(announce, roots), found).all(questions))
    except KeyboardInterrupt:
        return Asked(tuple(verdicts), interrupted=True)
    return Asked(tuple(verdicts))


def with_verdicts(
    findings: Sequence[Finding], questions: Questions, asked: Asked
) -> tuple[tuple[Finding, ...], tuple[Problem, ...]]:
    """The findings with what the vendors said, and a problem for each secret that could not be asked about."""
    problems: list[Problem] = []
    told: set[Secret] = set()

    def judged(finding: Finding) -> Finding:
        verdict = _of(finding.secret, questions, asked)
        if verdict is None:
            return finding
        if not verdict.checked_at and finding.secret in questions.of and finding.secret not in told:
            told.add(finding.secret)
            problems.append(Problem(finding.place.path, CODE, verdict.reason, HINT, finding.place.line))
        return finding._replace(verdict=verdict)

    return tuple(map(judged, findings)), tuple(problems)


def _of(secret: Secret, questions: Questions, asked: Asked) -> Verdict | None:
    if secret in questions.of:
        return asked.verdicts[questions.of[secret]]
    if secret in questions.unasked:
        return Verdict(State.UNKNOWN, questions.unasked[secret].reason)
    return None
