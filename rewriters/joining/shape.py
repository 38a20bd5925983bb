"""Whether a value can be what a variable wants: a stand-in, a reference or another vendor's key is none. Pure."""

from __future__ import annotations

from collections.abc import Collection

from unsprawl.rules.load import load
from unsprawl.rules.rule import Rule
from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Context, Literal, Placeholder, Reference, SlotKind
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.vendors import alike, named_by_vendor

GENERIC = "generic-"


class Fault(NamedTuple):
    """What is wrong with a value. A firm one cannot be insisted on."""

    says: str
    firm: bool


def rule_of(secret: Secret, variable: str, package: str) -> str | None:
    """The rule by which a value is known; None for one of no known form."""
    judged = judge(secret.reveal(), Context(SlotKind.ENV, variable, package=package))
    return judged.rule if isinstance(judged, Literal) and not judged.rule.startswith(GENERIC) else None


def fault(secret: Secret, variable: str, package: str, team: Collection[Secret]) -> Fault | None:
    """What is wrong with a value that somebody gives for a variable, or None.

    `team`: the secrets that stand in the repositories, which are nobody's own.
    """
    text = secret.reveal()
    if not text.strip():
        return Fault("that is empty", firm=True)
    if "\0" in text or "\n" in text or "\r" in text or text != text.strip():
        return Fault("it has blanks around it, or more than one line", firm=True)
    if secret in team:
        return Fault(
            "that is a key that stands in the repository, or stood there: the team's old one, and not your own",
            firm=True,
        )
    judged = judge(text, Context(SlotKind.ENV, variable, package=package))
    if isinstance(judged, Placeholder):
        return Fault(f"that is a stand-in and no key ({judged.reason})", firm=True)
    if isinstance(judged, Reference):
        return Fault("that is a reference to a value, and no value", firm=True)
    wanted = named_by_vendor(Context(SlotKind.ENV, variable))
    if not wanted:
        return None
    names = " or ".join(dict.fromkeys(rule.name for rule in wanted[:3]))
    if isinstance(judged, Literal) and not judged.rule.startswith(GENERIC):
        rule = load().get(judged.rule)
        if judged.rule not in {each.id for each in wanted} and not any(_kin(rule, each) for each in wanted):
            return Fault(
                f"by its form it is {rule.one if rule else 'another kind of key'}, and {variable} wants {names}",
                firm=False,
            )
        return None
    told = [shape for rule in wanted for shape in rule.formats]
    if told and all(shape.self_identifying for shape in told) and not any(shape.fits(text) for shape in told):
        return Fault(f"it has not the form of what {variable} wants: {names}", firm=False)
    return None


def _kin(rule: Rule | None, other: Rule) -> bool:
    return (
        rule is not None
        and bool(rule.provider)
        and bool(other.provider)
        and alike(rule.provider or "", other.provider or "")
    )
