"""`--to wire`: what the entry becomes, what the record is bound to, what is said, and when it is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.rewriters.support import EPHEMERAL, Bench, filled, github, last_journal, write_json
from unsprawl.broker.install import Installed
from unsprawl.rewriters.agreed import agreed
from unsprawl.rewriters.plan import EntryStep
from unsprawl.rewriters.plan_file import plan_json, read_plan
from unsprawl.rewriters.planner import make_plan
from unsprawl.rewriters.status import MigrationStatus, Standing, status
from unsprawl.rewriters.targets.bridge import PACKAGE
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.approach import run_command
from unsprawl.scanner.policy import Demands, NotAllowed, Policy
from unsprawl.vault.destination_text import destination_of, text_of
from unsprawl.vault.records import list_records

URL = "https://mcp.acme.test/mcp"
BEARER = {"Authorization": "Bearer @@GITHUB@@"}
HOSTS = "api.github.com,github.com"
DATABASE = "postgres://app:" + "Xk29" + "sdfQQpz1@db.acme.test/x"


@pytest.fixture
def bench(home: Path) -> Bench:
    return Bench(home)


def file_of(bench: Bench, *entries: dict[str, Any]) -> Path:
    names = ["x", "y", "z"]
    path = write_json(bench.home / ".cursor" / "mcp.json", dict(zip(names, entries, strict=False)))
    path.write_text(filled(path.read_text()))
    return path


def planned(bench: Bench, entry: dict[str, Any], target: str = "wire") -> EntryStep:
    plan = bench.plan(file_of(bench, entry), target=target)
    assert not plan.refusals, [refusal.reason for refusal in plan.refusals]
    return plan.steps[0]


def refused(bench: Bench, entry: dict[str, Any]) -> str:
    plan = bench.plan(file_of(bench, entry), target="wire")
    assert not plan.steps
    [refusal] = plan.refusals
    assert github() not in refusal.reason + refusal.hint
    return refusal.reason


def local(*args: str, command: str = "npx", **env: str) -> dict[str, Any]:
    return {"command": command, "args": list(args), "env": env or {"GITHUB_TOKEN": "@@GITHUB@@"}}


def bridge(*words: str) -> list[str]:
    return ["npx", "-y", PACKAGE, *words, "--enable-proxy"]


MOVED: dict[str, tuple[dict[str, Any], list[str], list[str]]] = {
    "a variable": (
        local("-y", "server-x"),
        ["npx", "-y", "server-x"],
        [f"GITHUB_TOKEN=header,basic@{HOSTS}"],
    ),
    "an argument, which holds the placeholder": (
        {"command": "npx", "args": ["-y", "server-x", "--github-token", "@@GITHUB@@"]},
        ["npx", "-y", "server-x", "--github-token", "{vault:X_GITHUB_TOKEN}"],
        [f"X_GITHUB_TOKEN=header,basic@{HOSTS}"],
    ),
    "within a script": (
        {"command": "sh", "args": ["-c", "GITHUB_TOKEN=@@GITHUB@@ exec npx -y server-x"]},
        ["sh", "-c", "exec npx -y server-x"],
        [f"GITHUB_TOKEN=header,basic@{HOSTS}"],
    ),
    "two accounts of one host": (
        local("-y", "server-x", WORK_GITHUB_TOKEN="@@GITHUB@@", HOME_GITHUB_TOKEN="@@GITHUB2@@"),
        ["npx", "-y", "server-x"],
        [f"HOME_GITHUB_TOKEN=header,basic@{HOSTS}", f"WORK_GITHUB_TOKEN=header,basic@{HOSTS}"],
    ),
    "two vendors": (
        local("-y", "server-x", GITHUB_TOKEN="@@GITHUB@@", SLACK_BOT_TOKEN="@@SLACK@@"),
        ["npx", "-y", "server-x"],
        [f"GITHUB_TOKEN=header,basic@{HOSTS}", "SLACK_BOT_TOKEN=header@slack.com,api.slack.com"],
    ),
    "a server of one's own": (
        local("-y", "server-x", GITLAB_TOKEN="@@GITLAB@@", GITLAB_API_URL="https://gl.acme.test:8443/api/v4"),
        ["npx", "-y", "server-x"],
        ["GITLAB_TOKEN=header,basic@gl.acme.test:8443"],
    ),
    "a header of a remote server": (
        {"url": URL, "headers": {**BEARER, "X-Note": "two words"}},
        bridge(URL, "--header", "Authorization:${X_AUTHORIZATION_HEADER}", "--header", "X-Note:${X_NOTE_HEADER}"),
        ["X_AUTHORIZATION_HEADER=header@mcp.acme.test"],
    ),
    "a header that no rule knows": (
        {"url": "https://mcp.acme.test:8443/mcp", "headers": {"X-Api-Key": "Xk29" + "sdfQQpz1mW40"}},
        bridge("https://mcp.acme.test:8443/mcp", "--header", "X-Api-Key:${X_API_KEY_HEADER}"),
        ["X_API_KEY_HEADER=header@mcp.acme.test:8443"],
    ),
    "a query": (
        {"url": f"{URL}?api_key=@@GITHUB@@&v=2"},
        bridge(f"{URL}?api_key={{vault:X_API_KEY}}&v=2"),
        ["X_API_KEY=query@mcp.acme.test"],
    ),
    "one key in a header and in the query": (
        {"url": f"{URL}?api_key=@@GITHUB@@", "headers": {"X-Api-Key": "@@GITHUB@@"}},
        bridge(f"{URL}?api_key={{vault:X_API_KEY}}", "--header", "X-Api-Key:${X_API_KEY_HEADER}"),
        ["X_API_KEY=query,header@mcp.acme.test", "X_API_KEY_HEADER=query,header@mcp.acme.test"],
    ),
    "a bridge that was there": (
        {"command": "npx", "args": ["-y", "mcp-remote", URL, "--header", "Authorization: Bearer @@GITHUB@@"]},
        ["npx", "-y", "mcp-remote", URL, "--header", "Authorization: Bearer ${X_TOKEN}", "--enable-proxy"],
        ["X_TOKEN=header@mcp.acme.test"],
    ),
    "a bridge that takes the proxy already": (
        {"command": "npx", "args": ["mcp-remote", "--enable-proxy", URL, "--header", "X-Api-Key:@@GITHUB@@"]},
        ["npx", "mcp-remote", "--enable-proxy", URL, "--header", "X-Api-Key:${X_API_KEY}"],
        ["X_API_KEY=header@mcp.acme.test"],
    ),
    "a bridge with the key in a variable": (
        {
            "command": "npx",
            "args": ["mcp-remote", URL, "--header", "X-Api-Key:${API_TOKEN}"],
            "env": {"API_TOKEN": "@@GITHUB@@"},
        },
        ["npx", "mcp-remote", URL, "--header", "X-Api-Key:${API_TOKEN}", "--enable-proxy"],
        ["API_TOKEN=header@mcp.acme.test"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MOVED)
def test_what_becomes_of_an_entry(bench: Bench, name: str) -> None:
    entry, argv, sent = MOVED[name]
    if "${API_TOKEN}" in str(entry):  # Claude Desktop expands nothing in arguments; Cursor would
        path = write_json(bench.home / ".config" / "Claude" / "claude_desktop_config.json", {"x": entry})
        path.write_text(filled(path.read_text()))
    else:
        path = file_of(bench, entry)
    before = path.read_bytes()

    bench.migrate(path, target="wire")

    after = json.loads(path.read_text())["mcpServers"]["x"]
    [record] = list_records()
    assert sorted(map(text_of, record.wire)) == sent
    run = run_command((after["command"], *after["args"]))
    assert run is not None
    assert (run.wire, run.ref, list(run.command)) == (True, record.ref, argv)
    assert tuple(argv) == record.bindings[0].argv
    [examined] = bench.examined(path)
    assert not examined.findings
    [found] = examined.entries
    assert found.approach.rank == 1
    assert "wired" in found.approach.marks
    assert "vaulted" not in found.approach.marks
    assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert path.read_bytes() == before
    assert not list_records()


def test_a_key_that_no_proxy_can_put_in_is_handed_over_and_told(bench: Bench) -> None:
    step = planned(bench, local("-y", "server-x", GITHUB_TOKEN="@@GITHUB@@", DATABASE_URL=DATABASE))
    assert step.record is not None
    assert [each.variable for each in step.record.wire] == ["GITHUB_TOKEN"]
    assert sorted(keep.name for keep in step.keeps) == ["DATABASE_URL", "GITHUB_TOKEN"]
    [note] = [note for note in step.notes if "DATABASE_URL" in note]
    assert "handed to the server as it is" in note
    assert "api.github.com" in step.summary
    path = file_of(bench, local("-y", "server-x", GITHUB_TOKEN="@@GITHUB@@", DATABASE_URL=DATABASE))
    bench.migrate(path, target="wire")
    [(_, outcome)] = verify(bench.examined(path), bench.around)
    assert outcome.status == "failed"  # the program of these tests is made up


REFUSED = {
    "a container": (
        {"command": "docker", "args": ["run", "-i", "-e", "GITHUB_TOKEN=@@GITHUB@@", "img"]},
        "runs in a container",
    ),
    "a container behind a shell": (
        {"command": "sh", "args": ["-c", "docker run -e GITHUB_TOKEN=@@GITHUB@@ img"]},
        "runs in a container",
    ),
    "another machine": (local("box", "npx", "server-x", command="ssh"), "another machine"),
    "a signature": (
        local("-y", "server-x", AWS_SECRET_ACCESS_KEY="aB3dE5fG7hJ9kL1mN3pQ5rS7" + "tU9vW1xY3zA5bC7d"),
        "requests are signed with it",
    ),
    "a database": (local("-y", "server-x", DATABASE_URL=DATABASE), "a database is not spoken to over HTTP"),
    "a loopback API": (
        local("-y", "server-x", GITHUB_TOKEN="@@GITHUB@@", GITHUB_API_URL="http://localhost:3000"),
        "GITHUB_API_URL is not https",
    ),
    "no rule": (local("-y", "server-x", ACME_API_KEY="Xk29" + "sdfQQpz1mW40"), "no rule tells well enough"),
    "http": ({"url": "http://mcp.acme.test/mcp", "headers": BEARER}, "is not https"),
    "this machine": ({"url": "https://localhost:8443/mcp", "headers": BEARER}, "on this machine"),
    "a number": ({"url": "https://10.0.0.8/mcp", "headers": BEARER}, "is a number"),
    "escapes": ({"url": f"{URL}?api_key=Xk29" + "sdfQ%2Bpz1mW40qqA7"}, "escaped once more"),
    "userinfo": ({"url": "https://me:Xk29" + "sdfQQpz1@mcp.acme.test/mcp"}, "a user name beside the host"),
    "another bridge": (
        {"command": "npx", "args": ["supergateway", "--sse", URL, "--header", "Authorization: Bearer @@GITHUB@@"]},
        "not known to take a proxy",
    ),
    "two addresses": (
        {"command": "npx", "args": ["mcp-remote", URL, "https://b.test", "--header", "X-Api-Key:@@GITHUB@@"]},
        "no address that is understood",
    ),
    "a bridge that runs what servers say": (
        {"command": "npx", "args": ["mcp-remote@0.1.2", URL, "--header", "X-Api-Key:@@GITHUB@@"]},
        "CVE-2025-6514",
    ),
    "it is there already": (
        local("run", "--wire", "r", "--", "npx", "x", command="unsprawl"),
        "started by `unsprawl run` already",
    ),
    "an argument beside it that would be shown": (
        {
            "command": "npx",
            "args": ["-y", "server-x", "--password", "Xk29" + "sdfQQpz1"],
            "env": {"GITHUB_TOKEN": "@@GITHUB@@"},
        },
        "nothing would be won",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_when_it_is_refused(bench: Bench, name: str) -> None:
    entry, reason = REFUSED[name]
    assert reason in refused(bench, entry)


def test_a_program_that_nobody_tried_is_noted(bench: Bench) -> None:
    step = planned(bench, local(command="/opt/acme/server"))
    assert any("nobody has seen" in note and "verify --start" in note for note in step.notes)
    assert not planned(bench, local("-y", "server-x")).notes


def test_certificates_that_only_the_server_believes_are_noted(bench: Bench) -> None:
    entry = local("-y", "server-x", GITHUB_TOKEN="@@GITHUB@@", NODE_EXTRA_CA_CERTS="/etc/ssl/acme.pem")
    [note] = planned(bench, entry).notes
    assert "NODE_EXTRA_CA_CERTS says nothing to the proxy" in note
    assert "extra_ca" in note


KNOWN = local("-y", "@modelcontextprotocol/server-github", GITHUB_PERSONAL_ACCESS_TOKEN="@@GITHUB@@")


@pytest.mark.parametrize(
    ("entry", "target"),
    [
        (KNOWN, "wire"),
        (local("-y", "server-x"), "run"),
        ({**KNOWN, "command": "bunx"}, "run"),
        ({**KNOWN, "env": {**KNOWN["env"], "GITHUB_API_URL": "http://localhost:1"}}, "run"),
        ({**KNOWN, "env": {**KNOWN["env"], "NODE_EXTRA_CA_CERTS": "/etc/ssl/acme.pem"}}, "run"),
        ({"url": URL, "headers": BEARER}, "reference"),
        ({"command": "npx", "args": ["-y", "server-x", "--github-token", "@@GITHUB@@"]}, "reference"),
    ],
)
def test_auto(bench: Bench, entry: dict[str, Any], target: str) -> None:
    assert planned(bench, entry, "auto").target == target


def test_auto_never_takes_it_where_everything_else_fails(bench: Bench) -> None:
    path = write_json(
        bench.home / ".config" / "Claude" / "claude_desktop_config.json",
        {"x": {"command": "npx", "args": ["-y", "server-x", "--github-token", github()]}},
    )
    plan = bench.plan(path)
    assert not plan.steps
    assert "wire" not in plan.refusals[0].reason


def test_a_plan_file_names_the_hosts_and_notices_others(bench: Bench) -> None:
    path = file_of(bench, KNOWN)
    written = json.dumps(plan_json(bench.plan(path, target="wire"), "wire", "2026-11-28T00:00:00Z"))
    assert github() not in written
    request = read_plan(written.encode(), "plan.json")
    [keep] = request.steps[0]["keeps"]
    assert keep["sent"] == {"hosts": ["api.github.com", "github.com"], "places": ["header", "basic"]}
    again = bench.plan(path, target="wire")
    found = agreed(again, bench.examined(path), request, lambda made: made)
    assert (len(found.plan.steps), found.refused, found.unasked) == (1, (), 0)
    keep["sent"]["hosts"].append("evil.test")
    found = agreed(again, bench.examined(path), request, lambda made: made)
    assert (found.plan.steps, [each.status for each in found.refused]) == ((), ["refused"])


def test_status_knows_it(bench: Bench) -> None:
    path = file_of(bench, KNOWN)
    bench.migrate(path, target="wire")
    [found] = status()
    assert isinstance(found, MigrationStatus)
    [file] = found.files
    assert file.state is Standing.DONE
    assert file.entries[0].note.target == "wire"


def test_a_shared_file_tells_the_others_where_the_key_goes(bench: Bench, tmp_path: Path) -> None:
    project = bench.home / "project"
    (project / ".git").mkdir(parents=True)
    path = write_json(project / ".mcp.json", {"x": json.loads(filled(json.dumps(KNOWN)))})
    plan = bench.plan(path, target="wire")
    [step] = plan.steps
    [todo] = [each for each in step.todo if "vault add" in each]
    assert f"--sent GITHUB_PERSONAL_ACCESS_TOKEN=header,basic@{HOSTS}" in todo
    assert step.record is not None
    assert step.record.ref == "x"


def test_a_policy_may_forbid_it(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    no = NotAllowed("wire", Policy("/p/policy.yaml", None), 3, "")
    monkeypatch.setattr(
        Demands, "refused", lambda self, targets, entry, providers: iter([no] if no.target in targets else [])
    )
    assert "the policy does not allow it" in refused(bench, KNOWN)
    step = planned(bench, KNOWN, "auto")
    assert step.target == "run"
    assert any("not `wire`: the policy does not allow it" in note for note in step.notes)


ACME = "Xk29" + "sdfQQpz1mW40"


@pytest.mark.parametrize(
    ("entry", "said", "sent"),
    [
        (local("-y", "server-x", ACME_API_KEY=ACME), "ACME_API_KEY=header@api.acme.test", "ACME_API_KEY"),
        (
            {"command": "npx", "args": ["-y", "server-x", "--acme-key", ACME]},
            "acme-key=query@api.acme.test",
            "X_ACME_KEY",
        ),
        (  # in doubt the user knows
            local("-y", "server-x", GITHUB_TOKEN="@@GITHUB@@", GITHUB_MIRROR_URL="https://git.acme.test"),
            "GITHUB_TOKEN=header@git.acme.test",
            "GITHUB_TOKEN",
        ),
    ],
)
def test_where_no_rule_tells_the_user_may(bench: Bench, entry: dict[str, Any], said: str, sent: str) -> None:
    path = file_of(bench, entry)
    plan = bench.plan(path, target="wire")
    [refusal] = plan.refusals
    assert f"--sent {said.partition('=')[0]}=header@HOST" in refusal.hint
    plan = make_plan(bench.examined(path), replace(bench.machine(), sent=(destination_of(said),)), "wire")
    [step] = plan.steps
    assert step.record is not None
    assert [text_of(each) for each in step.record.wire] == [f"{sent}={said.partition('=')[2]}"]


def test_what_can_never_go_is_not_asked_for(bench: Bench) -> None:
    entry, _ = REFUSED["a database"]
    [refusal] = bench.plan(file_of(bench, entry), target="wire").refusals
    assert "--sent" not in refusal.hint


def test_not_on_windows_yet(home: Path) -> None:
    bench = Bench(home, Installed("C:\\Users\\me\\unsprawl.exe", True, "installed for this user"))
    assert "Windows" in refused(bench, KNOWN)
    assert planned(bench, KNOWN, "auto").target == "run"


def test_it_needs_an_unsprawl_that_stays(home: Path) -> None:
    assert "will not be there" in refused(Bench(home, EPHEMERAL), KNOWN)
