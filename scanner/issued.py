"""A JSON Web Token judged by what it says about itself."""

from __future__ import annotations

from unsprawl.rules.load import load
from unsprawl.scanner import jwt
from unsprawl.scanner.model import Confidence, Context, Harmless, Judgement, Literal, Placeholder, Severity
from unsprawl.scanner.names import Secrecy, secrecy


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
    rules = load()
    rule = rules["jwt"]
    for candidate in rules.by_claim():
        public = candidate.public_claims
        if public and all(payload.get(name) == value for name, value in public):
            said = ", ".join(f"{name} {value}" for name, value in public)
            return Harmless(f"publishable: {said}")
        if all(payload.get(name) == value for name, value in candidate.secret_claims):
            rule = candidate
    level = secrecy(context.name)
    if rule.id == "jwt" and level is Secrecy.VETO and not context.role:
        return Harmless("a token under a name that says it is no credential")
    sure = rule.id != "jwt" or level is Secrecy.STRONG or bool(context.role)
    reason = f"{rule.name}{', expired' if jwt.expired(payload) else ''}"
    confidence = Confidence.HIGH if sure else Confidence.MEDIUM
    return Literal(rule.id, rule.provider, Severity(rule.severity), confidence, reason, start, start + len(token))
