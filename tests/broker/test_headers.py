"""`unsprawl run --headers`, started as Claude Code starts it: `/bin/sh -c TEXT`, and by everybody who would like to."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from shlex import join

import pytest

from unsprawl.broker import headers
from unsprawl.broker.headers import headers_of
from unsprawl.broker.run import main
from unsprawl.scanner.errors import BindingRefused, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault import places, records, service
from unsprawl.vault.age_store import AgeStore, key_path
from unsprawl.vault.oauth_token import Credential, to_text
from unsprawl.vault.record_json import from_json, to_json
from unsprawl.vault.records import Binding, Record
from unsprawl.vault.stores import new_item_key

SOURCE = Path(__file__).resolve().parents[2] / "src"
START = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.cli import main; sys.exit(main())"
CANARY = "-".join(["synthetic", "canary", "0007"])
REF = "docs-abcd2345"
URL = "https://api.example.com/mcp"
ADDRESS, NAME = "CLAUDE_CODE_MCP_SERVER_URL", "CLAUDE_CODE_MCP_SERVER_NAME"
RIGHT = {ADDRESS: URL, NAME: "docs"}
HEADERS = {"Authorization": f"Bearer {CANARY}", "X-Twice": f"{CANARY}:{CANARY}"}


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "LOGNAME": "u", "USER": "u", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TERM": "dumb"}


@pytest.fixture
def record(home: Path) -> Record:
    item = service.deposit(Secret(CANARY), AgeStore()).item
    texts = (("Authorization", "Bearer {vault:DOCS_TOKEN}"), ("X-Twice", "{vault:DOCS_TOKEN}:{vault:DOCS_TOKEN}"))
    made = Binding((), config="/home/u/.claude.json", told=RIGHT)
    kept = (("DOCS_TOKEN", item),)
    record = Record(REF, "docs", ("claude-code",), "2026-11-20T00:00:00Z", "age-file", kept, (made,), headers=texts)
    records.save(record)
    return record


def asked(environ: Mapping[str, str], *words: str, cwd: object = "/") -> subprocess.CompletedProcess[bytes]:
    """As Claude Code 2.1.329 does it."""
    text = join([sys.executable, "-I", "-c", START, "run", *words])
    return subprocess.run(["/bin/sh", "-c", text], env=dict(environ), cwd=str(cwd), capture_output=True, timeout=30)


def refused(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """Checks that nothing came out but one line for the host's log; returns it."""
    text = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), text
    assert text.startswith("unsprawl: ")
    assert text.count("\n") == 1
    assert text[:-1].isprintable()
    assert CANARY not in text
    return text


def test_the_host_gets_its_headers_as_json_and_nothing_else(environ: dict[str, str], record: Record) -> None:
    done = asked(environ | RIGHT, "--headers", REF)
    assert (json.loads(done.stdout), done.stderr, done.returncode) == (HEADERS, b"", 0)
    assert done.stdout.count(b"\n") == 1


@pytest.mark.parametrize(
    "told",
    [
        {ADDRESS: "https://evil.example/mcp"},
        {ADDRESS: "https://api.example.com.evil.example/mcp"},
        {ADDRESS: "https://api.example.com/mcp/../evil"},
        {ADDRESS: "https://api.example.com@evil.example/mcp"},
        {ADDRESS: "https://API.example.com/mcp"},
        {ADDRESS: "http://api.example.com/mcp"},
        {ADDRESS: f"{URL}?to=evil"},
        {ADDRESS: f"{URL} "},
        {ADDRESS: f"{URL}\nhttps://evil.example"},
        {ADDRESS: ""},
        {NAME: "other"},
        {NAME: "Docs"},
        {NAME: ""},
        {ADDRESS: "docs", NAME: URL},
    ],
)
def test_another_server_gets_nothing(told: dict[str, str], environ: dict[str, str], record: Record) -> None:
    """An entry of a repository can name any record, and its host tells truly which server the entry is for."""
    line = refused(asked(environ | RIGHT | told, "--headers", REF), 4)
    assert "refused" in line
    assert "evil" not in line


@pytest.mark.parametrize("missing", [[ADDRESS], [NAME], [ADDRESS, NAME]])
def test_who_does_not_tell_gets_nothing(missing: list[str], environ: dict[str, str], record: Record) -> None:
    told = {name: value for name, value in RIGHT.items() if name not in missing}
    assert "is not set" in refused(asked(environ | told, "--headers", REF), 4)


