"""What SARIF says about a rule: what it is, why it matters, how to repair it."""

from __future__ import annotations

from typing import Any

from unsprawl.rules.load import load
from unsprawl.rules.rule import Rule
from unsprawl.scanner.record import NamedTuple

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}
"""`security-severity`: code scanning calls above 9 critical, from 7 high, from 4 medium."""

KINDS = {
    "generic-auth-header": "Credential in a header",
    "generic-password": "Password",
    "generic-secret": "Random value that is used as a key",
}
"""Rules that no provider has: what they find."""
CAUTIONS = {
    "dead-reference": (
        "A reference that the host does not expand",
        "The entry names a variable in a way that its host does not expand: the server gets the text as it stands.",
        "Write the reference in the host's own spelling; `unsprawl hosts` shows it.",
    ),
    "world-readable": (
        "A file with secrets that everybody may read",
        "Every user of the machine may read a file that holds literal secrets.",
        "Keep it to yourself (`chmod 600 FILE`), then move the secrets out: `unsprawl migrate FILE`.",
    ),
    "policy-approach": (
        "An approach that the policy does not allow",
        "A server gets its credential in a way that a policy does not allow.",
        "Move the entry up: `unsprawl migrate FILE`, or the OAuth of the service; docs/policy.md tells more.",
    ),
    "policy-host": (
        "A server of hosts that are not in use",
        "By the policy none of the hosts that read this server is in use, so nobody may notice what it holds.",
        "Take the server out of the file, or name its host under `hosts` in the policy.",
    ),
    "policy-target": (
        "A key that is not where the policy says",
        "The key is not written out any more, but went to another target than the policy names.",
        "Take the migration back and migrate again: `unsprawl undo`, `unsprawl migrate FILE`.",
    ),
    "policy-expired": (
        "An exception that ended",
        "The last day of an exception in a policy is over, and it silences nothing any more.",
        "Take it out of the policy, or decide about it anew.",
    ),
    "policy-without-effect": (
        "A part of a policy that has no effect",
        "A policy in a scanned tree can only make things stricter than your own.",
        "Write it into your own policy, `~/.config/unsprawl/policy.yaml`, or take it out.",
    ),
    "toxic-pair": (
        "A server that can read files with secrets",
        "A server that reads files for the agent may read a folder in which a configuration holds literal secrets.",
        "Give the server a smaller folder, or move the secrets out: `unsprawl migrate FILE`.",
    ),
}
"""Warnings: title, what it is, what to do."""

_WHY = (
    "Configurations of MCP hosts, and the programs and documents around them, are copied between machines, backed up "
    "and committed, and every program of the user can read them. Whoever has a copy can use the key until somebody "
    "replaces it."
)
_MOVE = (
    "Move it out of the configuration: `unsprawl migrate FILE` shows each change, asks, and can be undone. "
    "The entry then names a variable or takes the key from the vault. In a program or a document write a reference "
    "in its place by hand."
)
_LOOK = "Look at the entry and correct it."


class _Text(NamedTuple):
    """The parts of a rule's description."""

    title: str
    full: str
    why: str
    steps: tuple[str, ...]


def secret_rule(rule_id: str, severity: str) -> dict[str, Any]:
    """The descriptor of a rule that finds literal secrets. `severity` counts where no provider's rule says it."""
    rule = load().get(rule_id)
    title = rule.name if rule else KINDS.get(rule_id) or _words(rule_id)
    severity = rule.severity if rule else severity
    what = f"{_upper(rule.one) if rule else title} is written out in plain text."
    steps = (_MOVE, _replacement(rule), "Check: `unsprawl scan FILE` finds nothing more.")
    descriptor = _descriptor(rule_id, _Text(f"{title} in plain text", what, _WHY, steps))
    return descriptor | {
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {
            "security-severity": SCORES[severity],
            "tags": ["security", "secrets", "mcp", "external/cwe/cwe-798", "external/cwe/cwe-312"],
        },
    }


def caution_rule(code: str) -> dict[str, Any]:
    """The descriptor of a warning."""
    title, full, step = CAUTIONS.get(code, (_words(code), f"{_words(code)} in an MCP configuration.", _LOOK))
    return _descriptor(code, _Text(title, full, "", (step,))) | {
        "defaultConfiguration": {"level": "note"},
        "properties": {"tags": ["security", "mcp"]},
    }


def _replacement(rule: Rule | None) -> str:
    """Where a key is replaced that stood in a file."""
    if rule and rule.rotate_url:
        return f"Replace the key, since it stood in a file: {rule.rotate_url}"
    return "Replace the key at its provider, since it stood in a file."


def _descriptor(rule_id: str, text: _Text) -> dict[str, Any]:
    numbered = [f"{number}. {step}" for number, step in enumerate(text.steps, 1)] if len(text.steps) > 1 else text.steps
    why = [text.why] if text.why else []
    plain = "\n\n".join([text.full, *why, "\n".join(numbered).replace("`", "")])
    rich = "\n\n".join([f"# {text.title}", text.full, *why, "## Repair", "\n".join(numbered)])
    return {
        "id": rule_id,
        "name": "".join(word[:1].upper() + word[1:] for word in rule_id.split("-")),
        "shortDescription": {"text": text.title},
        "fullDescription": {"text": text.full},
        "help": {"text": plain, "markdown": rich},
    }


def _words(rule_id: str) -> str:
    return _upper(rule_id.replace("-", " "))


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
