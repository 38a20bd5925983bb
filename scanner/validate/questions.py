"""From findings to what is asked: each distinct secret once, a pair as one, and why not about others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from unsprawl.rules.check import RECALLED
from unsprawl.scanner.model import Finding
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.validate.attempt import Attempt, Wanted, attempts
from unsprawl.scanner.validate.server import Tools, Unasked, written
from unsprawl.scanner.validate.told import Told


class Question(NamedTuple):
    """One distinct credential, or pair of them."""

    attempts: tuple[Attempt, ...]
    """One after the other, while the answer means that nothing is known of it."""

    @property
    def host(self) -> str:
        """Who is asked first, as people write it."""
        server = self.attempts[0].server
        return written(server.host, server.port)

    @property
    def about(self) -> frozenset[Secret]:
        """The secrets that the answer is about."""
        return frozenset(secret for attempt in self.attempts for secret in attempt.secrets)

    @property
    def beside(self) -> frozenset[Secret]:
        """All values that are sent, identifiers too."""
        return frozenset(secret for attempt in self.attempts for _, secret in attempt.values)


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
        more = {attempt.server.host for question in self.asked for attempt in question.attempts[1:]}
        return sorted(more - first)

    @property
    def costs(self) -> list[str]:
        """What asking costs or leaves behind, each once."""
        checks = (question.attempts[0].check for question in self.asked)
        return sorted({check.cost or check.traces for check in checks if check.asks_first})


def questions(findings: Iterable[Finding], told: Callable[[Finding], Told], wanted: Wanted, tools: Tools) -> Questions:
    """What to ask about the secrets of these findings."""
    asked: dict[tuple[object, ...], Question] = {}
    of: dict[Secret, tuple[object, ...]] = {}
    unasked: dict[Secret, Unasked] = {}
    places: dict[Secret, list[Finding]] = {}
    for finding in findings:
        places.setdefault(finding.secret, []).append(finding)
    for secret, each in places.items():
        found = _first(each, told, wanted, tools)
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


def _first(
    findings: Sequence[Finding], told: Callable[[Finding], Told], wanted: Wanted, tools: Tools
) -> tuple[Attempt, ...] | Unasked | None:
    """By the first place that has all that is needed; what stands in an entry before what stands alone."""
    why: Unasked | None = None
    for finding in sorted(findings, key=lambda each: each.entry is None):
        found = attempts(finding, told(finding), wanted, tools)
        if found is not None and not isinstance(found, Unasked):
            return found
        why = why or found
    return why
