"""The decision tree: local or remote, who is let in, how many people. Pure; `explain` shows the way through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from unsprawl.scanner.approach_scores import becomes, question
from unsprawl.scanner.logins import login_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.candidates import Candidate, Standing
from unsprawl.scanner.remotes.rank import rank_of
from unsprawl.scanner.remotes.unasked import hindrance, why_not

LEAVE, OAUTH, PROBE, BY_HAND = "leave", "oauth", "probe", "by-hand"
"""Advice that is no target of `migrate`, or not yet."""
_BROKER = "wire"
_LOCAL = ("run", "reference", "env-file", "run-argv")
_SHARED = ("reference", "run", "env-file", "run-argv")
"""In a file that is shared through git, each person keeps a value of their own first."""
_WORDS = {
    _BROKER: "the broker: the proxy keeps the key from the server too",
    "run": "the vault: the key is handed over when the server starts",
    "reference": "a variable in the file, and the value with each person",
    "env-file": "a file of variables that the host loads by itself",
    "run-argv": "the vault, though the key is an argument that other processes can read",
}
_UNPROVED = "`--to wire` keeps the key from the server too; nobody has seen this one work so, `verify --start` tells"
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
    people: str
    """"one", "many", or "" where nobody said."""
    reads: str
    """What it can read that it should not, or ""."""
    candidates: tuple[Candidate, ...]
    possible: Mapping[str, str]
    """Targets of `migrate`, each with why it cannot be, or "" where it can."""
    proved: bool
    """The server was seen to work behind the proxy."""
    copy: bool
    """No host reads the file."""


class Step(NamedTuple):
    """One question of the tree, and how it was answered."""

    id: str
    asks: str
    answer: str


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
        return Advice(LEAVE, case.rank, "no key is written out in the file", reasons, ())
    return _oauth(case) or _target(case, _SHARED if case.shared else _LOCAL)


def _remote(case: Case) -> Advice:
    best = case.candidates[0] if case.candidates else None
    if not case.literal:
        if case.kept:
            return Advice(LEAVE, case.rank, "no key is written out in the file", tuple(_said_of(case)), ())
        if best is not None and best.service.registration == "none":
            return Advice(LEAVE, 7, f"{best.service.name} needs no login", ("by the catalogue",), ())
        if case.rank is not None:
            return Advice(LEAVE, case.rank, "the host logs in itself", (_UNSEEN_HOP,), ())
        known = f"by the catalogue {best.service.name} offers a login" if best is not None else ""
        reasons = tuple(filter(None, (known, _UNSEEN_HOP)))
        return Advice(PROBE, None, "whether it asks for a login only a probe can tell", reasons, ())
    return _oauth(case) or _target(case, _SHARED)


def _oauth(case: Case) -> Advice | None:
    for each in case.candidates:
        if each.standing is Standing.OFFERED:
            says = f"the login of {each.service.name} at {each.url}, and no key at all"
            products = {login.name: None for issuer in each.service.servers if (login := login_of(issuer)) is not None}
            runs_on = (f"its login runs on {', '.join(products)}",) if products else ()
            reasons = (*each.reasons, *(each.service.caveats if each.confirm else ()), *runs_on, _UNSEEN_HOP)
            return Advice(OAUTH, rank_of(each), says, reasons, ())
    return None


def _target(case: Case, order: tuple[str, ...]) -> Advice:
    passed, refused = list(_said_of(case)), dict[str, list[str]]()
    if case.possible.get(_BROKER) == "" and not case.proved:
        passed.append(_UNPROVED)
    for target in (_BROKER, *order) if case.proved and not case.shared else (*order, _BROKER):
        why = case.possible.get(target)
        if why == "":
            after = becomes(target)
            rank = after.rank if after is not None and after.rank is not None else case.rank
            return Advice(target, rank, _WORDS[target], (*passed, *_refused(refused)), ())
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
    for each in case.candidates:
        yield from why_not(each)
    if not case.candidates and (case.literal or case.kept):
        yield "no vendor's remote server is known for it"


def _path(case: Case, advice: Advice) -> Iterator[Step]:
    needs = case.literal or case.kept
    place = "on this machine" if case.local else "remote"
    yield Step("Q1", question("Q1"), f"{place}, {'with a secret' if needs else 'without a secret'}")
    if not needs and case.local:
        return
    if not case.local or advice.target == OAUTH:
        yield Step("Q2", question("Q2"), _population(case))
    if advice.target != LEAVE or not case.local:
        yield Step("Q3", question("Q3"), _people(case))


def _population(case: Case) -> str:
    best = case.candidates[0] if case.candidates else None
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


def _people(case: Case) -> str:
    if case.people == "one":
        return "one"
    if case.people == "many" or case.shared:
        many = "many" if case.people == "many" else "many, since the file is shared through git"
        return f"{many}: each with a login or a key of their own, never one key for all"
    return "not said; if it is more than one, each needs a login or a key of their own"
