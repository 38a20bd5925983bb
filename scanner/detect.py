"""Is this value a credential, and whose? Pure: text and its surroundings in, judgements out.

A value is taken apart first, and each part judged under its own name. From the surest evidence to the weakest: a
vendor's format, a reference, a placeholder, a plain setting, a format that fits the vendor named beside it, and last
what the name and the position imply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from unsprawl.rules.load import Rules, load
from unsprawl.scanner import generic, known
from unsprawl.scanner.basic import basic_password
from unsprawl.scanner.contextual import by_surroundings
from unsprawl.scanner.dissect import Leaf, leaves, trimmed
from unsprawl.scanner.issued import judge_jwt
from unsprawl.scanner.model import (
    Confidence,
    Context,
    Harmless,
    Judgement,
    Literal,
    Placeholder,
    Reference,
    Severity,
    SlotKind,
)
from unsprawl.scanner.names import Secrecy, is_password, publishable, secrecy
from unsprawl.scanner.placeholders import (
    OF_PROXY,
    beside,
    between,
    default_of,
    of_proxy,
    placeholder,
    reference_of,
)
from unsprawl.scanner.randomness import has_random_run
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.second_opinion import reconsider
from unsprawl.scanner.vendors import alike, brand, claimed
from unsprawl.scanner.view import View

LONGEST = 16 * 1024
"""Values are cut here before any pattern sees them."""
_SHORT = 256
"""Judgements of values up to this length are remembered."""
_SEVERITIES = list(Severity)
_MOST_HITS = 50
_KEY_ITSELF = "pem-private-key"


class Verdict(NamedTuple):
    """What one part of a value is. Offsets of a `Literal` count in the text that the value was taken from."""

    leaf: Leaf
    judgement: Judgement
    default: View | None = None
    """Where the leaf is a reference and the judgement that of its default: the default."""


def judge(text: str, context: Context) -> Judgement:
    """What `text` is, the worst of what it holds. Offsets of a `Literal` count in `text` as given."""
    view = trimmed(View.of(text[: 2 * LONGEST])).cut(0, LONGEST)
    found = [verdict.judgement for verdict in verdicts(view, context, leaves(view, context))]
    literals = [judgement for judgement in found if isinstance(judgement, Literal)]
    if literals:
        return min(literals, key=lambda literal: _SEVERITIES.index(literal.severity))
    for kind in (Reference, Placeholder):
        for judgement in found:
            if isinstance(judgement, kind):
                return judgement
    return found[0] if found else Harmless("holds nothing")


def verdicts(view: View, context: Context, held: Sequence[Leaf]) -> Iterator[Verdict]:
    """The judgements of a value: of the leaves that it holds, else of itself.

    A vendor's format that reaches beyond one leaf, or lies in none, is judged for the whole.
    """
    view = view.cut(0, LONGEST)
    if not held:
        yield from _placed(Leaf(view, context))
        return
    if of_proxy(view.text) and (hit := known.find(view.text)) and hit.stand_in == OF_PROXY and hit.covers(view.text):
        yield Verdict(Leaf(view, context), Placeholder(OF_PROXY))
        return
    spans = [leaf.view.span(0, len(leaf.view.text)) for leaf in held]
    wider: list[Literal] = []
    for literal in _formats(view.text, context, identifiers=False):
        start, end = view.span(literal.start, literal.end)
        if not any(first <= start and end <= last for first, last in spans):
            wider.append(literal._replace(start=start, end=end))
    told: set[int] = set()
    for leaf, (first, last) in zip(held, spans, strict=True):
        around = next((literal for literal in wider if literal.start < last and first < literal.end), None)
        for verdict in _placed(leaf):
            if around is None:
                yield verdict
            # The key of a service account is the secret, the text around it only tells whose.
            elif isinstance(verdict.judgement, Literal) and verdict.judgement.rule == _KEY_ITSELF:
                told.add(id(around))
                yield Verdict(leaf, around._replace(start=verdict.judgement.start, end=verdict.judgement.end))
    yield from (Verdict(Leaf(view, context), literal) for literal in wider if id(literal) not in told)


def _placed(leaf: Leaf) -> Iterator[Verdict]:
    """The judgement of a leaf, with what the default of a reference is and further keys in a longer text."""
    view = leaf.view.cut(0, LONGEST)
    found = [_as_rule(_trimmed_judgement(view.text, leaf.context), leaf.rule)]
    if isinstance(found[0], Literal) and not found[0].rule.startswith("generic-"):
        first = found[0]
        found += [
            literal
            for literal in _formats(view.text, leaf.context)
            if literal.start >= first.end or literal.end <= first.start
        ]
    for judgement in found:
        if isinstance(judgement, Literal):
            start, end = view.span(judgement.start, judgement.end)
            judgement = judgement._replace(start=start, end=end)
        yield Verdict(leaf, judgement)
    default = default_of(view.text) if isinstance(found[0], Reference) else None
    if default is not None:
        inner = view.cut(*default)
        context = leaf.context._replace(role="default")
        for verdict in verdicts(inner, context, leaves(inner, context)):
            yield Verdict(leaf, verdict.judgement, inner)


def _trimmed_judgement(text: str, context: Context) -> Judgement:
    return _remembered(text, context, load()) if len(text) <= _SHORT else _fresh(text, context)


def _fresh(text: str, context: Context) -> Judgement:
    inner = trimmed(View.of(text))
    return moved(_judge(inner.text, context), inner.starts[0]) if inner.text else Placeholder("empty")


@lru_cache(maxsize=4096)
def _remembered(text: str, context: Context, _: Rules) -> Judgement:
    """Homes are full of copies: the same value under the same name, in one project after the other."""
    return _fresh(text, context)


def moved(judgement: Judgement, by: int) -> Judgement:
    """The same, in a text where it begins `by` characters later."""
    if isinstance(judgement, Literal) and by:
        return judgement._replace(start=judgement.start + by, end=judgement.end + by)
    return judgement


def _formats(text: str, context: Context, *, identifiers: bool = True) -> list[Literal]:
    """Every stretch that has a vendor's format and is no stand-in, from left to right."""
    found: list[Literal] = []
    waiting = [(0, len(text))]
    while waiting and len(found) < _MOST_HITS:
        first, last = waiting.pop()
        hit = known.find(text[first:last])
        if hit is None or hit.stand_in:
            continue
        # `ID:SECRET`: beside the secret, the identifier is no second finding.
        if hit.format.identifier and not identifiers:
            waiting += [(first, first + hit.start), (first + hit.end, last)]
            continue
        judgement = _of_format(hit, text[first:last], context)
        if isinstance(judgement, Literal):
            found.append(judgement._replace(start=judgement.start + first, end=judgement.end + first))
        waiting += [(first, first + hit.start), (first + hit.end, last)]
    return sorted(found, key=lambda literal: literal.start)


