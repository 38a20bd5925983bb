"""A value that says nothing itself: what its name, its position and the vendor beside it make of it."""

from __future__ import annotations

from unsprawl.rules.load import compiled, load
from unsprawl.scanner import generic, known
from unsprawl.scanner.model import Confidence, Context, Harmless, Judgement, Literal, Placeholder, Severity, SlotKind
from unsprawl.scanner.names import (
    Secrecy,
    is_password,
    names_phrase,
    normalised,
    plain_header,
    publishable,
    secrecy,
    secret_header,
    weak_as_flag,
    weak_in_query,
)
from unsprawl.scanner.parts import SCHEMES
from unsprawl.scanner.placeholders import CAPABILITY_HOSTS, CAPABILITY_QUERIES, shape
from unsprawl.scanner.randomness import classes, entropy, has_random_run, looks_random
from unsprawl.scanner.vendors import brand, host_in, named, named_by_vendor

_SCHEMES = SCHEMES | {"header"}
"""Roles of a credential in an authorization header; "header" is the whole value of one in an argument."""


def by_surroundings(value: str, context: Context) -> Judgement:
    """What the name, the position and the vendor beside it make of a value that says nothing itself."""
    in_header = context.role in _SCHEMES or (context.kind is SlotKind.HEADER and not context.role)
    by_position = context.role in _SCHEMES - {"header"} or (in_header and secret_header(context.name))
    if in_header and plain_header(context.name):
        return Harmless("a header without a credential")
    level = Secrecy.STRONG if by_position or context.role == "password" else secrecy(context.name)
    if context.role == "password":
        return _named_password(value, context)
    if context.role == "cookie":
        return generic.cookie(value, context)
    phrase = generic.phrase(value) if names_phrase(context.name) else None
    if phrase is not None:
        return _fitting(value, context, Secrecy.STRONG) or phrase
    if level is Secrecy.NEUTRAL and _weak_here(context):
        level = Secrecy.WEAK
    if level in (Secrecy.NEUTRAL, Secrecy.VETO) and not context.role and not named_by_vendor(context):
        if context.name:
            return generic.secret(value, context, level)
        # A word without a name may be the key that this package takes.
        bare = context.kind is SlotKind.ARG and looks_random(value)
        return (_fitting(value, context, Secrecy.WEAK) if bare else None) or generic.bare(value, context)
    if level in (Secrecy.STRONG, Secrecy.WEAK) and (
        publishable(context.name) is not None or load().is_public(normalised(context.name))
    ):
        return Harmless("publishable by its name")
    passwordish = level is Secrecy.STRONG and is_password(context.name) and not in_header
    setting = shape(value)
    if setting is not None and not setting[1]:
        return Harmless(setting[0])
    fitting = _fitting(value, context, level)
    if fitting is not None:
        return fitting
    if passwordish:
        path = setting is not None and setting[0] == "a path" and _is_path(value)
        return Harmless("a path") if path else _named_password(value, context)
    if setting is not None and not (level is Secrecy.STRONG and _no_setting(value)):
        return Harmless(setting[0])
    if level in (Secrecy.STRONG, Secrecy.WEAK):
        rule = known.too_short(value)
        if rule is not None:
            return Placeholder(f"starts like {rule.one} and is too short for one")
    if by_position:
        return _credited(generic.header(value, context), context)
    if context.role in ("segment", "capability"):
        return generic.segment(value, context)
    if level is Secrecy.NEUTRAL and (context.role == "user" or not context.name):
        return generic.bare(value, context)
    return _credited(generic.secret(value, context, level), context)


def _weak_here(context: Context) -> bool:
    """Whether a name that says nothing elsewhere may be that of a credential in this position."""
    if context.role == "query":
        capability = context.name.lower() in CAPABILITY_QUERIES and host_in(context.host, CAPABILITY_HOSTS)
        return weak_in_query(context.name) or capability
    return context.kind is SlotKind.ARG and not context.role and weak_as_flag(context.name)


def _no_setting(value: str) -> bool:
    """Whether a value with the shape of a path or host is random text with a `/` or `.` in it."""
    pathlike = ("/" in value or "\\" in value) and ("." in value or value.count("/") > 3)
    random = (has_random_run(value) and classes(value) >= 2) or (
        len(value) >= 32 and classes(value) == 3 and entropy(value) >= 4.2 and not generic.is_wordy(value)
    )
    return len(value) >= 20 and random and not pathlike


def _is_path(value: str) -> bool:
    """Whether what could be a path is one, under a password's name: a password may begin with `/`."""
    separators = value.count("/") + value.count("\\")
    return separators > 1 or "." in value or (separators == 1 and generic.is_wordy(value))


def _fitting(value: str, context: Context, level: Secrecy) -> Literal | Placeholder | None:
    """A format that fits the vendor named by the variable, header, host or package."""
    # In the path of some hosts' addresses stands the key itself.
    called = level in (Secrecy.STRONG, Secrecy.WEAK) or (
        context.role == "segment" and host_in(context.host, CAPABILITY_HOSTS)
    )
    for rule, by_name in named(context):
        # A host or package says whose key it would be, not that this value is one.
        if not by_name and not called:
            continue
        for format_ in rule.formats:
            if format_.self_identifying or not format_.fits(value) or not known.mixes(format_, value):
                continue
            if format_.by_name and not by_name:
                continue
            if format_.words or not generic.is_wordy(value):
                if any(compiled(pattern).fullmatch(value) for pattern in rule.not_secret):
                    return Placeholder("a documented sample")
                how = "its format under its usual name" if by_name else "a format of the vendor that it is sent to"
                confidence = Confidence.HIGH if by_name else Confidence.MEDIUM
                return Literal(
                    rule.id, rule.provider, Severity(rule.severity), confidence, f"{rule.name} ({how})", 0, len(value)
                )
    return None


def _named_password(value: str, context: Context) -> Judgement:
    judgement = generic.password(value, context)
    if isinstance(judgement, Literal):
        for rule, by_name in named(context):
            if by_name and not rule.formats:
                severity = Severity(rule.severity)
                start, end = judgement.start, judgement.end
                return Literal(rule.id, rule.provider, severity, Confidence.MEDIUM, rule.name, start, end)
    return judgement


def _credited(judgement: Judgement, context: Context) -> Judgement:
    """With the vendor that the name speaks of."""
    said = brand(context)
    if isinstance(judgement, Literal) and said:
        return judgement._replace(provider=said, reason=f"{judgement.reason} ({said})")
    return judgement
