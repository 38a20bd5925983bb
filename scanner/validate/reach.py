"""How far a credential goes, in four words and one severity, from what its vendor says in its own. Pure.

Nothing is guessed down: a scope that no rule knows, and a meaning that is only recalled, leave a credential at least as
severe as its kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from unsprawl.rules.load import compiled, load
from unsprawl.rules.reach import Meaning, Meanings, meanings
from unsprawl.scanner.model import Reach, Right, Severity, State

NO_SCOPE = "(no scope)"
"""Where a vendor tells an empty list of scopes, which is another thing than telling none."""
MOST_READ = 1000
"""So many scopes are looked at; who has more has one that is not known."""
_MOST_KEPT = 100


def measured(rule_id: str, token: str, state: State, login: str, reach: Reach) -> Reach:
    """The reach with rights and severity, as far as the rule of that kind tells them."""
    known = meanings(rule_id)
    if reach.scopes == (NO_SCOPE,) and (known is None or _meaning(known, NO_SCOPE) is None):
        reach = reach._replace(scopes=())  # of this vendor nobody knows what that comes to
    shown = reach._replace(scopes=reach.scopes[:_MOST_KEPT])
    if known is None or not state.works:
        return shown
    found: list[tuple[Sequence[str], str]] = []
    unclear: list[str] = []
    for scope in reach.scopes[:MOST_READ]:
        meaning = _meaning(known, scope)
        if meaning is None:
            unclear.append(scope)
        else:
            found.append((meaning.rights, meaning.severity))
    found += _whole(known, token, state, login)
    for name in reach.roles:
        role = next((each for each in known.roles if name in each.roles), None)
        if role is None:
            unclear.append(name)
        elif not role.beside or not reach.scopes or any(_fits(each, s) for each in role.beside for s in reach.scopes):
            found.append((role.rights, role.severity))
    if not found:
        return shown._replace(unclear=tuple(unclear[:_MOST_KEPT]))
    severities = [Severity(severity) for _, severity in found]
    if unclear or not known.firm or len(reach.scopes) > MOST_READ:
        rule = load().get(rule_id)
        severities += [Severity(rule.severity)] if rule is not None else []
    rights = {right for each, _ in found for right in each}
    return shown._replace(
        rights=tuple(right for right in Right if right in rights),
        severity=min(severities, key=list(Severity).index),  # they begin with the worst
        unclear=tuple(unclear[:_MOST_KEPT]),
    )


def _meaning(known: Meanings, scope: str) -> Meaning | None:
    return next((each for each in known.scopes if any(_fits(pattern, scope) for pattern in each.scopes)), None)


def _whole(known: Meanings, token: str, state: State, login: str) -> Iterator[tuple[Sequence[str], str]]:
    """Of one that was refused something nothing is said of the whole."""
    if state is not State.LIVE:
        return
    for each in known.whole:
        if (not each.token or compiled(each.token).fullmatch(token)) and (
            not each.login or compiled(each.login).fullmatch(login)
        ):
            yield each.rights, each.severity
            return


def _fits(pattern: str, scope: str) -> bool:
    return pattern == scope or ("*" in pattern and _glob(pattern).fullmatch(scope) is not None)


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))))
