"""What detect-secrets thinks of a value that no rule of ours knows.

Its plugins are asked about single values, with the name beside them, and answer yes or no. They are never the source
of a secret's text (its GitHub rule answers `ghp` for every token), and nothing is verified: nothing leaves the machine.
Importing it costs a sixth of a second: it is asked about random-looking values only, and most files hold none.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from unsprawl.scanner.generic import UNKNOWN
from unsprawl.scanner.model import Confidence, Context, Judgement, Literal, Severity, SlotKind
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.randomness import has_random_run

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin
    from detect_secrets.plugins.high_entropy_strings import HighEntropyStringsPlugin

SHORTEST, LONGEST = 16, 512
_FORMATS = (
    ("artifactory", "ArtifactoryDetector"),
    ("cloudant", "CloudantDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("ibm_cos_hmac", "IbmCosHmacDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("softlayer", "SoftlayerDetector"),
    ("square_oauth", "SquareOAuthDetector"),
)
"""Those that know formats. Left out: those that our rules know better, public addresses, and Twilio's, which takes
account ids for keys."""
_KINDS = frozenset({SlotKind.ENV, SlotKind.HEADER, SlotKind.ARG, SlotKind.URL_QUERY, SlotKind.FILE})


def reconsider(judgement: Judgement, value: str, context: Context) -> Judgement:
    """The judgement, or what a plugin makes of a value of which `judgement` knows little.

    A random value under a name that says nothing may have a format that a plugin knows; a generic finding of low
    confidence becomes one of medium confidence where the entropy plugins agree.
    """
    if not SHORTEST <= len(value) <= LONGEST or context.kind not in _KINDS or not has_random_run(value):
        return judgement
    match judgement:
        case Literal(rule=rule, confidence=Confidence.LOW) if rule.startswith("generic") and _is_random(value):
            return judgement._replace(confidence=Confidence.MEDIUM, reason=f"{judgement.reason}; detect-secrets agrees")
        case _ if judgement == UNKNOWN and secrecy(context.name) is Secrecy.NEUTRAL:
            kind = _format(value, context.name)
            if not kind:
                return judgement
            reason = f"detect-secrets takes it for: {kind}"
            return Literal("generic-secret", None, Severity.MEDIUM, Confidence.LOW, reason, 0, len(value))
        case _:
            return judgement


def _format(value: str, name: str) -> str:
    """The kind of secret that a plugin sees in `NAME="value"`, or ""."""
    if '"' in value or "\n" in value:
        return ""
    line = f'{name}="{value}"' if name else f'"{value}"'
    return next((str(plugin.secret_type) for plugin in _format_plugins() if any(plugin.analyze_string(line))), "")


def _is_random(value: str) -> bool:
    quoted = f'"{value}"'
    return any(
        value in plugin.analyze_string(quoted) and plugin.calculate_shannon_entropy(value) > plugin.entropy_limit
        for plugin in _entropy_plugins()
    )


@cache
def _format_plugins() -> tuple[BasePlugin, ...]:
    from importlib import import_module

    modules = [(import_module(f"detect_secrets.plugins.{module}"), name) for module, name in _FORMATS]
    return tuple(getattr(module, name)() for module, name in modules)


@cache
def _entropy_plugins() -> tuple[HighEntropyStringsPlugin, ...]:
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString

    return Base64HighEntropyString(), HexHighEntropyString()
