"""From findings to what is asked: each distinct secret once, a pair as one, and why not about others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from unsprawl.rules.check import RECALLED
from unsprawl.scanner.model import Finding
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.validate.attempt import Attempt, Wanted, attempts
from unsprawl.scanner.validate.server import Tools, Unasked
from unsprawl.scanner.validate.told import Told


class Question(NamedTuple):
    """One distinct credential, or pair of them."""

    attempts: tuple[Attempt, ...]
    """One after the other, while the answer means that nothing is known of it."""

    @property
    def host(self) -> str:
        """Who is asked first, as people write it."""
        return self.attempts[0].server.shown

    @property
    def about(self) -> frozenset[Secret]:
        """The secrets that the answer is about."""
        return frozenset(secret for attempt in self.attempts for secret in attempt.secrets)

    @property
    def beside(self) -> frozenset[Secret]:
        """All values that are sent, identifiers too."""
        return frozenset(secret for attempt in self.attempts for _, secret in attempt.values)

    @property
    def costs(self) -> frozenset[str]:
        """What asking may cost or leave behind, by any of the attempts."""
        checks = (attempt.check for attempt in self.attempts)
        return frozenset(check.cost or check.traces for check in checks if check.asks_first)


class Questions(NamedTuple):
    """What would be asked, and what not."""

    asked: tuple[Question, ...]
    of: dict[Secret, int]
    """Which of them is about a secret."""
    unasked: dict[Secret, Unasked]
    """Why not, for secrets that a check is known for."""

    @property
    def hosts(self) -> list[tuple[str, int]]:
        """How many secrets each host gets, most first."""
        found = Counter(question.host for question in self.asked)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    @property
    def own(self) -> frozenset[str]:
        """Hosts that rules of the user's own name."""
        return frozenset(question.host for question in self.asked if question.attempts[0].check.own)

    @property
    def recalled(self) -> int:
        """About how many of them in a way that nobody has confirmed."""
        return sum(question.attempts[0].check.evidence == RECALLED for question in self.asked)

    @property
    def further(self) -> list[str]:
        """Hosts that are asked only when others know nothing."""
        first = {question.host for question in self.asked}
        more = {attempt.server.shown for question in self.asked for attempt in question.attempts[1:]}
        return sorted(more - first)

    @property
    def costs(self) -> list[str]:
        """What asking costs or leaves behind, each once."""
        return sorted({cost for question in self.asked for cost in question.costs})


def questions(findings: Iterable[Finding], told: Callable[[Finding], Told], wanted: Wanted, tools: Tools) -> Questions:
    """What to ask about the secrets of these findings."""
    asked: dict[tuple[object, ...], Question] = {}
    of: dict[Secret, tuple[object, ...]] = {}
    unasked: dict[Secret, Unasked] = {}
    places: dict[Secret, list[Finding]] = {}
    for finding in findings:
        places.setdefault(finding.secret, []).append(finding)
    for secret, each in places.items():
        _, found = at_best(each, told, wanted, tools)
        if isinstance(found, Unasked):
            unasked[secret] = found
        elif found:
            key = found[0].key
            asked.setdefault(key, Question(found))
            of[secret] = key
    numbers = {key: number for number, key in enumerate(asked)}
    known = {secret: numbers[key] for secret, key in of.items()}
    for number, question in enumerate(asked.values()):
        first = question._replace(attempts=question.attempts[:1])  # by those after it nobody knows whose half it is
        for secret in first.beside & unasked.keys():  # the other half of a pair
            known[secret] = number
            del unasked[secret]
    return Questions(tuple(asked.values()), known, unasked)


def at_best(
    findings: Sequence[Finding], told: Callable[[Finding], Told], wanted: Wanted, tools: Tools
) -> tuple[Finding, tuple[Attempt, ...] | Unasked | None]:
    """The place by which one secret is asked about, of all that it has, and how.

    One that names the server comes before one that means the usual server without saying so; where one names a server
    that cannot be asked, nobody is: the secret may be for that one alone. What stands in an entry comes before what
    stands alone.
    """
    usual: tuple[Finding, tuple[Attempt, ...]] | None = None
    refused: tuple[Finding, Unasked] | None = None
    for finding in sorted(findings, key=lambda each: each.entry is None):
        found = attempts(finding, told(finding), wanted, tools)
        if isinstance(found, Unasked):
            if refused is None or (found.named and not refused[1].named):
                refused = finding, found
        elif found:
            if not found[0].server.presumed:
                return finding, found
            usual = usual or (finding, found)
    if usual is not None and (refused is None or not refused[1].named):
        return usual
    return refused or (findings[0], None)
