"""The decision tree: local or remote, who is let in, how many people. Pure; `explain` shows the way through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unsprawl.scanner.approach_scores import becomes, question
from unsprawl.scanner.hosts import host
from unsprawl.scanner.logins import login_of
from unsprawl.scanner.people import People, hinted
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.candidates import Candidate, Standing
from unsprawl.scanner.remotes.rank import rank_of
from unsprawl.scanner.remotes.unasked import hindrance, why_not

LEAVE, OAUTH, PROBE, BY_HAND = "leave", "oauth", "probe", "by-hand"
"""Advice that no local server follows; of these only `oauth` is a target of `migrate`."""
_BROKER = "wire"
_LOCAL = ("run", "reference", "env-file", "run-argv")
_OF_MANY = ("reference", "run", "env-file", "run-argv")
"""Where many use an entry, or read its file, each person keeps a value of their own first."""
_WORDS = {
    _BROKER: "the broker: the proxy keeps the key from the server too",
    "run": "the vault: the key is handed over when the server starts",
    "reference": "a variable in the file; the value stays outside of it",
    "env-file": "a file of variables that the host loads by itself",
    "run-argv": "the vault, though the key is an argument that other processes can read",
}
_KEPT = "no key is written out in the file"
_UNPROVED = "`--to wire` keeps the key from the server too; nobody has seen this one work so, `verify --start` tells"
_FOR_MANY = "; each person with a key of their own"
_UNSEEN_HOP = "how the server logs in at the service behind it cannot be seen from here"


class Case(NamedTuple):
    """What the tree asks about an entry."""

    local: bool
    rank: int | None
    literal: bool
    """A secret is written out in it."""
    kept: bool
    """It takes a secret from elsewhere: a variable, the vault, a broker."""
    shared: bool
    """The file is shared through git."""
    people: People | None
    """None where nobody said."""
    reads: str
    """What it can read that it should not, or ""."""
    candidates: tuple[Candidate, ...]
    possible: Mapping[str, str]
    """Targets of `migrate`, each with why it cannot be, or "" where it can."""
    proved: bool
    """The server was seen to work behind the proxy."""
    copy: bool
    """No host reads the file."""
    idle: bool = False
    """It starts and calls nothing."""
    because: str = ""
    """Why its approach is what it is."""

    @property
    def many(self) -> bool:
        """Whether more than one person uses it, as somebody said or the file hints."""
        people = hinted(self.people, shared=self.shared)
        return people is not None and people.many


class Step(NamedTuple):
    """One question of the tree, and how it was answered."""

    id: str
    asks: str
    answer: str
    why: str
    """What the answer rests on, or ""."""


class Advice(NamedTuple):
    """What would serve an entry best."""

    target: str
    """A target of `migrate`, `LEAVE`, `OAUTH`, `PROBE` or `BY_HAND`."""
    rank: int | None
    """Of the entry afterwards; None where only a probe can tell."""
    says: str
    reasons: tuple[str, ...]
    path: tuple[Step, ...]


def decide(case: Case) -> Advice:
    """The recommendation and the way to it."""
    if case.copy and case.literal:
        advice = Advice(BY_HAND, None, "a copy that no host reads: delete it", (), ())
    elif case.idle and not case.literal:
        return Advice(BY_HAND, None, "give it a command or an address: it has neither", (), ())
    else:
        advice = _local(case) if case.local else _remote(case)
    return advice._replace(path=tuple(_path(case, advice)))


def _local(case: Case) -> Advice:
    if not case.literal and not case.kept:
        if case.reads:
            return Advice(LEAVE, 7, "it needs no key; but keep it from files with secrets", (case.reads,), ())
        return Advice(LEAVE, 7, "a local server without a secret: nothing sits better", (), ())
    if not case.literal:
        better = _oauth(case)
        reasons = (*_said_of(case),) if better is None else (f"better still: {better.says}",)
        return Advice(LEAVE, case.rank, _KEPT, (*reasons, *_own_keys(case)), ())
    return _oauth(case) or _target(case, _OF_MANY if case.many or case.shared else _LOCAL)


def _remote(case: Case) -> Advice:
    best = case.candidates[0] if case.candidates else None
    if not case.literal:
        if case.kept:
            return Advice(LEAVE, case.rank, _KEPT, (*_said_of(case), *_own_keys(case)), ())
        if best is not None and best.service.registration == "none":
            return Advice(LEAVE, 7, f"{best.service.name} needs no login", ("by the catalogue",), ())
        if case.rank is not None:
            return Advice(LEAVE, case.rank, "the host logs in itself", (_UNSEEN_HOP,), ())
        known = f"by the catalogue {best.service.name} offers a login" if best is not None else ""
        reasons = tuple(filter(None, (known, _UNSEEN_HOP)))
        return Advice(PROBE, None, "whether it asks for a login only a probe can tell", reasons, ())
    return _oauth(case) or _target(case, _OF_MANY)


def _oauth(case: Case) -> Advice | None:
    if case.possible.get(OAUTH):  # why it cannot be is told by `_said_of`
        return None
    for each in case.candidates:
        if each.standing is Standing.OFFERED:
            says = f"the login of {each.service.name} at {each.url}, and no key at all"
            reasons = (*each.reasons, *_of_hosts(each), *_of_auto(each), *_runs_on(each), _UNSEEN_HOP)
            return Advice(OAUTH, rank_of(each), says, reasons, ())
    return None


def _of_hosts(each: Candidate) -> Iterator[str]:
    """What is known of the hosts at that login."""
    for fit in each.fits:
        yield fit.reason if host(fit.host).name in fit.reason else f"{host(fit.host).name}: {fit.reason}"


def _of_auto(each: Candidate) -> Iterator[str]:
    """What one must know before; and whether `migrate` goes there by itself."""
    if each.confirm:
        yield from each.service.caveats
    hindrance_ = hindrance(each)
    if hindrance_:
        yield f"`auto` does not go there unasked: {hindrance_}"


def _runs_on(each: Candidate) -> Iterator[str]:
    products = {login.name: None for issuer in each.service.servers if (login := login_of(issuer)) is not None}
    if products:
        yield f"its login runs on {', '.join(products)}"


def _own_keys(case: Case) -> Iterator[str]:
    """What is right for one person and wrong for many."""
    if case.people is not None and case.people.many:
        yield "where many use it, each needs a key of their own behind that; one key for all is everybody's"


def _target(case: Case, order: tuple[str, ...]) -> Advice:
    passed, refused = list(_said_of(case)), dict[str, list[str]]()
    if case.possible.get(_BROKER) == "" and not case.proved:
        passed.append(_UNPROVED)
    for target in (_BROKER, *order) if case.proved and not (case.many or case.shared) else (*order, _BROKER):
        why = case.possible.get(target)
        if why == "":
            after = becomes(target)
            rank = after.rank if after is not None and after.rank is not None else case.rank
            says = _WORDS[target] + (_FOR_MANY if case.many else "")
            return Advice(target, rank, says, (*passed, *_refused(refused)), ())
        if why:
            refused.setdefault(why, []).append(target)
    says = "take the key out by hand, then revoke it"
    return Advice(BY_HAND, None, says, (*passed, *_refused(refused)), ())


def _refused(targets: Mapping[str, list[str]]) -> Iterator[str]:
    """Why targets cannot be; those with one reason together."""
    for why, which in targets.items():
        yield f"not {', '.join(which)}: {why}"


def _said_of(case: Case) -> Iterator[str]:
    """Why the login of a vendor is not the answer."""
    refused = case.possible.get(OAUTH)
    for each in case.candidates:
        yield from why_not(each)
        if refused and each.standing is Standing.OFFERED:
            yield f"not the login of {each.service.name}: {refused}"
    if not case.candidates and (case.literal or case.kept):
        more = "" if case.local else "; whether it offers a login only a probe can tell"
        yield f"no vendor's remote server is known for it{more}"


def _path(case: Case, advice: Advice) -> Iterator[Step]:
    needs = case.literal or case.kept
    place = "on this machine" if case.local else "remote"
    best = case.candidates[0] if case.candidates else None
    first = f"{place}, {'with a secret' if needs else 'without a secret'}"
    yield Step("Q1", question("Q1"), first, case.because)
    if not needs and case.local:
        return
    if not case.local or advice.target == OAUTH:
        yield Step("Q2", question("Q2"), _population(best), f"the entry {best.reasons[0]}" if best is not None else "")
    if advice.target != LEAVE or not case.local or case.people is not None:
        yield _people(case)


def _population(best: Candidate | None) -> str:
    if best is None:
        return "not known: no row of the catalogue, only a probe can tell"
    name = best.service.name
    return {
        "dcr": f"everybody: {name} registers clients dynamically",
        "dcr-and-cimd": f"everybody: {name} takes client metadata documents, and registers clients dynamically",
        "cimd": f"everybody whose client has a metadata document, says {name}",
        "dcr-listed": f"clients that {name} has let in, whatever its metadata say",
        "preregistered": f"clients that are registered with {name} beforehand",
        "unknown": f"{name} offers a login; how clients register is not known, only a probe can tell",
        "key-only": f"whoever has a key: {name} offers no login",
        "none": f"everybody, without a login: {name}",
        "no-remote": f"no remote server of {name} is known",
    }[best.service.registration]


def _people(case: Case) -> Step:
    people = hinted(case.people, shared=case.shared)
    if people is None:
        answer = "not said; if it is more than one, each needs a login or a key of their own"
        return Step("Q3", question("Q3"), answer, "`--people` or a policy says it")
    each = ": each with a login or a key of their own, never one key for all" if people.many else ""
    return Step("Q3", question("Q3"), f"{people.spoken}{each}", people.by)
