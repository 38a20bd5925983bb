"""`unsprawl probe` as a program: what it asks, what it sends, what it shows, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.homes import github
from tests.cli.program import Program, program
from tests.git import git
from tests.oauth.bed import Bed, bed, public
from tests.oauth.test_checks import Change, at_the_origin, both, challenge, endpoint, issuer, meta, no_prm, opened, prm
from tests.report.test_contract import checked
from tests.servers.sites import Reply
from unsprawl.rules.samples import expand
from unsprawl.scanner.errors import Exit

BEARER = expand("{an:40}", Random(500))
KEY = expand("{an:32}", Random(501))
EVIL = "https://h/\x1b[31m\u202e[bold]x[/bold]\x07"


def servers(path: Path, **entries: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": entries}))


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        (None, Exit.CLEAN, "ready"),
        (issuer("{auth}/", "{auth}"), Exit.CLEAN, "ready, with warnings"),
        (meta(registration_endpoint=None, client_id_metadata_document_supported=None), Exit.CLEAN, "needs a client"),
        (both(no_prm, challenge("ApiKey")), Exit.CLEAN, "static key"),
        (both(no_prm, opened), Exit.CLEAN, "open"),
        (meta(code_challenge_methods_supported=["plain"]), Exit.FOUND, "broken"),
        (endpoint(Reply(503)), Exit.INCOMPLETE, "inconclusive"),
    ],
    ids=["ready", "warnings", "client", "key", "open", "broken", "down"],
)
def test_exit_codes(change: Change | None, code: Exit, word: str, start: Program) -> None:
    with bed(change) as made:
        done = start("probe", made.url)
        assert (done.returncode, f"verdict       {word}: " in done.stdout) == (code, True), done.stdout
        document = checked(start("probe", made.url, "--format", "json").stdout, "probe")
        assert document["complete"] == (code is not Exit.INCOMPLETE)


@pytest.mark.parametrize(
    "words",
    [
        [], ["nosuch"], ["local"], ["--all", "https://h/"], ["https://h/${TENANT}/mcp"],
        ["https://mcp.zapier.com/api/mcp/s/" + KEY + "/mcp"], ["file:///etc/passwd"],
    ],
    ids=["nothing", "no entry", "local", "both", "variable", "capability", "scheme"],
)  # fmt: skip
def test_usage(words: list[str], start: Program, home: Path) -> None:
    servers(home / ".cursor" / "mcp.json", local={"command": "npx", "args": ["x"]})
    done = start("probe", *words)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert KEY not in done.stderr


def test_a_login_that_nothing_names_is_told_in_a_sentence(start: Program) -> None:
    with bed(at_the_origin) as made:
        done = start("probe", made.url)
        said = " ".join(done.stdout.split())
        assert f"login {made.mcp.url}, on the origin of the MCP server, which nothing names" in said


def test_it_says_where_it_connects_before_it_does(start: Program) -> None:
    with bed() as made:
        done = start("probe", made.url)
        assert done.stderr.splitlines() == [f"connecting to {made.mcp.url}", f"connecting to {made.auth.url}"]


def test_nothing_that_an_entry_holds_is_sent_or_shown(start: Program, home: Path) -> None:
    with bed() as made:
        entry = {
            "url": f"{made.url}?api_key={KEY}&project=a",
            "headers": {"Authorization": f"Bearer {BEARER}", "X-Key": github(502)},
        }
        servers(home / ".cursor" / "mcp.json", tickets=entry)
        for words in ([], ["--verbose"], ["--format", "json"]):
            done = start("probe", "tickets", *words)
            assert done.returncode == Exit.CLEAN
            shown = done.stdout + done.stderr
            assert [value for value in (KEY, BEARER, github(502)) if value in shown] == []
            assert "api_key" in shown
        for asked in made.mcp.asked + made.auth.asked:
            sent = f"{asked.path} {dict(asked.headers)} {asked.body!r}"
            assert [value for value in (KEY, BEARER, github(502)) if value in sent] == []
        assert made.mcp.lines[0] == "POST /mcp?project=a"


def test_a_key_in_an_address_that_was_typed(start: Program) -> None:
    with bed() as made:
        done = start("probe", f"{made.url}?access_token={KEY}", f"http://me:{KEY}@{made.url[7:]}", "--format", "json")
        (one,) = checked(done.stdout, "probe")["probes"]
        assert one["findings"] == ["C06"]
        assert KEY not in done.stdout + done.stderr
        assert not any(KEY in asked.path or "authorization" in asked.headers for asked in made.mcp.asked[:1])


def test_all_entries_once_each(start: Program, home: Path) -> None:
    with bed() as made, bed(both(no_prm, challenge(None))) as other:
        bridge = {
            "command": "npx",
            "args": ["-y", "mcp-remote", made.url, "--header", f"Authorization: Bearer {BEARER}"],
        }
        servers(
            home / ".cursor" / "mcp.json", a={"url": made.url}, b={"url": other.url}, c={"command": "npx"}, d=bridge
        )
        servers(home / ".claude.json", a={"type": "http", "url": made.url})
        done = start("probe", "--all", "--format", "json")
        probes = checked(done.stdout, "probe")["probes"]
        assert {(each["url"], tuple(each["entries"]), each["verdict"]) for each in probes} == {
            (made.url, ("a", "d"), "ready"),
            (other.url, ("b",), "static-key"),
        }
        assert BEARER not in done.stdout
        assert made.mcp.lines.count("POST /mcp") == 2
        assert "2 servers: 1 ready; 1 static key" in start("probe", "--all").stdout
        assert [each["url"] for each in json.loads(start("probe", "b", "--format", "json").stdout)["probes"]] == [
            other.url
        ]


def test_what_cannot_be_probed_is_told(start: Program, home: Path) -> None:
    servers(home / ".cursor" / "mcp.json", a={"url": "https://${env:HOST}/mcp"})
    done = start("probe", "--all")
    assert done.returncode == Exit.INCOMPLETE
    assert "only the host can tell" in done.stdout
    document = checked(start("probe", "--all", "--format", "json").stdout, "probe")
    assert [each["code"] for each in document["problems"]] == ["not-probed"]


def test_certificates_that_the_user_added(start: Program, tmp_path: Path) -> None:
    with public(tmp_path) as (made, environ):
        trusted = {"HTTPS_PROXY": environ["HTTPS_PROXY"], "UNSPRAWL_EXTRA_CA": environ["SSL_CERT_FILE"]}
        assert start("probe", made.url, env=trusted).returncode == Exit.CLEAN
        untrusted = start("probe", made.url, env={"HTTPS_PROXY": environ["HTTPS_PROXY"]})
        assert (untrusted.returncode, "certificate is not trusted" in untrusted.stdout) == (Exit.INCOMPLETE, True)
        (tmp_path / "empty.pem").write_text("")
        for name in ("empty.pem", "nosuch.pem"):
            done = start("probe", made.url, env={**trusted, "UNSPRAWL_EXTRA_CA": str(tmp_path / name)})
            assert (done.returncode, done.stdout) == (Exit.NOT_APPLIED, "")
            assert "UNSPRAWL_EXTRA_CA" in done.stderr


def test_nothing_remote(start: Program, home: Path) -> None:
    servers(home / ".cursor" / "mcp.json", a={"command": "npx", "args": ["x"]})
    done = start("probe", "--all")
    assert (done.returncode, done.stdout) == (Exit.CLEAN, "No entry calls a remote server.\n")


@pytest.mark.parametrize("words", [["--all"], ["x"]], ids=["all", "by name"])
def test_a_file_of_a_repository_leads_to_nothing_on_this_machine(
    words: list[str], start: Program, project: Path
) -> None:
    with bed() as made:
        servers(project / ".mcp.json", x={"type": "http", "url": made.url})
        git(project, "add", ".")
        done = start("probe", *words, cwd=project)
        assert (done.returncode, made.mcp.asked) == (Exit.INCOMPLETE, [])
        assert "leads to this machine" in done.stdout


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("words", [[], ["--verbose"]], ids=["short", "verbose"])
def test_no_line_is_wider_than_the_terminal(width: int, words: list[str], home: Path, tmp_path: Path) -> None:
    def change(made: Bed) -> None:
        made.metadata |= {"issuer": f"{made.auth.url}/", "code_challenge_methods_supported": None}
        made.metadata |= {"client_id_metadata_document_supported": False, "registration_endpoint": 3}

    with bed(change) as made:
        done = program(home, tmp_path / "bin", columns=width)("probe", made.url, *words)
        assert done.returncode in (Exit.CLEAN, Exit.FOUND)
        assert [line for line in done.stdout.splitlines() if len(line) > width] == []
        assert len(done.stdout.splitlines()) > 20


@pytest.mark.parametrize("words", [[], ["--verbose"], ["--format", "json"]], ids=["short", "verbose", "json"])
def test_what_servers_say_cannot_rewrite_the_terminal(words: list[str], start: Program) -> None:
    def change(made: Bed) -> None:
        made.metadata |= {"issuer": EVIL, "registration_endpoint": EVIL, "token_endpoint": EVIL}
        made.prm["authorization_servers"].append(EVIL)

    odd = challenge('Bearer realm="\x1b]0;x\x07", scope="a\u009bb", resource_metadata="{mcp}/x\x1b"')
    for each in (change, odd, prm(resource=EVIL), prm(authorization_servers=[EVIL])):
        with bed(each) as made:
            shown = start("probe", made.url, *words).stdout
            text = json.dumps(json.loads(shown), ensure_ascii=False) if "json" in words else shown
            assert [char for char in ("\x1b", "\u202e", "\x07", "\u009b") if char in text] == []


def test_verbose_is_the_checklist(start: Program) -> None:
    with bed(meta(authorization_response_iss_parameter_supported=None)) as made:
        short, whole = start("probe", made.url).stdout, start("probe", made.url, "--verbose").stdout
        assert "1 note: A10" in short
        assert "authorization, Authorization Response Validation" in whole
        assert "it needs a login" in whole
        for check in ("T01", "C05", "A10", "L03"):
            assert check in whole


def test_redirect_uris_are_told_where_a_client_must_be_registered(start: Program) -> None:
    with bed(meta(registration_endpoint=None, client_id_metadata_document_supported=None)) as made:
        shown = " ".join(start("probe", made.url).stdout.split())
        assert (
            "redirect URI of goose http://127.0.0.1:<port>/oauth_callback; GOOSE_OAUTH_CALLBACK_PORT fixes the port"
            in shown
        )


def test_what_it_loads(home: Path, tmp_path: Path) -> None:
    told = tmp_path / "modules"
    extra = f"import atexit\natexit.register(lambda: open({str(told)!r}, 'w').write(' '.join(sys.modules)))"
    with bed() as made:
        assert program(home, tmp_path / "bin", extra=extra)("probe", made.url, "--format", "json").returncode == 0
    loaded = {module.partition(".")[0] for module in told.read_text().split()}
    assert "httpx" in loaded
    assert loaded.isdisjoint({"mcp", "yaml", "jsonschema", "keyring", "pydantic", "starlette"})
