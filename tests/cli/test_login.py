"""`unsprawl login` as a program: what it shows, opens and leaves behind, its exit codes, and Ctrl-C."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.program import Program, on_a_terminal, program
from tests.git import git
from tests.oauth.bed import public
from tests.oauth.login_bed import Provider, provider
from tests.oauth.test_checks import both, meta, no_prm, opened
from tests.report.test_contract import checked
from tests.servers.recorder import answer as mcp_answer
from tests.servers.sites import Asked, Reply, document
from unsprawl.cli.login_talk import VARIABLE
from unsprawl.scanner.errors import Exit
from unsprawl.scanner.oauth.login import sdk

FOLLOW = Path(__file__).parents[1] / "servers" / "follow.py"
BROWSER = {"BROWSER": f"{sys.executable} {FOLLOW} %s"}
LOUD = """
import logging
logging.basicConfig(level=1)
for name in ("mcp", "mcp.client.auth", "httpx", "httpx2", "httpcore", "httpcore2", "asyncio", "anyio", "client"):
    logging.getLogger(name).setLevel(1)
"""
"""As somebody sets it who looks for a fault."""


def told(it: Provider, shown: str, *, but: str = "") -> list[str]:
    """The secrets of a login that are in a text, as they are or as an address spells them."""
    return [each for each in it.secrets if each != but and (each in shown or quote(each, safe="") in shown)]


def test_a_login(start: Program) -> None:
    with provider() as it:
        done = start("login", it.bed.url, env=BROWSER)
        assert done.returncode == Exit.CLEAN, done.stdout + done.stderr
        lines = done.stderr.splitlines()
        assert lines[:3] == [
            f"connecting to {it.bed.mcp.url}", f"connecting to {it.bed.auth.url}", "Sign in at 127.0.0.1:",
        ]  # fmt: skip
        assert lines[3].startswith(f"{it.bed.auth.url}/authorize?response_type=code&client_id=client-1&")
        assert len(lines) == 4
        shown = " ".join(done.stdout.split())
        for part in (
            "login signed in", "client client-1, registered for this login", "tools 1: say_hello",
            "token ends in 1 hour, with a refresh token", "scopes asked for: tools; granted: tools",
            "ok refresh token: revoked ok access token: revoked ok client client-1: deleted",
            "the server refuses the revoked token",
        ):  # fmt: skip
            assert part in shown, shown
        assert told(it, done.stdout + done.stderr) == []
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})


def test_json(start: Program) -> None:
    with provider() as it:
        done = start("login", it.bed.url, "--format", "json", env=BROWSER)
        document = checked(done.stdout, "login")
        login = document["login"]
        assert (done.returncode, document["complete"], login["outcome"]) == (Exit.CLEAN, True, "signed-in")
        assert (login["tools"], login["client"]) == (["say_hello"], {"way": "registered", "id": "client-1"})
        assert [each["done"] for each in login["undone"]] == [True] * 3
        assert login["revoked_token_answered"] == 401
        assert told(it, done.stdout + done.stderr) == []
        refused = start("login", f"{it.bed.mcp.url}/nothing", "--format", "json", env=BROWSER)
        assert (refused.returncode, checked(refused.stdout, "login")["login"]["outcome"]) == (Exit.FOUND, "refused")


def test_it_can_look_deeper(start: Program) -> None:
    with provider(lambda it: setattr(it, "checks_pkce", False)) as it:
        words = ("login", it.bed.url, "--deep")
        refused = start(*words, env=BROWSER)
        assert (refused.returncode, it.bed.mcp.asked) == (Exit.USAGE, [])
        assert "--yes" in refused.stderr
        done = start(*words, "--yes", env=BROWSER)
        assert done.returncode == Exit.CLEAN
        assert "warn L06" in " ".join(done.stdout.split())
        assert done.stderr.count("Sign in once more (for a") == 3
        assert told(it, done.stdout + done.stderr) == []
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})


def small(it: Provider) -> None:
    it.respond = lambda asked, given: {"error": "access_denied", "state": given["state"], "iss": given["iss"]}


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda it: setattr(it, "respond", lambda asked, given: {**given, "iss": "https://evil.example.com"}),
         Exit.FOUND, "the answer is from another authorization server"),
        (lambda it: it.bed.auth.routes.update({("POST", "/token"): Reply(500)}), Exit.FOUND, "could not be exchanged"),
        (small, Exit.INCOMPLETE, "access_denied"),
    ],
    ids=["another issuer", "no token", "no"],
)  # fmt: skip
def test_exit_codes(change: Callable[[Provider], object], code: Exit, says: str, start: Program) -> None:
    with provider(change) as it:
        done = start("login", it.bed.url, env=BROWSER)
        assert (done.returncode, says in " ".join(done.stdout.split())) == (code, True), done.stdout


def test_an_open_server(start: Program) -> None:
    with provider(about=both(no_prm, opened)) as it:
        it.bed.mcp.routes["POST", it.bed.path] = lambda asked: document(mcp_answer(asked.message))
        done = start("login", it.bed.url, env=BROWSER)
        assert (done.returncode, "no sign-in was asked for" in done.stdout) == (Exit.CLEAN, True)


def test_a_client_that_must_be_registered_by_hand(start: Program) -> None:
    with provider(about=meta(registration_endpoint=None, client_id_metadata_document_supported=None)) as it:
        done = start("login", it.bed.url, env=BROWSER)
        assert (done.returncode, "--client-id" in done.stdout) == (Exit.INCOMPLETE, True)


SECRET = "of-a-client-that-was-registered-by-hand"


@pytest.mark.parametrize("way", ["variable", "pipe"])
def test_the_secret_of_a_client(way: str, start: Program, tmp_path: Path) -> None:
    log = tmp_path / "environ"
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\nenv > {log}\nexec {sys.executable} {FOLLOW} "$1"\n')
    spy.chmod(0o755)

    def change(it: Provider) -> None:
        it.clients["mine"] = {}
        it.checks_redirect_early = False

    with provider(change, meta(token_endpoint_auth_methods_supported=["client_secret_basic"])) as it:
        given = {VARIABLE: SECRET} if way == "variable" else {}
        done = start(
            "login", it.bed.url, "--client-id", "mine", "--secret", env={"BROWSER": f"{spy} %s", **given},
            stdin=f"{SECRET}\n" if way == "pipe" else "",
        )  # fmt: skip
        assert done.returncode == Exit.CLEAN, done.stdout
        assert "mine, the one that you gave" in done.stdout
        assert any("Basic" in each.headers.get("authorization", "") for each in it.bed.auth.asked)
        assert SECRET not in done.stdout + done.stderr
        assert SECRET not in log.read_text(), "the browser need not know it"


@pytest.mark.parametrize(
    "words",
    [
        [], ["nosuch"], ["https://h/${X}/mcp"], ["file:///etc/passwd"], ["https://h/", "--secret"],
        ["https://h/", "--client-id", "x", "--client-metadata", "https://x/y"], ["https://h/", "--yes"],
        ["https://h/", "--client-metadata", "http://x/y"], ["https://h/", "--client-id", "x", "--secret"],
        ["https://h/", "https://i/"], ["https://h/", "--timeout", "1"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_usage(words: list[str], start: Program) -> None:
    done = start("login", *words)
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")


def test_a_callback_elsewhere_is_refused_before_anything_is_called(start: Program) -> None:
    with provider() as it:
        done = start("login", it.bed.url, "--callback", "https://example.com/callback")
        assert (done.returncode, it.bed.mcp.asked) == (Exit.USAGE, [])
        assert "connecting" not in done.stderr
        assert "must be an address of this machine" in done.stderr


def test_without_the_sdk(home: Path, tmp_path: Path) -> None:
    hide = """
