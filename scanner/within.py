"""Values within a value: after an auth scheme, in a URI, in JSON, in a connection string."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from unsprawl.rules.load import load
from unsprawl.scanner.embedded import assigned_password, basic_password, header_line, strings_of_json
from unsprawl.scanner.model import Confidence, Context, Harmless, Judgement, Literal, Severity, SlotKind
from unsprawl.scanner.names import Secrecy, secrecy, secret_header
from unsprawl.scanner.parts import credential_of, host_of, uri_parts, uri_start

Judge: TypeAlias = Callable[[str, Context], Judgement]
"""`detect.judge`, handed in because it is the caller."""
_SEVERITIES = list(Severity)


def judge_inner(value: str, context: Context, judge: Judge) -> Judgement | None:
    """The judgement of what `value` holds; None when it is no such container."""
    if not context.role or context.role == "header":
        judgement = _credential(value, context, judge) or _header_line(value, context, judge)
        if judgement is not None:
            return judgement
    if context.role == "basic":
        return _basic(value, context, judge)
    if value[0] in "{[" and '"' in value:
        return _json(value, context, judge)
    if "://" in value and uri_start(value) is not None:
        return _uri(value, context, judge)
    return _assigned(value, context, judge) if "=" in value else None


def moved(judgement: Judgement, by: int) -> Judgement:
    """The same, in a text where it begins `by` characters later."""
    if isinstance(judgement, Literal) and by:
        return judgement._replace(start=judgement.start + by, end=judgement.end + by)
    return judgement


def _credential(value: str, context: Context, judge: Judge) -> Judgement | None:
    part = credential_of(value)
    if part is None or not (secret_header(context.name) or secrecy(context.name) is not Secrecy.NEUTRAL):
        return None
    return moved(judge(value[part.start : part.end], context._replace(role=part.role)), part.start)


def _header_line(value: str, context: Context, judge: Judge) -> Judgement | None:
    if ":" not in value[:64] or "://" in value[:64]:
        return None
    line = header_line(value)
    if line is None or not secret_header(line[0]):
        return None
    return moved(judge(value[line[1] :], context._replace(name=line[0], role="header")), line[1])


def _basic(value: str, context: Context, judge: Judge) -> Judgement | None:
    """`Basic` credentials: the part after the first colon decides, the whole is the secret."""
    password = basic_password(value)
    if password is None:
        return None
    judgement = judge(password, context._replace(role="password"))
    if not isinstance(judgement, Literal):
        return judgement
    rule = "generic-auth-header" if judgement.rule == "generic-password" else judgement.rule
    reason = "user name and password, base64"
    return Literal(rule, judgement.provider, Severity.HIGH, Confidence.HIGH, reason, 0, len(value))


def _json(value: str, context: Context, judge: Judge) -> Judgement | None:
    """The worst of the strings in a JSON text, each under its own key."""
    strings = strings_of_json(value)
    if strings is None:
        return None
    found: list[Literal] = []
    for name, text, start in strings:
        kind = SlotKind.HEADER if secret_header(name) else context.kind
        judgement = moved(judge(text, context._replace(kind=kind, name=name, role="")), start)
        if isinstance(judgement, Literal):
            found.append(judgement)
    if not found:
        return Harmless("structured text without a credential")
    return min(found, key=lambda literal: _SEVERITIES.index(literal.severity))


def _uri(value: str, context: Context, judge: Judge) -> Judgement | None:
    """The password of a URI. Its query and path are judged part by part, by whoever took the value apart."""
    start = uri_start(value) or 0
    scheme = value[start : value.index("://", start)].lower().partition("+")[0]
    for part in uri_parts(value):
        if part.role == "password":
            rule = load().of_scheme(scheme)
            around = context._replace(role="password", host=host_of(value))
            return _as_rule(judge(value[part.start : part.end], around), rule.id if rule else "", part.start)
    return None


def _assigned(value: str, context: Context, judge: Judge) -> Judgement | None:
    place = assigned_password(value)
    if place is None:
        return None
    around = context._replace(name="password", role="password")
    judgement = _as_rule(judge(value[slice(*place)], around), "uri-other", place[0])
    return (
        judgement if isinstance(judgement, Literal) else Harmless("a connection string without a password of its own")
    )


def _as_rule(judgement: Judgement, rule_id: str, by: int) -> Judgement:
    """A password that was judged on its own, reported under the rule of the text around it."""
    judgement = moved(judgement, by)
    rule = load().get(rule_id)
    if rule is None or not isinstance(judgement, Literal) or not judgement.rule.startswith("generic-"):
        return judgement
    severity = Severity(rule.severity)
    return Literal(rule.id, rule.provider, severity, Confidence.HIGH, rule.name, judgement.start, judgement.end)
