"""Is this value a credential, and whose? Pure: text and its surroundings in, a judgement out.

From the surest evidence to the weakest: a vendor's format, a reference, a placeholder, a plain setting, a format that
fits the vendor named beside it, and last what the name and the position imply.
"""

from __future__ import annotations

from unsprawl.rules.load import load
from unsprawl.scanner import generic, known
from unsprawl.scanner.embedded import assigned_password, basic_password, header_line, strings_of_json
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
from unsprawl.scanner.names import Secrecy, is_password, secrecy, secret_header
from unsprawl.scanner.parts import credential_of, host_of, uri_parts, uri_start
from unsprawl.scanner.placeholders import beside, default_of, placeholder, reference_of, shape
from unsprawl.scanner.randomness import classes, has_random_run
from unsprawl.scanner.vendors import brand, named

LONGEST = 16 * 1024
"""Values are cut here before any pattern sees them."""
_QUOTES = "\"'`"
_SCHEMES = frozenset({"bearer", "basic", "token", "apikey", "api-key", "bot", "key", "digest", "negotiate", "header"})


def judge(text: str, context: Context) -> Judgement:
    """What `text` is. Offsets of a `Literal` count in `text` as given."""
    start, end = _trimmed(text)
    value = text[start : min(end, start + LONGEST)]
    if not value:
        return Placeholder("empty")
    return _shifted(_judge(value, context), start)


def _trimmed(text: str) -> tuple[int, int]:
    """Without the blanks and the pair of quotes around it."""
    start, end = 0, len(text)
    while True:
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if end - start >= 2 and text[start] == text[end - 1] and text[start] in _QUOTES[:2]:
            start, end = start + 1, end - 1
        else:
            return start, end


def _shifted(judgement: Judgement, by: int) -> Judgement:
    match judgement:
        case Literal(rule, provider, severity, confidence, reason, start, end) if by:
            return Literal(rule, provider, severity, confidence, reason, start + by, end + by)
        case _:
            return judgement


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
    inner = _inner(value, context)
    if inner is not None:
        return inner
    why = placeholder(value, context.name)
    if why:
        if context.role == "password" or is_password(context.name):
            local = generic.password(value, context)
            return local if isinstance(local, Harmless) else Placeholder(why)
        return Placeholder(why)
    return _by_surroundings(value, context)


def _of_format(hit: known.Hit, value: str, context: Context) -> Judgement | None:
    """A hit turned into a judgement; None when the value has to be judged otherwise."""
    whole = hit.start == 0 and hit.end == len(value)
    if hit.stand_in:
        return Placeholder(hit.stand_in) if whole else None
    rule = hit.rule
    if rule.id == "jwt":
        return judge_jwt(value[hit.start : hit.end], hit.start, context)
    how = "format and checksum" if hit.format.checksum else "format"
    reason = f"{rule.name} ({how})"
    if hit.format.identifier:
        reason = f"{rule.name}: the identifier of a key pair"
    said = brand(context)
    if said and rule.provider and said != rule.provider:
        article = "an" if rule.name[0] in "AEIOaeio" else "a"
        reason = f"looks like {article} {rule.name}, though the name says {said}"
    severity = Severity.MEDIUM if hit.format.identifier else Severity(rule.severity)
    return Literal(rule.id, rule.provider, severity, Confidence.HIGH, reason, hit.start, hit.end)


def _around(value: str, context: Context) -> Literal | None:
    """A credential beside a reference: `sk-live-…${SUFFIX}`."""
    for start, end in beside(value):
        stretch = value[start:end]
        if len(stretch) >= 16 and has_random_run(stretch):
            judgement = _shifted(judge(stretch, context), start)
            if isinstance(judgement, Literal):
                return judgement
    return None


def _inner(value: str, context: Context) -> Judgement | None:
    """Values within the value: after an auth scheme, in a URI, in JSON or a connection string."""
    if not context.role or context.role == "header":
        credential = credential_of(value)
        if credential is not None and (secret_header(context.name) or secrecy(context.name) is not Secrecy.NEUTRAL):
            inner = Context(context.kind, context.name, credential.role, context.package, context.host)
            return _shifted(judge(value[credential.start : credential.end], inner), credential.start)
        line = header_line(value) if ":" in value[:64] and "://" not in value[:64] else None
        if line is not None and secret_header(line[0]):
            inner = Context(context.kind, line[0], "header", context.package, context.host)
            return _shifted(judge(value[line[1] :], inner), line[1])
    if context.role == "basic":
        return _basic(value, context)
    if value[0] in "{[" and '"' in value:
        return _json(value, context)
    if "://" in value and uri_start(value) is not None:
        return _uri(value, context)
    if "=" in value:
        assigned = assigned_password(value)
        if assigned is not None:
            inner = Context(context.kind, "password", "password", context.package, context.host)
            judgement = judge(value[slice(*assigned)], inner)
            if isinstance(judgement, Literal):
                return _as_rule(judgement, "uri-other", assigned[0])
            return Harmless("a connection string without a password of its own")
    return None