import importlib.metadata as metadata
_real = metadata.version
def _version(name):
    if name == "mcp":
        raise metadata.PackageNotFoundError(name)
    return _real(name)
metadata.version = _version
"""
    done = program(home, tmp_path / "bin", extra=hide)("login", "https://mcp.example.com/mcp")
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert f"{sys.executable} -m pip install 'mcp>=2.3,<3'" in done.stderr


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/me/.local/share/pipx/venvs/unsprawl", "pipx inject unsprawl 'mcp>=2.3,<3'"),
        ("/home/me/.local/share/uv/tools/unsprawl", "uv tool install --with 'mcp>=2.3,<3' unsprawl"),
        ("/home/me/venv", "/home/me/venv/bin/python -m pip install 'mcp>=2.3,<3'"),
    ],
)
def test_how_to_get_the_sdk(prefix: str, command: str) -> None:
    assert sdk.hint(prefix, f"{prefix}/bin/python").endswith(f": {command}")


@pytest.mark.parametrize(("version", "usable"), [("2.3.0", True), ("2.10.1", True), ("2.2.9", False), ("3.0.0", False),
                                                 ("1.30.0", False), ("x", False)])  # fmt: skip
def test_which_sdk(version: str, usable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: version)
    assert sdk.usable() is usable


def servers(path: Path, **entries: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"mcpServers": entries}))


def test_the_name_of_an_entry(start: Program, home: Path) -> None:
    with provider() as it:
        key = "a-key-of-the-entry-1234567890"
        servers(
            home / ".cursor" / "mcp.json", tickets={"url": it.bed.url, "headers": {"Authorization": f"Bearer {key}"}}
        )
        done = start("login", "tickets", env=BROWSER)
        assert done.returncode == Exit.CLEAN
        assert not any(key in f"{dict(each.headers)}" for each in it.bed.mcp.asked)
        assert key not in done.stdout + done.stderr


def test_an_entry_of_a_repository_is_not_opened_unasked(start: Program, project: Path) -> None:
    with provider() as it:
        servers(project / ".mcp.json", x={"type": "http", "url": it.bed.url})
        git(project, "add", ".")
        done = start("login", "x", cwd=project, env=BROWSER)
        assert (done.returncode, it.bed.mcp.asked) == (Exit.USAGE, [])
        assert "Give the address itself" in done.stderr


@pytest.mark.parametrize("words", [[], ["--verbose"], ["--format", "json"]], ids=["short", "verbose", "json"])
def test_what_servers_say_cannot_rewrite_the_terminal(words: list[str], start: Program) -> None:
    names = ("\x1b[2J", "a\u202eb", "x\x07", "[bold]y[/bold]", "\u009b31m")

    def change(it: Provider) -> None:
        it.tools = names
        it.answer = lambda body: {**body, "scope": "tools \x1b[31m\u202e", "token_type": "Bearer"}
        it.bed.auth.routes["POST", "/register"] = lambda asked: document(
            {**json.loads(it.register(asked).body), "client_id": "c\x1b[31m\u202e"}, 201
        )

    with provider(change) as it:
        it.checks_redirect_early = False
        done = start("login", it.bed.url, *words, env=BROWSER)
        text = json.dumps(json.loads(done.stdout), ensure_ascii=False) if "json" in words else done.stdout
        assert [char for char in ("\x1b", "\u202e", "\x07", "\u009b") if char in text + done.stderr] == []
        assert "[bold]y[/bold]" in done.stdout


@pytest.mark.parametrize("words", [[], ["--verbose"]], ids=["short", "verbose"])
def test_no_line_is_wider_than_the_terminal(words: list[str], home: Path, tmp_path: Path) -> None:
    with provider(lambda it: setattr(it, "tools", tuple(f"a_tool_with_a_name_{n}" for n in range(30)))) as it:
        done = program(home, tmp_path / "bin", columns=80)("login", it.bed.url, *words, env=BROWSER)
        assert done.returncode == Exit.CLEAN
        assert [line for line in done.stdout.splitlines() if len(line) > 80] == []
        assert ("a_tool_with_a_name_29" in done.stdout) == bool(words)


def test_the_address_is_one_line_on_a_terminal(home: Path, tmp_path: Path) -> None:
    """So that it can be copied."""
    with provider() as it:
        done = program(home, tmp_path / "bin", columns=80)("login", it.bed.url, env=BROWSER)
        assert any(line.startswith("http") and "code_challenge=" in line for line in done.stderr.splitlines())


def test_the_host_is_emphasised_on_a_terminal(start: Program) -> None:
    with provider() as it:
        shown = on_a_terminal(start, "login", it.bed.url, **BROWSER)
        assert shown.code == Exit.CLEAN
        assert "http://\x1b[1;7m127.0.0.1\x1b[0m:" in shown.screen
        assert told(it, shown.screen) == []


def test_without_a_browser(start: Program, tmp_path: Path) -> None:
    """Whoever reads the address opens it, on whatever machine; here nothing is opened by itself."""
    log = tmp_path / "opened"
    with provider() as it:
        done = start("login", it.bed.url, "--no-browser", "--timeout", "5", env={**BROWSER, "FOLLOW_LOG": str(log)})
        assert (done.returncode, log.exists(), it.codes) == (Exit.INCOMPLETE, False, {})
        assert "nobody came back" in done.stdout
        none = start("login", it.bed.url, "--timeout", "5", env={"BROWSER": "false %s"})
        assert "No browser could be opened" in none.stderr


def started(start: Program, *words: str, env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(start.path), *words], env=start.environ | dict(env), cwd=start.environ["HOME"], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def until(true: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_stopped_while_a_person_is_waited_for(start: Program) -> None:
    with provider() as it, started(start, "login", it.bed.url, env={"BROWSER": "true %s"}) as process:
        until(lambda: it.clients)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (Exit.INTERRUPTED, "")
        assert err.splitlines()[-1] == "unsprawl: interrupted"
        assert "Traceback" not in err
        assert it.clients == {}


def test_what_stays_is_told_although_no_report_follows(start: Program) -> None:
    def for_good(it: Provider) -> None:
        register = it.register
        it.bed.auth.routes["POST", "/register"] = lambda asked: document(
            {name: text for name, text in json.loads(register(asked).body).items() if "registration" not in name}, 201
        )

    with provider(for_good) as it, started(start, "login", it.bed.url, env={"BROWSER": "true %s"}) as process:
        until(lambda: it.clients)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == Exit.INTERRUPTED
        stays = "client client-1 stays: the authorization server offers no deletion"
        assert list(filter(None, err.splitlines()))[-2:] == [stays, "unsprawl: interrupted"]


def test_stopped_with_a_token_in_hand(start: Program) -> None:
    def slow(it: Provider) -> None:
        def answer(asked: Asked) -> Reply:
            if asked.message.get("method") == "tools/list":
                time.sleep(5)
            return it.endpoint(asked)

        it.bed.mcp.routes["POST", it.bed.path] = answer

    with provider(slow) as it, started(start, "login", it.bed.url, env=BROWSER) as process:
        until(lambda: any(b"tools/list" in each.body for each in it.bed.mcp.asked))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (Exit.INTERRUPTED, "")
        assert "Traceback" not in err
        assert told(it, out + err) == []
        assert (it.tokens, it.refreshes, it.clients) == ({}, {}, {})


@pytest.mark.parametrize(
    "words", [[], ["--verbose", "--deep", "--yes"], ["--format", "json"]], ids=["", "deep", "json"]
)
def test_no_secret_is_shown_or_written_though_all_is_logged(words: list[str], home: Path, tmp_path: Path) -> None:
    start = program(home, tmp_path / "bin", extra=LOUD)
    loud = {**BROWSER, "PYTHONASYNCIODEBUG": "1", "MCP_LOG_LEVEL": "DEBUG", "HTTPX_LOG_LEVEL": "trace"}
    with provider() as it:
        done = start("login", it.bed.url, *words, env=loud)
        assert done.returncode == Exit.CLEAN
        assert told(it, done.stdout + done.stderr) == []
        assert len(it.secrets) > 4
        written = [path for path in (*home.rglob("*"), *(home.parent / "tmp").rglob("*")) if path.is_file()]
        assert [path for path in written if told(it, path.read_bytes().decode("latin-1"))] == []


def test_an_error_that_quotes_everything(home: Path, tmp_path: Path) -> None:
    """A fault of our own ends without a word of what was in hand."""
    fault = """
