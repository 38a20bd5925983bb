"""A JSON Web Token judged by what it says about itself."""

from __future__ import annotations

from typing import Any

from unsprawl.rules.load import layers, load
from unsprawl.scanner import jwt
from unsprawl.scanner.model import Confidence, Context, Harmless, Judgement, Literal, Placeholder, Severity
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.vendors import claimed


def judge_jwt(token: str, start: int, context: Context) -> Judgement | None:
    """What `token`, found at `start`, is; None when it only looks like a JWT."""
    read = jwt.claims(token)
    if read is None:
        return None
    header, payload = read
    if jwt.is_sample(payload):
        return Placeholder("the sample of jwt.io")
    if str(header.get("alg", "")).lower() == "none":
        return Harmless("a token without a signature")
    rule = load()["jwt"]
    for rules in layers():
        for candidate in rules.by_claim():
            public = candidate.public_claims
            if public and _hold(payload, public):
                said = ", ".join(f"{name} {value}" for name, value in public)
                return Harmless(f"publishable: {said}")
            if _hold(payload, candidate.secret_claims):
                rule = candidate
        if rule.id != "jwt":
            break  # what a bundled rule knows, the user's own do not take over
    if rule.id == "jwt":
        rule = claimed(token, rule, context) or rule
    level = secrecy(context.name)
    if rule.id == "jwt" and level is Secrecy.VETO and not context.role:
        return Harmless("a token under a name that says it is no credential")
    sure = rule.id != "jwt" or level is Secrecy.STRONG or bool(context.role)
    reason = f"{rule.name}{', expired' if jwt.expired(payload) else ''}"
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    return Literal(rule.id, rule.provider, Severity(rule.severity), confidence, reason, start, start + len(token))


def _hold(payload: dict[str, Any], claims: tuple[tuple[str, str], ...]) -> bool:
    """Whether the token makes all of these claims. A `*` at the end of one stands for whatever follows."""
    for name, wanted in claims:
        said = payload.get(name)
        if wanted.endswith("*"):
            if not isinstance(said, str) or not said.startswith(wanted[:-1]):
                return False
        elif said != wanted:
            return False
    return True