def _uri(value: str, context: Context) -> Judgement | None:
    start = uri_start(value) or 0
    scheme = value[start : value.index("://", start)].lower().partition("+")[0]
    rule = load().by_scheme.get(scheme)
    for part in uri_parts(value):
        if part.role != "password":
            continue
        inner = Context(context.kind, context.name, "password", context.package, host_of(value))
        judgement = judge(value[part.start : part.end], inner)
        if isinstance(judgement, Literal) and rule is not None:
            return _as_rule(judgement, rule.id, part.start)
        return judgement
    return None


def _as_rule(literal: Literal, rule_id: str, by: int) -> Literal:
    """A password that was judged on its own, reported under the rule of the text around it."""
    if not literal.rule.startswith("generic-"):
        return Literal(*_fields(literal)[:-2], literal.start + by, literal.end + by)
    rule = load().by_id[rule_id]
    return Literal(
        rule.id,
        rule.provider,
        Severity(rule.severity),
        Confidence.HIGH,
        rule.name,
        literal.start + by,
        literal.end + by,
    )


def _fields(literal: Literal) -> tuple[str, str | None, Severity, Confidence, str, int, int]:
    return (
        literal.rule,
        literal.provider,
        literal.severity,
        literal.confidence,
        literal.reason,
        literal.start,
        literal.end,
    )


def _basic(value: str, context: Context) -> Judgement | None:
    """`Basic` credentials: the part after the first colon decides, the whole is the secret."""
    inner = basic_password(value)
    if inner is None:
        return None
    judgement = judge(inner, Context(context.kind, context.name, "password", context.package, context.host))
    if isinstance(judgement, Literal):
        reason = "user name and password, base64"
        rule, provider = judgement.rule, judgement.provider
        if rule == "generic-password":
            rule = "generic-auth-header"
        return Literal(rule, provider, Severity.HIGH, Confidence.HIGH, reason, 0, len(value))
    return judgement


def _json(value: str, context: Context) -> Judgement | None:
    """The worst of the strings in a JSON text, each under its own key."""
    order = list(Severity)
    worst: Literal | None = None
    found = strings_of_json(value)
    if found is None:
        return None
    for name, text, start in found:
        kind = SlotKind.HEADER if secret_header(name) else context.kind
        judgement = judge(text, Context(kind, name, "", context.package, context.host))
        if isinstance(judgement, Literal) and (
            worst is None or order.index(judgement.severity) < order.index(worst.severity)
        ):
            worst = Literal(*_fields(judgement)[:-2], judgement.start + start, judgement.end + start)
    return worst or Harmless("structured text without a credential")


def _by_surroundings(value: str, context: Context) -> Judgement:
    """What the name, the position and the vendor beside it make of a value that says nothing itself."""
    in_header = context.role in _SCHEMES or (context.kind is SlotKind.HEADER and not context.role)
    by_position = context.role in _SCHEMES - {"header"} or (in_header and secret_header(context.name))
    level = Secrecy.STRONG if by_position or context.role == "password" else secrecy(context.name)
    if context.role == "password":
        return _named_password(value, context)
    passwordish = level is Secrecy.STRONG and is_password(context.name) and not in_header
    setting = shape(value)
    if setting is not None and not setting[1]:
        return Harmless(setting[0])
    fitting = _fitting(value, context, level)
    if fitting is not None:
        return fitting
    if passwordish:
        return Harmless(setting[0]) if setting and setting[0] == "a path" else _named_password(value, context)
    if setting is not None and not (level is Secrecy.STRONG and _no_setting(value)):
        return Harmless(setting[0])
    if level in (Secrecy.STRONG, Secrecy.WEAK):
        rule = known.too_short(value)
        if rule is not None:
            return Placeholder(f"starts like a {rule.name} and is too short for one")
    if by_position:
        return _credited(generic.header(value), context)
    if context.role == "segment":
        return generic.segment(value, context)
    if level is Secrecy.NEUTRAL and (context.role == "user" or not context.name):
        return generic.bare(value, context)
    return _credited(generic.secret(value, context, level), context)


def _no_setting(value: str) -> bool:
    """Whether a value with the shape of a path or host is random text with a `/` or `.` in it."""
    pathlike = ("/" in value or "\\" in value) and ("." in value or value.count("/") > 3)
    return len(value) >= 20 and has_random_run(value) and classes(value) >= 2 and not pathlike


def _fitting(value: str, context: Context, level: Secrecy) -> Literal | None:
    """A format that fits the vendor named by the variable, header, host or package."""
    for rule, by_name in named(context):
        # A host or package says whose key it would be, not that this value is one.
        if not by_name and level not in (Secrecy.STRONG, Secrecy.WEAK):
            continue
        for format_ in rule.formats:
            if not format_.self_identifying and format_.fits(value) and not generic.is_wordy(value):
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
            if by_name and rule.id == "db-password":
                return Literal(
                    rule.id, None, Severity(rule.severity), Confidence.MEDIUM, rule.name, judgement.start, judgement.end
                )
    return judgement


def _credited(judgement: Judgement, context: Context) -> Judgement:
    """With the vendor that the name speaks of."""
    if isinstance(judgement, Literal):
        said = brand(context)
        if said:
            return Literal(
                judgement.rule,
                said,
                judgement.severity,
                judgement.confidence,
                f"{judgement.reason} ({said})",
                judgement.start,
                judgement.end,
            )
    return judgement
