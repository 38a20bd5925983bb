"""Is this value a credential, and whose? Pure: text and its surroundings in, a judgement out.

From the surest evidence to the weakest: a vendor's format, a reference, a placeholder, a plain setting, a format that
fits the vendor named beside it, and last what the name and the position imply.
"""

from __future__ import annotations

from functools import lru_cache

from unsprawl.scanner import generic, known
from unsprawl.scanner.contextual import by_surroundings
from unsprawl.scanner.issued import judge_jwt
from unsprawl.scanner.model import (
    Confidence,
    Context,
    Harmless,
    Judgement,
    Literal,
    Placeholder,
    Severity,
    SlotKind,
)
from unsprawl.scanner.names import Secrecy, is_password, secrecy
from unsprawl.scanner.placeholders import beside, default_of, placeholder, reference_of
from unsprawl.scanner.randomness import has_random_run
from unsprawl.scanner.second_opinion import reconsider
from unsprawl.scanner.vendors import alike, brand, claimed
from unsprawl.scanner.within import judge_inner, moved

LONGEST = 16 * 1024
"""Values are cut here before any pattern sees them."""
_SHORT = 256
"""Judgements of values up to this length are remembered."""
_QUOTES = "\"'"


def judge(text: str, context: Context) -> Judgement:
    """What `text` is. Offsets of a `Literal` count in `text` as given."""
    return (_remembered if len(text) <= _SHORT else _judged)(text, context)


def _judged(text: str, context: Context) -> Judgement:
    start, end = _trimmed(text)
    value = text[start : min(end, start + LONGEST)]
    if not value:
        return Placeholder("empty")
    return moved(_judge(value, context), start)


_remembered = lru_cache(maxsize=4096)(_judged)
"""Homes are full of copies: the same value under the same name, in one project after the other."""


def _trimmed(text: str) -> tuple[int, int]:
    """Without the blanks and the pair of quotes around it."""
    start, end = 0, len(text)
    while True:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start >= 2 and text[start] == text[end - 1] and text[start] in _QUOTES:
            start, end = start + 1, end - 1
        else:
            return start, end


def _judge(value: str, context: Context) -> Judgement:
    hit = known.find(value)
    default = default_of(value) if hit else None
    if hit and not (default and default[0] <= hit.start and hit.end <= default[1]):
        judgement = _of_format(hit, value, context)
        if judgement is not None:
            return judgement
    reference = reference_of(value)
    if reference is not None:
        return _around(value, context) or reference
    inner = judge_inner(value, context, judge)
    if inner is not None:
        return inner
    if context.kind is SlotKind.OTHER and not context.role and secrecy(context.name) in (Secrecy.NEUTRAL, Secrecy.VETO):
        return generic.UNKNOWN
    why = placeholder(value, context.name)
    if why:
        if context.role == "password" or is_password(context.name):
            local = generic.password(value, context)
            return local if isinstance(local, Harmless) else Placeholder(why)
        return Placeholder(why)
    return reconsider(by_surroundings(value, context), value, context)


def _of_format(hit: known.Hit, value: str, context: Context) -> Judgement | None:
    """A hit turned into a judgement; None when the value has to be judged otherwise."""
    whole = hit.start == 0 and hit.end == len(value)
    if hit.stand_in:
        return Placeholder(hit.stand_in) if whole else None
    if hit.rule.id == "jwt":
        return judge_jwt(value[hit.start : hit.end], hit.start, context)
    start, end = hit.start, hit.end
    owner = claimed(value, hit.rule, context)
    if owner:
        start, end = 0, len(value)
    rule = owner or claimed(value[start:end], hit.rule, context) or hit.rule
    how = "format and checksum" if hit.format.checksum else "format"
    reason = f"{rule.name} ({how})"
    if hit.format.identifier:
        reason = f"{rule.name}: the identifier of a key pair"
    said = brand(context)
    if said and rule.provider and not alike(said, rule.provider):
        reason = f"looks like {rule.one}, though the name says {said}"
    severity = Severity.MEDIUM if hit.format.identifier else Severity(rule.severity)
    return Literal(rule.id, rule.provider, severity, Confidence.HIGH, reason, start, end)


def _around(value: str, context: Context) -> Literal | None:
    """A credential beside a reference: `sk-live-…${SUFFIX}`."""
    for start, end in beside(value):
        stretch = value[start:end]
        if len(stretch) >= 16 and has_random_run(stretch):
            judgement = moved(judge(stretch, context), start)
            if isinstance(judgement, Literal):
                return judgement
    return None