def _judge(value: str, context: Context) -> Judgement:
    hit = known.find(value)
    default = default_of(value) if hit else None
    if hit and not (default and default[0] <= hit.start and hit.end <= default[1]):
        judgement = _of_format(hit, value, context)
        if judgement is not None:
            return judgement
    ours = of_proxy(value)
    if ours:
        if hit and hit.stand_in == OF_PROXY:  # with all that the format has before it
            ours = [(hit.start, hit.end), *((start, end) for start, end in ours if not hit.start <= start < hit.end)]
        return _around(value, context, between(sorted(ours), len(value))) or Placeholder(OF_PROXY)
    reference = reference_of(value)
    if reference is not None:
        return _around(value, context, beside(value)) or reference
    inner = _basic(value, context) if context.role == "basic" else None
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
    if hit.format.identifier and len(value) > hit.end + 1 and value[hit.end] == ":":
        return moved(_trimmed_judgement(value[hit.end + 1 :], context), hit.end + 1)  # `ID:SECRET`
    if whole and hit.rule.id == publishable(context.name):
        return Harmless("publishable by its name")
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


def _around(value: str, context: Context, stretches: Sequence[tuple[int, int]]) -> Literal | None:
    """A credential beside a reference: `sk-live-…${SUFFIX}`."""
    for start, end in stretches:
        stretch = value[start:end]
        if len(stretch) >= 16 and has_random_run(stretch):
            judgement = moved(_trimmed_judgement(stretch, context), start)
            if isinstance(judgement, Literal):
                return judgement
    return None


def _basic(value: str, context: Context) -> Judgement | None:
    """`Basic` credentials: the part after the first colon decides, the whole is the secret."""
    password = basic_password(value)
    if password is None:
        return None
    # An example's address excuses a password that one can read, not one that somebody encoded.
    host = context.host if generic.is_local(context.host) else ""
    judgement = _trimmed_judgement(password, context._replace(role="password", host=host))
    if not isinstance(judgement, Literal):
        return judgement
    rule = "generic-auth-header" if judgement.rule == "generic-password" else judgement.rule
    reason = "user name and password, base64"
    return Literal(rule, judgement.provider, Severity.HIGH, Confidence.HIGH, reason, 0, len(value))


def _as_rule(judgement: Judgement, rule_id: str) -> Judgement:
    """A password that was judged on its own, reported under the rule of the text around it."""
    if not rule_id or not isinstance(judgement, Literal) or not judgement.rule.startswith("generic-"):
        return judgement
    rule = load()[rule_id]
    severity = Severity(rule.severity)
    return Literal(rule.id, rule.provider, severity, Confidence.HIGH, rule.name, judgement.start, judgement.end)
