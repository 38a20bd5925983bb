"""detect-secrets as a second opinion on what no rule knows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from unsprawl.scanner.detect import judge
from unsprawl.scanner.model import Confidence, Context, Harmless, Literal, SlotKind
from unsprawl.scanner.second_opinion import reconsider

ARTIFACTORY = "AKC" + "p5Zq8XrT3nB7vWk2mL9"
RANDOM = "q7Gd" + "2xW9" + "mB4t" + "Zk8s" + "Hn3v"


@pytest.mark.parametrize("name", ["UPSTREAM", "", "REPOSITORY"])
def test_a_format_that_only_a_plugin_knows(name: str) -> None:
    found = judge(ARTIFACTORY, Context(SlotKind.ENV, name))
    assert isinstance(found, Literal)
    assert (found.confidence, found.start, found.end) == (Confidence.LOW, 0, len(ARTIFACTORY))
    assert "Artifactory" in found.reason
    assert ARTIFACTORY not in found.reason


@pytest.mark.parametrize(
    ("value", "context"),
    [
        (RANDOM, Context(SlotKind.ENV, "UPSTREAM")),  # random, but no plugin knows a format
        (ARTIFACTORY, Context(SlotKind.ENV, "TOKEN_PATH")),  # the name says that it is none
        (ARTIFACTORY, Context(SlotKind.OTHER, "description")),  # free text
        (ARTIFACTORY[:12], Context(SlotKind.ENV, "UPSTREAM")),
        ("a plain sentence about nothing", Context(SlotKind.ENV, "UPSTREAM")),
    ],
)
def test_leaves_alone(value: str, context: Context) -> None:
    assert not isinstance(judge(value, context), Literal)


def test_what_a_rule_said_stands() -> None:
    said = Harmless("a model name")
    assert reconsider(said, ARTIFACTORY, Context(SlotKind.ENV, "UPSTREAM")) is said


def test_agreement_lifts_a_weak_finding() -> None:
    value = RANDOM + "/" + "a1Lp6" + "Yc5Q" + "vR9f" + "Jt0E" + "uX7i"
    found = judge(value, Context(SlotKind.ENV, "LICENSE"))
    assert isinstance(found, Literal)
    assert found.confidence is Confidence.MEDIUM
    assert "detect-secrets agrees" in found.reason


def test_it_is_imported_for_random_values_only() -> None:
    script = (
        "import sys; from unsprawl.scanner.detect import judge; from unsprawl.scanner.model import Context, SlotKind;"
        "judge('info', Context(SlotKind.ENV, 'LOG_LEVEL')); judge('{}', Context(SlotKind.ENV, 'API_KEY'));"
        "print('detect_secrets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
