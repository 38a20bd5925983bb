"""The credential within what was found: unwrapped, told from the other half of a pair, looked into, imitated. Pure."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from urllib.parse import unquote

from unsprawl.rules.load import load
from unsprawl.scanner.basic import basic_parts
from unsprawl.scanner.model import Finding
from unsprawl.scanner.validate.pointers import texts_at


def credential_of(finding: Finding) -> tuple[str, str]:
    """The credential itself, and the user name that stands with it in `Basic`, or ""."""
    text = finding.secret.reveal()
    parts = basic_parts(text) if finding.slot.context.role == "basic" else None
    if parts is not None:
        user, password = parts
        return (
            (user, "")
            if not password or (is_of_its_kind(finding, user) and not is_of_its_kind(finding, password))
            else (password, user)
        )
    return (unquote(text), "") if finding.slot.context.kind.group == "url" else (text, "")


def is_of_its_kind(finding: Finding, text: str) -> bool:
    """Whether a text is one of its kind: what is wrapped otherwise must not be called dead."""
    rule = load().get(finding.literal.rule)
    if rule is None or not rule.formats or rule.secret_claims:
        return True
    return any(shape.fits(text) for shape in rule.formats)


def is_identifier(finding: Finding) -> bool:
    """Whether the value names the key of a pair, and its other half is what grants access."""
    rule = load().get(finding.literal.rule)
    text = finding.secret.reveal()
    return rule is not None and any(shape.identifier and shape.fits(text) for shape in rule.formats)


def values_inside(token: str, wanted: Sequence[tuple[str, str]]) -> dict[str, str] | None:
    """The texts at these pointers into a credential that is JSON, plain or in base64; None where one is missing."""
    from base64 import b64decode
    from json import loads

    try:
        data = loads(token if token.lstrip().startswith("{") else b64decode(token, validate=True))
    except (ValueError, RecursionError):
        return None
    return texts_at(data, wanted)


def made_up(token: str) -> str:
    """Another credential of the same shape, which nobody has: its first characters stay, since they tell its kind."""
    kept = token[: min(8, len(token) // 3)]
    alphabets = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    return kept + "".join(
        next((random.choice(letters) for letters in alphabets if character in letters), character)
        for character in token[len(kept) :]
    )
