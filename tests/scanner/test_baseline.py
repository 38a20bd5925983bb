"""The baseline as text and as a rule: what it takes, what it refuses, what it silences, how it changes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from unsprawl.scanner.baseline import Baseline, Known
from unsprawl.scanner.baseline_file import is_day, parse, render
from unsprawl.scanner.model import Problem, Silence

PRINTS = [f"{number:024x}" for number in range(10)]
TODAY = "2026-11-28"
ONE: dict[str, Any] = {"fingerprint": PRINTS[1], "path": ".mcp.json", "rule": "github-pat-classic"}


def read(text: str, folder: str = "/w", **options: Any) -> Baseline | Problem:
    return parse(text, f"{folder}/.unsprawl.baseline.json", folder, TODAY, ("/home/you",), **options)


def text(*items: Any, **more: Any) -> str:
    return json.dumps({"schema_version": 1, "findings": list(items), **more})


def good(found: Baseline | Problem) -> Baseline:
    assert isinstance(found, Baseline), found
    return found


def fits(document: str) -> bool:
    schema = json.loads(files("unsprawl.scanner").joinpath("baseline.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return bool(jsonschema.Draft202012Validator(schema).is_valid(json.loads(document)))


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (text(), None),
        (text(ONE), None),
        (text(ONE, **{"$schema": "x"}), None),
        (text({**ONE, "status": "false-positive", "reason": "made up", "history": True}), None),
        (text({**ONE, "expires": "2027-02-28"}), None),
        (text({**ONE, "expires": ""}), None),
        (text({**ONE, "fingerprint": "abc"}), "24 hex digits"),
        (text({**ONE, "fingerprint": PRINTS[1].upper().replace("0", "A")}), "24 hex digits"),
        (text({"fingerprint": PRINTS[1], "rule": "x"}), "lacks path"),
        (text({**ONE, "secret_id": "x"}), "unknown key"),
        (text({**ONE, "reason": 3}), "reason must be a text"),
        (text({**ONE, "history": "yes"}), "history must be true or false"),
        (text({**ONE, "status": "fine"}), "status must be"),
        (text({**ONE, "expires": "soon"}), "YYYY-MM-DD"),
        (text("x"), "is no object"),
        (text(ONE, extra=1), "keys beside"),
        (json.dumps({"findings": []}), "no schema_version"),
        (json.dumps({"schema_version": 1}), "no list of findings"),
        (json.dumps({"schema_version": "1", "findings": []}), "no schema_version"),
        (json.dumps({"schema_version": True, "findings": []}), "no schema_version"),
        (json.dumps({"schema_version": 2, "findings": []}), "newer unsprawl"),
        ("[]", "no schema_version"),
    ],
)
def test_what_a_baseline_may_say(document: str, said: str | None) -> None:
    found = read(document)
    assert fits(document) == (said is None)
    if said is None:
        good(found)
    else:
        assert isinstance(found, Problem)
        assert said in found.message
        assert found.hint


@pytest.mark.parametrize(
    ("document", "said", "line"),
    [
        ("", "not valid JSON", 1),
        ('{\n"schema_version": 1,\n"findings": [}\n', "not valid JSON", 3),
        ('{"schema_version": 1, "schema_version": 1, "findings": []}', "written twice", None),
        (text(ONE, ONE), "stands there already", 1),
        (text({**ONE, "expires": "2027-02-30"}), "YYYY-MM-DD", 1),
        ("[" * 100_000, "not valid JSON", None),
        ('{"schema_version": ' + "1" * 10_000 + ', "findings": []}', "", None),
        (f"{{\n<<<<<<< HEAD\n{json.dumps(ONE)}\n=======\n>>>>>>> theirs\n", "conflict marks", 2),
        ("{\n|||||||" + " base\n", "conflict marks", 2),
    ],
)
def test_what_is_broken_is_told_with_its_line(document: str, said: str, line: int | None) -> None:
    found = read(document)
    assert isinstance(found, Problem)
    assert (found.code, found.line) == ("baseline", line)
    assert said in found.message


def test_a_fault_names_its_line_and_quotes_nothing() -> None:
    bad = {**ONE, "fingerprint": PRINTS[2], "status": "s3cr3t-value"}
    found = read(f'{{"schema_version": 1, "findings": [\n{json.dumps(ONE)},\n{json.dumps(bad)}\n]}}')
    assert isinstance(found, Problem)
    assert found.line == 3
    assert "s3cr3t" not in found.message + found.hint


KNOWN = [
    Known(PRINTS[3], "b/.mcp.json", "r", "x", "env A"),
    Known(PRINTS[1], "b/.mcp.json", "r", "x", "env B", "false-positive", "made up"),
    Known(PRINTS[2], "a.json", "r", expires="2027-01-01", history=True),
]


def test_one_finding_a_line_in_an_order_of_its_own() -> None:
    one, other = render(KNOWN), render(reversed(KNOWN))
    assert one == other
    rows = one.splitlines()
    assert len(rows) == len(KNOWN) + 5
    assert [PRINTS[2] in rows[3], PRINTS[3] in rows[4], PRINTS[1] in rows[5]] == [True] * 3
    assert fits(one)
    again = good(read(one))
    assert sorted(again.known.values()) == sorted(KNOWN)
    assert [again.lines[print_] for print_ in (PRINTS[2], PRINTS[3], PRINTS[1])] == [4, 5, 6]
    assert '"status": "known"' not in one  # what is usual is not written
    assert render([]) == '{\n  "schema_version": 1,\n  "findings": []\n}\n'


def test_a_formatter_may_have_been_at_it() -> None:
    pretty = json.dumps(json.loads(render(KNOWN)), indent=4)
    again = good(read(pretty))
    assert sorted(again.known.values()) == sorted(KNOWN)
    assert pretty.splitlines()[again.lines[PRINTS[1]] - 1].strip().startswith(f'"fingerprint": "{PRINTS[1]}"')


@pytest.mark.parametrize(
    ("known", "folder", "file", "silences"),
    [
        ({}, "/w", "/w/.mcp.json", True),
        ({}, "/w", "/w/sub/.mcp.json", False),  # a repository below it has the same fingerprints
        ({}, "/w", "/x/.mcp.json", False),
        ({}, "/w", "/ww/.mcp.json", False),
        ({"path": "../x/.mcp.json"}, "/w", "/x/.mcp.json", False),
        ({"path": "/x/.mcp.json"}, "/w", "/x/.mcp.json", False),  # out of its folder
        ({"path": "/x/.mcp.json"}, "", "/x/.mcp.json", True),
        ({"path": "~/.cursor/mcp.json"}, "", "/home/you/.cursor/mcp.json", True),
        ({"path": "~/.cursor/mcp.json"}, "", "/home/me/.cursor/mcp.json", False),
        ({"path": "~/a.json"}, "/home/you/w", "/home/you/a.json", False),
        ({"path": "<hidden>/.mcp.json"}, "/w", "/w/whatever/.mcp.json", True),
        ({"path": "<hidden>/.mcp.json"}, "/w", "/x/.mcp.json", False),
        ({"path": "a\\u202eb.json"}, "/w", "/w/a\u202eb.json", True),
        ({"expires": "2026-11-28"}, "/w", "/w/.mcp.json", True),  # on its last day
        ({"expires": "2026-11-27"}, "/w", "/w/.mcp.json", False),
        ({"status": "false-positive", "expires": "2020-01-01"}, "/w", "/w/.mcp.json", False),
    ],
)
def test_what_it_silences(known: dict[str, Any], folder: str, file: str, silences: bool) -> None:
    baseline = good(read(text({**ONE, "reason": "why", **known}), folder))
    assert baseline.reason is Silence.BASELINE
    assert baseline.silences(PRINTS[1], file) == ((1, "why") if silences else None)
    assert baseline.silences(PRINTS[2], file) is None


def test_case_does_not_count_where_the_system_folds_it() -> None:
    document = text({**ONE, "path": "Sub/.MCP.json"})
    assert good(read(document, folded=True)).silences(PRINTS[1], "/w/sub/.mcp.json")
    assert not good(read(document)).silences(PRINTS[1], "/w/sub/.mcp.json")


@pytest.mark.parametrize(
    ("day", "valid"),
    [
        ("2028-02-29", True),
        ("2027-02-29", False),
        ("2027-2-1", False),
        ("20270201", False),
        ("2027-02-01T00:00", False),
        ("", False),
    ],
)
def test_days(day: str, valid: bool) -> None:
    assert is_day(day) == valid
