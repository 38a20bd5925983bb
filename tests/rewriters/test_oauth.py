"""Target `oauth`: which entries get a login in place of their key, what is written, and what is never done unasked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rewriters.support import INSTALLED, NOTHING, Bench, github, kept, last_journal, write_json
from tests.scanner.test_remotes import ASK, KEPT, OFFERED, npx
from tests.systems import filled, looked_into
from unsprawl.rewriters.plan import EntryStep, Refusal
from unsprawl.rewriters.planner import AUTO, Machine, make_plan, plan_entry, situations
from unsprawl.rewriters.stated import NOTHING_STATED, Stated
from unsprawl.rewriters.undo import undo
from unsprawl.rewriters.verify import verify
from unsprawl.scanner.formats.node import pointer

CURSOR, CLAUDE, DESKTOP = "~/.cursor/mcp.json", "~/.claude.json", "~/.config/Claude/claude_desktop_config.json"
VSCODE = "~/.config/Code/User/mcp.json"
LINEAR = npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}")
KEYED = {
    "url": "https://tickets.example.com/mcp?team=a",
    "headers": {"Authorization": "Bearer glpat-{an:20}", "X-A": "b"},
}
PAT = {"GITHUB_PERSONAL_ACCESS_TOKEN": "github_pat_{an:22}_{an:59}"}


def planned(
    entry: dict[str, Any],
    path: str = CURSOR,
    *,
    stated: Stated = NOTHING_STATED,
    named: bool = False,
    target: str = "oauth",
    **others: dict[str, Any],
) -> EntryStep | Refusal:
    """What becomes of an entry called `x` in a file with others."""
    examined = looked_into(path, {"x": entry, **others})
    machine = Machine(INSTALLED, {}, stated=stated)
    plan = make_plan([examined], machine, target, ["x"] if named or others else [])
    [answer] = (*plan.steps, *plan.refusals)
    return answer


def after(step: EntryStep | Refusal) -> dict[str, Any]:
    """The entry afterwards, as data."""
    assert isinstance(step, EntryStep), step.reason
    from unsprawl.rewriters.inverse import value_at
    from unsprawl.rewriters.operations import changed, plain

    path = step.found.entry.key_path
    entry: Any = plain(step.found.server.node)
    for key in reversed(path):
        entry = {key: entry}
    made: Any = value_at(changed(entry, step.operations), path)
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize(("entry", "url"), OFFERED)
def test_the_login_takes_the_place_of_the_key(entry: dict[str, Any], url: str) -> None:
    step = planned(entry)
    assert after(step) == {"url": url}
    assert isinstance(step, EntryStep)
    assert step.keeps == ()
    assert step.record is None
    assert url in step.summary


@pytest.mark.parametrize(("entry", "kinds"), KEPT)
def test_what_says_no_is_a_refusal_with_a_next_step(entry: dict[str, Any], kinds: list[str]) -> None:
    for named in (False, True):
        answer = planned(entry, named=named)
        assert isinstance(answer, Refusal)
        assert "`--to run`" in answer.hint


@pytest.mark.parametrize(("entry", "why"), ASK)
def test_what_is_not_sure_is_never_done_unasked(entry: dict[str, Any], why: str) -> None:
    assert isinstance(planned(entry), Refusal)
    auto = planned(entry, target=AUTO)
    assert not isinstance(auto, EntryStep) or auto.target != "oauth"


NAMED = [
    (npx("ref-tools-mcp", REF_API_KEY="{an:40}"), "https://api.ref.tools/mcp"),
    (npx("@cosmix/linear-mcp", LINEAR_API_KEY="lin_api_{an:40}"), "https://mcp.linear.app/mcp"),
]


@pytest.mark.parametrize(("entry", "url"), NAMED)
def test_a_named_entry_is_asked_for(entry: dict[str, Any], url: str) -> None:
    assert after(planned(entry, named=True)) == {"url": url}


@pytest.mark.parametrize("path", [CURSOR, ".mcp.json"])
@pytest.mark.parametrize("package", ["linear-mcp-servers", "@evil/linear-mcp-server", "linear-mcp-server.git", "x"])
def test_what_only_looks_like_a_vendors_is_none(package: str, path: str) -> None:
    """The name of a variable is the choice of whoever wrote the file, and so is a package that looks like another."""
    for named in (False, True):
        answer = planned(npx(package, LINEAR_API_KEY="lin_api_{an:40}"), path, named=named)
        assert isinstance(answer, Refusal)
        assert "--remote" in answer.hint


HOSTILE = [
    "https://mcp.linear.app@evil.example/mcp",
    "https://mcp.linear.app.evil.example/mcp",
    "https://evil.example/?https://mcp.linear.app/mcp",
    "https://mcp.linear.app:8443/mcp",
    "https://mcp.linear.app\\@evil.example/mcp",
    "http://mcp.linear.app/mcp",
    "https://mcp.linear.app/mcp/../../evil",
]


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.parametrize("bridge", [False, True])
def test_no_address_of_the_file_is_taken_for_a_vendors(url: str, bridge: bool) -> None:
    key = "Bearer lin_api_{an:40}"
    entry = npx("mcp-remote", url, "--header", f"Authorization: {key}") if bridge else {
        "url": url, "headers": {"Authorization": key}
    }  # fmt: skip
    answer = planned(entry, named=True)
    if isinstance(answer, EntryStep):
        assert after(answer) == {"url": "https://mcp.linear.app/mcp"}


def test_values_of_a_limit_are_no_way_into_the_address() -> None:
    for value in ("abc&project_ref=other", "a#b", "a\nb", "a b", "$(id)", "x" * 300, "[red]", "ä"):
        entry = npx("@supabase/mcp-server-supabase", f"--project-ref={value}", SUPABASE_ACCESS_TOKEN="sbp_{h:40}")
        answer = planned(entry)
        assert isinstance(answer, Refusal), value
        assert value not in answer.reason + answer.hint


SAID = [
    (KEYED, CURSOR, "", {"url": "https://tickets.example.com/mcp?team=a", "headers": {"X-A": "b"}}),
    (KEYED, CURSOR, "https://new.example.com/mcp", {"url": "https://new.example.com/mcp", "headers": {"X-A": "b"}}),
    (npx("own-server", OWN_API_KEY="{an:40}"), CLAUDE, "http://127.0.0.1:3000/mcp",
     {"type": "http", "url": "http://127.0.0.1:3000/mcp"}),
    (npx("mcp-remote", "https://a.example/mcp", "--header", "Authorization: Bearer glpat-{an:20}", "--header",
         "X-A: b"), CLAUDE, "", {"type": "http", "url": "https://a.example/mcp", "headers": {"X-A": "b"}}),
    (npx("mcp-remote@0.1.2", "https://a.example/mcp", "--header", "Authorization: Bearer glpat-{an:20}", "--header",
         "X-A: b"), DESKTOP, "",
     {"command": "npx", "args": ["-y", "mcp-remote@0.15.1", "https://a.example/mcp", "--header", "X-A:b"]}),
    ({**npx("own-server", OWN_API_KEY="{an:40}", PATH="/opt/bin", LOG="x"), "disabled": True, "timeout": 9}, DESKTOP,
     "https://a.example/mcp",
     {"command": "npx", "args": ["-y", "mcp-remote@0.15.1", "https://a.example/mcp"], "env": {"PATH": "/opt/bin"},
      "disabled": True, "timeout": 9}),
    ({**npx("own-server", OWN_API_KEY="{an:40}"), "disabled": True, "autoApprove": ["a"], "cwd": "/x"}, CURSOR,
     "https://a.example/mcp", {"url": "https://a.example/mcp", "disabled": True, "autoApprove": ["a"]}),
    ({"type": "stdio", **npx("own-server", OWN_API_KEY="{an:40}")}, CURSOR, "https://a.example/mcp",
     {"url": "https://a.example/mcp"}),
    ({"type": "stdio", **npx("own-server", OWN_API_KEY="{an:40}"), "envFile": "x.env"}, VSCODE,
     "https://a.example/mcp", {"type": "http", "url": "https://a.example/mcp"}),
    (npx("@notionhq/notion-mcp-server", NOTION_TOKEN="ntn_{d:11}{an:35}"), CURSOR, "https://mcp.notion.com/mcp",
     {"url": "https://mcp.notion.com/mcp"}),  # nobody but the user may say that the bot becomes a person
]  # fmt: skip


@pytest.mark.parametrize(("entry", "path", "url", "expected"), SAID)
def test_where_the_user_says_the_address(entry: dict[str, Any], path: str, url: str, expected: dict[str, Any]) -> None:
    without = planned(entry, path, named=True)
    assert isinstance(without, Refusal)
    assert after(planned(entry, path, stated=Stated({"x": url}))) == expected


UNSAID = [
    ({"url": "http://a.example/mcp", "headers": {"Authorization": "Bearer glpat-{an:20}"}}, CURSOR, "", "plain http"),
    (npx("own-server", OWN_API_KEY="{an:40}"), "~/p/.github/workflows/.mcp.json", "https://a.example/mcp", "CI"),
    (npx("own-server", "--read-only", OWN_API_KEY="{an:40}"), CURSOR, "https://a.example/mcp", "only read"),
    (npx("own-server", OWN_API_KEY="{an:40}", SANDBOX="1"), CURSOR, "https://a.example/mcp", "sandbox"),
    (npx("@zereight/mcp-gitlab", GITLAB_PERSONAL_ACCESS_TOKEN="{an:40}", GITLAB_API_URL="https://git.corp.example/api"),
     CURSOR, "https://gitlab.com/api/v4/mcp", "server of your own"),
    ({**npx("own-server", OWN_API_KEY="{an:40}"), "url": "https://a.example/mcp"}, CURSOR, "", "command beside"),
    ({"url": "https://a.example/mcp", "auth": {"CLIENT_ID": "a", "CLIENT_SECRET": "{an:40}"}}, CURSOR, "",
     "secret of a registered client"),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "path", "url", "why"), UNSAID)
def test_what_the_user_cannot_say(entry: dict[str, Any], path: str, url: str, why: str) -> None:
    answer = planned(entry, path, stated=Stated({"x": url}))
    assert isinstance(answer, Refusal)
    assert why in answer.reason, answer.reason


GITHUB_IMAGE = "ghcr.io/github/github-mcp-server"
GITHUB = [
    # A host with an application of its own at GitHub.
    (npx("@modelcontextprotocol/server-github", **PAT, GITHUB_TOOLSETS="repos,issues", GITHUB_READ_ONLY="1"), VSCODE,
     NOTHING_STATED, {"url": "https://api.githubcopilot.com/mcp/",
                      "headers": {"X-MCP-Toolsets": "repos,issues", "X-MCP-Readonly": "true"}}),
    # The local server's own login: the key goes, the server stays.
    ({"command": "docker", "args": ["run", "-i", "--rm", "-e", "GITHUB_PERSONAL_ACCESS_TOKEN", GITHUB_IMAGE],
      "env": PAT}, CURSOR, NOTHING_STATED,
     {"command": "docker", "args": ["run", "-p", "127.0.0.1:8085:8085", "-i", "--rm", GITHUB_IMAGE]}),
    ({"command": "docker", "args": ["run", "-i", "-p", "127.0.0.1:8085:8085", f"-eGITHUB_PERSONAL_ACCESS_TOKEN="
      f"{PAT['GITHUB_PERSONAL_ACCESS_TOKEN']}", "-e", "GITHUB_TOOLSETS=repos", GITHUB_IMAGE]}, CURSOR, NOTHING_STATED,
     {"command": "docker",
      "args": ["run", "-i", "-p", "127.0.0.1:8085:8085", "-e", "GITHUB_TOOLSETS=repos", GITHUB_IMAGE]}),
    ({"command": "/opt/github-mcp-server", "args": ["stdio", "--read-only"], "env": {**PAT, "LOG": "x"}}, CURSOR,
     NOTHING_STATED, {"command": "/opt/github-mcp-server", "args": ["stdio", "--read-only"], "env": {"LOG": "x"}}),
    # A client that the user registered.
    (npx("@modelcontextprotocol/server-github", **PAT), DESKTOP, Stated(clients={"x": "Iv1.0123"}),
     {"command": "npx", "args": ["-y", "mcp-remote@0.15.1", "https://api.githubcopilot.com/mcp/",
                                 "--static-oauth-client-info", '{"client_id":"Iv1.0123"}']}),
    (npx("@modelcontextprotocol/server-github", **PAT), CLAUDE, Stated(clients={"x": "Iv1.0123"}),
     {"type": "http", "url": "https://api.githubcopilot.com/mcp/", "oauth": {"clientId": "Iv1.0123"}}),
    (npx("@modelcontextprotocol/server-github", **PAT), CLAUDE, Stated(clients={"x": "Iv1.0123"}, ports={"x": 8765}),
     {"type": "http", "url": "https://api.githubcopilot.com/mcp/",
      "oauth": {"clientId": "Iv1.0123", "callbackPort": 8765}}),
    # A client has a secret that Cursor takes from its file alone: the server's own login needs none.
    ({"command": "/opt/github-mcp-server", "args": ["stdio"], "env": PAT}, CURSOR, Stated(clients={"x": "Iv1.0123"}),
     {"command": "/opt/github-mcp-server", "args": ["stdio"]}),
]  # fmt: skip


def test_two_hosts_of_one_file_sign_in() -> None:
    step = planned(LINEAR, "/home/you/project/.mcp.json")
    assert isinstance(step, EntryStep)
    assert step.summary.endswith("Claude Code and GitHub Copilot CLI sign in, and no key is left")


@pytest.mark.parametrize(("entry", "path", "stated", "expected"), GITHUB)
def test_the_ways_of_github(entry: dict[str, Any], path: str, stated: Stated, expected: dict[str, Any]) -> None:
    assert after(planned(entry, path, stated=stated)) == expected


@pytest.mark.parametrize("path", [CURSOR, CLAUDE, DESKTOP])
def test_github_without_a_way_in(path: str) -> None:
    answer = planned(npx("@modelcontextprotocol/server-github", **PAT), path, named=True)
    assert isinstance(answer, Refusal)
    assert ("--client-id x=ID" in answer.hint) == (path != CURSOR)
    assert "--to reference" in answer.hint


def test_a_port_that_was_registered_is_asked_for() -> None:
    entry = npx("@modelcontextprotocol/server-github", **PAT)
    without = planned(entry, CLAUDE, stated=Stated(clients={"x": "Iv1.0123"}))
    assert isinstance(without, EntryStep)
    assert any("--callback-port x=PORT" in note for note in without.notes)
    with_it = planned(entry, CLAUDE, stated=Stated(clients={"x": "Iv1.0123"}, ports={"x": 8765}))
    assert isinstance(with_it, EntryStep)
    assert not any("--callback-port" in note for note in with_it.notes)


def test_one_secret_never_takes_the_place_of_another() -> None:
    """Cursor takes the secret of a client from its file alone, and GitHub gives every client one."""
    entry = npx("@modelcontextprotocol/server-github", **PAT)
    answer = planned(entry, CURSOR, stated=Stated(clients={"x": "Iv1.0123"}))
    assert isinstance(answer, Refusal)
    assert "one secret would stand in the place of another" in answer.reason


def test_a_client_that_the_vendor_publishes_and_its_port() -> None:
    entry = npx("slack-mcp-server", SLACK_MCP_XOXP_TOKEN="xoxp-{d:12}-{d:12}-{d:12}-{h:32}")
    made = after(planned(entry, CLAUDE))
    assert made["oauth"] == {"clientId": "1601185624273.8899143856786", "callbackPort": 3118}


@pytest.mark.parametrize("entry", [LINEAR, {"url": "https://mcp.linear.app/sse", "headers": LINEAR["env"]}])
def test_a_second_account_stays(entry: dict[str, Any]) -> None:
    other = npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}")
    answer = planned(LINEAR, work=other)
    assert isinstance(answer, Refusal)
    assert "another account" in answer.reason
    answer = planned(npx("linear-mcp-server", LINEAR_API_KEY="lin_api_{an:40}"), work={"url": entry.get("url", "")})
    assert isinstance(answer, EntryStep)


def test_an_entry_that_is_logged_in_there_is_a_second_account() -> None:
    examined = looked_into(CURSOR, {"x": LINEAR, "work": {"url": "https://mcp.linear.app/mcp"}})
    [refusal] = make_plan([examined], Machine(INSTALLED, {}), "oauth").refusals
    assert "`work`" in refusal.reason
    [step] = make_plan([examined], Machine(INSTALLED, {}), "oauth", ["x"]).steps
    assert after(step) == {"url": "https://mcp.linear.app/mcp"}


def test_auto_takes_it_only_where_it_is_recommended_and_changes_nothing_else() -> None:
    supabase = npx("@supabase/mcp-server-supabase", "--project-ref=abcdefgh", SUPABASE_ACCESS_TOKEN="sbp_{h:40}")
    [situation] = situations([looked_into(CURSOR, {"x": supabase})], Machine(INSTALLED, {}))
    assert isinstance(plan_entry(situation, "oauth"), EntryStep)
    unasked = plan_entry(replace(situation, chosen=False), "oauth")
    assert isinstance(unasked, Refusal)
    assert "changes more than the key" in unasked.reason
    assert isinstance(plan_entry(replace(situation, chosen=False, named=True), "oauth"), EntryStep)


@pytest.mark.parametrize("entry", [LINEAR, KEYED, npx("own-server", OWN_API_KEY="{an:40}", LOG="x")])
@pytest.mark.parametrize("path", [CURSOR, CLAUDE, DESKTOP])
def test_there_and_back(bench: Bench, home: Path, entry: dict[str, Any], path: str) -> None:
    config = home / path.removeprefix("~/")
    write_json(config, {"other": {"command": "true"}, "x": filled(entry, Random(1)), "last": {"url": "https://a.b/c"}})
    before = config.read_bytes()
    plan = bench.plan(config, target="oauth", stated=Stated({"x": "https://a.example/mcp"}))
    outcomes, journal = bench.apply(plan)
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert not [found for examined in bench.examined(config) for found in examined.findings]

    [verified] = [outcome for found, outcome in verify(bench.examined(config), bench.around) if found.entry.name == "x"]
    assert verified.status in ("todo", "failed")
    assert "no login was tried" in verified.reason or "not on PATH" in verified.reason

    assert {outcome.status for outcome in undo(journal)} == {"restored"}
    assert config.read_bytes() == before
    assert kept() == NOTHING
    assert verify(bench.examined(config), bench.around) == []


def test_undo_of_an_entry_whose_file_has_changed_since(bench: Bench, home: Path) -> None:
    config = write_json(home / ".claude.json", {"x": {"type": "stdio", **filled(LINEAR, Random(1))}}, starts=1)
    was = json.loads(config.read_text())
    bench.apply(bench.plan(config, target="oauth"))
    config.write_text(config.read_text().replace('"starts": 1', '"starts": 2'))
    assert {outcome.status for outcome in undo(last_journal())} == {"restored"}
    assert json.loads(config.read_text()) == {**was, "starts": 2}


def test_undo_puts_back_all_of_an_entry_or_nothing(bench: Bench, home: Path) -> None:
    """A type without its command would be no server at all."""
    config = write_json(home / ".claude.json", {"x": {"type": "stdio", **filled(LINEAR, Random(1))}})
    bench.apply(bench.plan(config, target="oauth"))
    config.write_text(config.read_text().replace("mcp.linear.app/mcp", "mcp.linear.app/v2"))
    changed = config.read_bytes()
    outcomes = undo(last_journal(), accept=lambda offer: bool(offer.fields))
    assert "restored" not in {outcome.status for outcome in outcomes}
    assert config.read_bytes() == changed


def test_verify_sees_what_keeps_the_host_from_a_login(bench: Bench, home: Path) -> None:
    config = write_json(home / ".config/crush/crush.json", {"x": filled(LINEAR, Random(1))}, key="mcp")
    bench.apply(bench.plan(config, target="oauth"))
    text = config.read_text()
    assert '"oauth": true' in text
    for old, new in (('"oauth": true', '"oauth": false'), (',\n      "oauth": true', "")):
        config.write_text(text.replace(old, new))
        [(_, outcome)] = verify(bench.examined(config), bench.around)
        assert outcome.status == "failed"
        assert "does not log in" in outcome.reason


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
_ENTRIES = st.fixed_dictionaries(
    {"command": st.sampled_from(["npx", "uvx", "/opt/x y/server"]), "args": st.lists(_WORDS, max_size=4)},
    optional={
        "env": st.dictionaries(st.from_regex(r"[A-Z]{1,8}", fullmatch=True), _WORDS, max_size=3),
        "disabled": st.booleans(),
        "timeout": st.integers(),
        "type": st.sampled_from(["stdio", "local"]),
        "autoApprove": st.lists(_WORDS, max_size=2),
        "cwd": _WORDS,
    },
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entry=_ENTRIES, path=st.sampled_from([CURSOR, CLAUDE, DESKTOP, VSCODE]), indent=st.sampled_from([None, 1, 4]))
def test_whatever_the_entry_says_it_comes_back(
    entry: dict[str, Any], path: str, indent: int | None, bench: Bench, home: Path
) -> None:
    config = home / path.removeprefix("~/")
    config.parent.mkdir(parents=True, exist_ok=True)
    entry["env"] = {**entry.get("env", {}), "GITHUB_TOKEN": github()}
    key = "servers" if path == VSCODE else "mcpServers"
    text = json.dumps({"a": [1.50, "\u00e9"], key: {"x": entry, "y": {"command": "true"}}}, indent=indent)
    config.write_text(text, encoding="utf-8")
    plan = bench.plan(config, target="oauth", stated=Stated({"x": "https://a.example/mcp"}))
    for refusal in plan.refusals:
        assert github() not in refusal.reason
    outcomes, journal = bench.apply(plan)
    assert {outcome.status for outcome in outcomes} <= {"done"}
    if plan.steps:
        written = json.loads(config.read_text())
        assert github() not in config.read_text()
        assert written["a"] == [1.50, "\u00e9"]
        assert written[key]["y"] == {"command": "true"}
        assert {outcome.status for outcome in undo(journal)} == {"restored"}
    assert config.read_text(encoding="utf-8") == text


def test_the_journal_says_what_was_done_and_no_value(bench: Bench, home: Path) -> None:
    config = write_json(home / ".cursor/mcp.json", {"x": filled(LINEAR, Random(1))})
    key = json.loads(config.read_text())["mcpServers"]["x"]["env"]["LINEAR_API_KEY"]
    bench.apply(bench.plan(config, target="oauth"))
    journal = last_journal()
    [entry] = journal.files[0].entries
    assert (entry.target, entry.pointer) == ("oauth", pointer(("mcpServers", "x")))
    assert entry.rotate
    assert entry.rotate[0][0] == "Linear API key" or entry.rotate[0][1].startswith("https://linear.app")
    assert key not in journal.path.read_text()


def test_what_a_person_may_decide_otherwise_is_told_with_its_address() -> None:
    answer = planned(npx("@notionhq/notion-mcp-server", NOTION_TOKEN="ntn_{d:11}{an:35}"))
    assert isinstance(answer, Refusal)
    assert "`--to oauth --remote x=https://mcp.notion.com/mcp`" in answer.hint