def test_the_secret_is_not_read_before_the_server_is_known(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(store: str, item: str) -> Secret:
        raise AssertionError("read")

    monkeypatch.setattr("unsprawl.broker.values.withdraw", never)
    with pytest.raises(BindingRefused):
        headers_of(record, RIGHT | {ADDRESS: "https://evil.example/mcp"})


def test_an_address_and_a_name_of_two_bindings_do_not_mix(record: Record) -> None:
    second = Binding((), told={ADDRESS: "https://two.example/mcp", NAME: "two"})
    both = replace(record, bindings=(*record.bindings, second))
    assert headers_of(both, RIGHT) == headers_of(both, second.told) == HEADERS
    for mixed in ({ADDRESS: URL, NAME: "two"}, {ADDRESS: "https://two.example/mcp", NAME: "docs"}):
        with pytest.raises(BindingRefused):
            headers_of(both, mixed)


@pytest.mark.parametrize("command", [["env"], ["/usr/bin/env"], [URL], [""], ["docs"], ["--headers", REF]])
def test_the_record_starts_no_command(command: list[str], environ: dict[str, str], record: Record) -> None:
    done = asked(environ | RIGHT, REF, "--", *command)
    assert (done.stdout, CANARY in done.stderr.decode()) == (b"", False)
    assert done.returncode in (2, 4)


def test_a_record_for_a_command_prints_no_headers(environ: dict[str, str], record: Record) -> None:
    records.save(replace(record, headers=(), bindings=(Binding(("env",)),)))
    assert "it is for a command" in refused(asked(environ | RIGHT, "--headers", REF), 4)


def test_headers_without_a_binding_to_a_server_are_for_nobody(environ: dict[str, str], record: Record) -> None:
    for bindings in ((), (Binding(("env",)),)):
        records.save(replace(record, bindings=bindings))
        assert "refused" in refused(asked(environ | RIGHT, "--headers", REF), 4)


def test_a_projects_record_is_no_answer(environ: dict[str, str], record: Record, tmp_path: Path) -> None:
    """Where the host starts the command says nothing about a project."""
    records.delete(record)
    records.save(replace(record, project=str(tmp_path)))
    assert "belongs to" in refused(asked(environ | RIGHT, "--headers", REF, cwd=tmp_path), 4)


@pytest.mark.parametrize("words", [["--headers"], ["--headers", REF, REF], ["--headers", REF, "--", "env"]])
def test_how_it_is_not_called(words: list[str], environ: dict[str, str], record: Record) -> None:
    refused(asked(environ | RIGHT, *words), 2)


@pytest.mark.parametrize("ref", ["../docs", "/etc/passwd", "docs/../docs", "con", "DOCS", "-x", ""])
def test_a_name_is_no_path(ref: str, environ: dict[str, str], record: Record) -> None:
    refused(asked(environ | RIGHT, "--headers", ref), 4)


def _gone(record: Record) -> None:
    service.discard(record.store, record.variables[0][1])


def _no_record(record: Record) -> None:
    records.delete(record)


def _no_key(record: Record) -> None:
    key_path().unlink()


def _damaged(record: Record) -> None:
    (places.items_dir() / f"{record.variables[0][1]}.age").write_bytes(b"x")


@pytest.mark.parametrize("harm", [_gone, _no_record, _no_key, _damaged])
def test_what_is_missing_or_locked_is_one_line(
    harm: Callable[[Record], None], environ: dict[str, str], record: Record
) -> None:
    harm(record)
    refused(asked(environ | RIGHT, "--headers", REF), 4)


def test_a_store_that_never_answers_is_told_in_time(
    record: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Claude Code waits ten seconds for its headers."""
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("unsprawl.broker.values.withdraw", lambda store, item: time.sleep(60))
    assert headers.LIMIT_S < 10
    monkeypatch.setattr(headers, "LIMIT_S", 0.2)
    handler = signal.getsignal(signal.SIGALRM)
    began = time.monotonic()
    assert main(["--headers", REF]) == 4
    assert time.monotonic() - began < 5
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert "did not answer" in shown.err
    assert signal.getsignal(signal.SIGALRM) is handler


def test_one_missing_value_of_two_prints_nothing(environ: dict[str, str], record: Record) -> None:
    second = service.deposit(Secret(CANARY), AgeStore()).item
    both = replace(record, variables=(*record.variables, ("SECOND", second)))
    records.save(replace(both, headers=(*both.headers, ("X-Second", "{vault:SECOND}"))))
    service.discard(record.store, second)
    refused(asked(environ | RIGHT, "--headers", REF), 4)


@pytest.mark.parametrize("value", ["{vault:DOCS_TOKEN}", 'a"b\\c', "a\nX-Evil: 1", "ключ", "{vault:env:HOME}", "$HOME"])
def test_a_value_stays_what_it_is(value: str, environ: dict[str, str], record: Record) -> None:
    service.replace(record.store, record.variables[0][1], Secret(value))
    done = asked(environ | RIGHT, "--headers", REF)
    assert json.loads(done.stdout) == {"Authorization": f"Bearer {value}", "X-Twice": f"{value}:{value}"}
    assert done.stdout.count(b"\n") == 1


def test_nobody_reads_it_from_a_screen(environ: dict[str, str], record: Record) -> None:
    here, there = pty.openpty()
    command = [sys.executable, "-I", "-c", START, "run", "--headers", REF]
    done = subprocess.run(command, env=environ | RIGHT, stdout=there, stderr=subprocess.PIPE, timeout=30)
    os.close(there)
    try:
        seen = os.read(here, 4096)
    except OSError:  # nothing was written, and nobody holds the other end
        seen = b""
    os.close(here)
    assert (done.returncode, seen) == (2, b"")
    assert b"not shown on a terminal" in done.stderr


def test_a_host_that_went_away(
    record: Record, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    reading, writing = os.pipe()
    os.close(reading)
    closed = open(writing, "w", buffering=1)  # noqa: SIM115, closing it fails too
    monkeypatch.setattr(sys, "stdout", closed)
    assert main(["--headers", REF]) != 0
    with suppress(BrokenPipeError):
        closed.close()
    assert "did not wait" in capsys.readouterr().err


# What a record may say.


def test_a_record_with_headers_is_read_as_it_was_written(record: Record) -> None:
    assert records.load(REF) == record
    assert CANARY not in records.record_path(REF).read_text()


def test_what_a_record_of_headers_lacks_never_makes_it_more_permissive(record: Record) -> None:
    data = to_json(record)
    without = from_json({key: value for key, value in data.items() if key != "headers"}, Path("x"))
    with pytest.raises(BindingRefused):
        headers_of(without, RIGHT)
    del data["bindings"][0]["told"]
    with pytest.raises(VaultError):
        from_json(data, Path("x"))


@pytest.mark.parametrize(
    "change",
    [
        {"argv": ["env"]},
        {"told": {}},
        {"told": None},
        {"told": {ADDRESS: 1}},
        {"told": [ADDRESS]},
        {"prefix": True},
    ],
)
def test_a_binding_is_for_a_command_or_for_a_server(change: dict[str, object], record: Record) -> None:
    """Without both it would fit every command line that may go on."""
    data = to_json(record)
    data["bindings"][0] |= change
    with pytest.raises(VaultError):
        from_json(data, Path("x"))


@pytest.mark.parametrize("headers", [None, [["a"]], [["a", 1]], {"a": "b"}, "ab"])
def test_damaged_headers_make_the_record_unusable(headers: object, record: Record) -> None:
    with pytest.raises(VaultError):
        from_json(to_json(record) | {"headers": headers}, Path("x"))


def test_a_header_carries_the_access_token_and_not_the_credential(environ: dict[str, str], record: Record) -> None:
    credential = Credential("https://127.0.0.1:9/token", "c", Secret("r" * 20), Secret("a" * 20), 4_000_000_000)
    service.replace("age-file", record.variables[0][1], to_text(credential))
    text = refused(asked(environ | RIGHT, "--headers", REF), 4)
    assert "OAuth credential where the record names a plain value" in text
    records.save(replace(record, oauth=(("DOCS_TOKEN", new_item_key()),)))
    done = asked(environ | RIGHT, "--headers", REF)
    assert json.loads(done.stdout)["Authorization"] == "Bearer " + "a" * 20
    assert b"r" * 20 not in done.stdout + done.stderr
