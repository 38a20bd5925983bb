"""A remote entry of a host without references: the bridge under `run`, and when there is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.rewriters.support import Bench, filled, github, last_journal, secret
from unsprawl.rewriters.targets.bridge import PACKAGE, unsafe_bridge
from unsprawl.rewriters.undo import undo
from unsprawl.scanner.policy import Demands, NotAllowed, Policy
from unsprawl.vault.records import list_records
from unsprawl.vault.service import withdraw

PLAIN = ".config/Claude/claude_desktop_config.json"
URL = "https://api.example.com/mcp"
BEARER = {"Authorization": "Bearer @@GITHUB@@"}
HEAD = ["npx", "-y", PACKAGE]


def file_of(bench: Bench, entry: dict[str, object], file: str = PLAIN) -> Path:
    path = bench.home / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(filled(json.dumps({"mcpServers": {"x": entry}}, indent=2)) + "\n")
    return path


def bridged(bench: Bench, entry: dict[str, object], target: str = "run") -> tuple[dict[str, object], dict[str, str]]:
    """The entry afterwards without `unsprawl run REF --`, and what the vault holds; undo brings every byte back."""
    path = file_of(bench, entry)
    before = path.read_bytes()
    bench.migrate(path, target=target)
    after = json.loads(path.read_text())["mcpServers"]["x"]
    assert not bench.examined(path)[0].findings
    [record] = list_records()
    kept = {name: withdraw(record.store, item).reveal() for name, item in record.variables}
    after["args"] = after["args"][3:]
    assert after["args"] == list(record.bindings[0].argv)
    undo(last_journal())
    assert path.read_bytes() == before
    return after, kept


ENTRIES: list[tuple[dict[str, object], list[str], dict[str, str]]] = [
    (
        {"url": URL, "headers": BEARER},
        [*HEAD, URL, "--header", "Authorization:${X_AUTHORIZATION_HEADER}"],
        {"X_AUTHORIZATION_HEADER": "Bearer @@GITHUB@@"},
    ),
    (
        {"type": "http", "url": URL, "headers": {"X-Team": "a", "X-Api-Key": "@@GITHUB@@", "X-Note": "two words"}},
        [
            *[*HEAD, URL, "--header", "X-Team:a", "--header", "X-Api-Key:${X_API_KEY_HEADER}"],
            *["--header", "X-Note:${X_NOTE_HEADER}"],
        ],
        {"X_API_KEY_HEADER": "@@GITHUB@@", "X_NOTE_HEADER": "two words"},
    ),
    (
        {"url": URL, "headers": {"Authorization": "Basic @@GITHUB@@"}},
        [*HEAD, URL, "--header", "Authorization:${X_AUTHORIZATION_HEADER}"],
        {"X_AUTHORIZATION_HEADER": "Basic @@GITHUB@@"},
    ),
    (
        {"type": "sse", "url": "https://api.example.com/sse", "headers": BEARER},
        [
            *[*HEAD, "https://api.example.com/sse", "--header", "Authorization:${X_AUTHORIZATION_HEADER}"],
            *["--transport", "sse-only"],
        ],
        {"X_AUTHORIZATION_HEADER": "Bearer @@GITHUB@@"},
    ),
    (
        {"url": "http://intranet.example/mcp", "headers": BEARER},
        [
            *[*HEAD, "http://intranet.example/mcp", "--header", "Authorization:${X_AUTHORIZATION_HEADER}"],
            "--allow-http",
        ],
        {"X_AUTHORIZATION_HEADER": "Bearer @@GITHUB@@"},
    ),
    (
        {"url": "http://127.0.0.1:3000/mcp", "headers": BEARER},
        [*HEAD, "http://127.0.0.1:3000/mcp", "--header", "Authorization:${X_AUTHORIZATION_HEADER}"],
        {"X_AUTHORIZATION_HEADER": "Bearer @@GITHUB@@"},
    ),
]


@pytest.mark.parametrize(("entry", "words", "kept"), ENTRIES, ids=range(len(ENTRIES)))
def test_the_bridge_sends_what_the_host_sent(
    bench: Bench, entry: dict[str, object], words: list[str], kept: dict[str, str]
) -> None:
    after, stored = bridged(bench, entry)
    assert after == {"command": bench.installed.path, "args": words}
    assert stored == {name: filled(value) for name, value in kept.items()}


def test_what_has_nothing_to_do_with_it_stays(bench: Bench) -> None:
    after, _ = bridged(bench, {"disabled": False, "url": URL, "timeout": 30, "headers": BEARER, "alwaysAllow": ["a"]})
    assert {key: after[key] for key in ("disabled", "timeout", "alwaysAllow")} == {
        "disabled": False,
        "timeout": 30,
        "alwaysAllow": ["a"],
    }


def test_a_bridged_entry_that_was_changed_since_is_put_back_as_a_whole_or_not_at_all(bench: Bench) -> None:
    """Neither an address without its headers nor both an address and a command."""
    path = file_of(bench, {"url": URL, "headers": BEARER, "timeout": 30})
    before = json.loads(path.read_text())
    bench.migrate(path, target="run")
    text = path.read_text()
    path.write_text(text.replace('"timeout": 30', '"timeout": 60'))
    undo(last_journal(), accept=lambda offer: True)
    before["mcpServers"]["x"]["timeout"] = 60
    assert json.loads(path.read_text()) == before

    path = file_of(bench, {"url": URL, "headers": BEARER})
    bench.migrate(path, target="run")
    moved_on = path.read_text().replace("X_AUTHORIZATION_HEADER", "MINE")
    path.write_text(moved_on)
    undo(last_journal(), accept=lambda offer: True)
    assert path.read_text() == moved_on


REFUSED = [
    ({"url": f"{URL}?api_key=@@GITHUB@@"}, "a bridge would get url-query api_key as an argument"),
    ({"url": "https://me:@@GITLAB@@@api.example.com/mcp"}, "as an argument, where every process"),
    ({"url": URL, "headers": BEARER, "oauth": {"clientId": "a"}}, "`oauth` is for servers that the host calls"),
    ({"url": URL, "oauth": {"clientSecret": "@@GITHUB@@"}}, "is nothing that a bridge could send"),
    ({"url": URL, "serverUrl": URL, "headers": BEARER}, "no one address"),
    ({"url": "ftp://api.example.com/mcp", "headers": BEARER}, "no one address"),
    ({"url": URL, "http_headers": BEARER}, "is nothing that a bridge could send"),
]


@pytest.mark.parametrize(("entry", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_no_bridge_can_do_is_refused(bench: Bench, entry: dict[str, object], reason: str) -> None:
    [refusal] = bench.plan(file_of(bench, entry), target="run").refusals
    assert reason in refusal.reason
    assert github() not in refusal.reason + refusal.hint


def test_an_address_with_a_key_goes_over_the_bridge_by_explicit_choice(bench: Bench) -> None:
    after, kept = bridged(bench, {"url": f"{URL}?api_key=@@GITHUB@@&v=2", "headers": {"X-Team": "a"}}, "run-argv")
    assert after["args"] == [*HEAD, f"{URL}?api_key={{vault:X_API_KEY}}&v=2", "--header", "X-Team:a"]
    assert kept == {"X_API_KEY": github()}


def test_the_hosts_own_reference_comes_first(bench: Bench) -> None:
    [step] = bench.plan(file_of(bench, {"url": URL, "headers": BEARER}, ".cursor/mcp.json"), target="run").steps
    assert (step.target, step.record) == ("reference", None)
    assert step.notes == ("Cursor calls this server itself, so there is nothing to start",)


def test_a_policy_without_references_leaves_the_bridge(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    no = NotAllowed("reference", Policy("/p/policy.yaml", None), 1, "")
    monkeypatch.setattr(
        Demands, "refused", lambda self, targets, entry, providers: iter([no] if no.target in targets else [])
    )
    [step] = bench.plan(file_of(bench, {"url": URL, "headers": BEARER}, ".cursor/mcp.json"), target="run").steps
    assert step.target == "run"
    assert step.record is not None
    assert step.record.argv[-1] == "Authorization:${X_AUTHORIZATION_HEADER}"


def test_auto_takes_the_bridge_where_the_host_expands_nothing(bench: Bench) -> None:
    [step] = bench.plan(file_of(bench, {"url": URL, "headers": BEARER})).steps
    assert step.target == "run"
    assert PACKAGE in step.summary


def test_a_bridge_that_runs_what_a_server_says_is_not_kept(bench: Bench) -> None:
    words = ["-y", "mcp-remote@0.1.10", URL, "--header", f"Authorization: Bearer {secret()}"]
    [refusal] = bench.plan(file_of(bench, {"command": "npx", "args": words}), target="run").refusals
    assert refusal.reason == "mcp-remote@0.1.10 runs what a hostile server says (CVE-2025-6514)"
    assert PACKAGE in refusal.hint


@pytest.mark.parametrize(
    ("word", "unsafe"),
    [
        ("mcp-remote@0.1.15", True),
        ("mcp-remote@0.0.5", True),
        ("mcp-remote@0.1.16", False),
        ("mcp-remote@0.1", False),
        ("mcp-remote@latest", False),
        ("mcp-remote", False),
        ("mcp-remote@", False),
        ("other@0.1.1", False),
        (PACKAGE, False),
    ],
)
def test_versions(word: str, unsafe: bool) -> None:
    assert bool(unsafe_bridge(["npx", word])) is unsafe