import unsprawl.scanner.oauth.login.facts as facts
def _fault(issued, asked):
    raise ValueError("near " + issued.access.reveal())
facts.token_facts = _fault
"""
    with provider() as it:
        done = program(home, tmp_path / "bin", extra=fault)("login", it.bed.url, env=BROWSER)
        assert done.returncode == Exit.BUG
        assert told(it, done.stdout + done.stderr) == []
        assert (it.tokens, it.clients) == ({}, {}), "it is taken back all the same"


def test_public_names_and_certificates(start: Program, tmp_path: Path) -> None:
    """The way out is that of probe: proxies, added certificates, names resolved by us."""
    with public(tmp_path) as (made, environ):
        it = Provider(made)
        it.serve()
        trusted = {"HTTPS_PROXY": environ["HTTPS_PROXY"], "UNSPRAWL_EXTRA_CA": environ["SSL_CERT_FILE"]}
        done = start("login", made.url, "--no-browser", "--timeout", "5", env=trusted)
        assert (done.returncode, "nobody came back" in done.stdout) == (Exit.INCOMPLETE, True), done.stdout
        assert "Sign in at auth.example.com:" in done.stderr
        assert it.clients == {}


IMPORTS = """
import importlib, pkgutil, sys
import unsprawl
for found in pkgutil.walk_packages(unsprawl.__path__, "unsprawl."):
    if not found.name.startswith({left_out!r}) and found.name != "unsprawl.__main__":
        importlib.import_module(found.name)
print(*sys.modules)
"""
_SDK = ("mcp", "mcp_types", "httpx2", "httpcore2", "anyio", "pydantic", "starlette")
_OF_THE_SDK = ("unsprawl.scanner.oauth.login.gate", "unsprawl.scanner.oauth.login.provider",
               "unsprawl.scanner.oauth.login.session")  # fmt: skip


def test_nothing_else_loads_the_sdk() -> None:
    """Every module of the program but those of the login itself, the commands too."""
    code = IMPORTS.format(left_out=_OF_THE_SDK)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {module.partition(".")[0] for module in done.stdout.split()}
    assert "unsprawl" in loaded
    assert re.search(r"unsprawl\.cli\.login_command", done.stdout)
    assert loaded.isdisjoint(_SDK)
