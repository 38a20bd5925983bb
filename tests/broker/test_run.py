"""Real processes, a real file vault, and the environment that MCP hosts leave."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from unsprawl.broker import run
from unsprawl.scanner.secret import Secret
from unsprawl.vault import binding, keyring_store, places, records, service
from unsprawl.vault.age_store import AgeStore, key_path
from unsprawl.vault.machine_key import machine_key
from unsprawl.vault.records import Record
from unsprawl.vault.stores import State, StoreDown

SOURCE = Path(__file__).resolve().parents[2] / "src"
# Isolated and with our own path: a `PYTHONPATH` would be part of what is tested.
START = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.broker.run import main; "
START += "sys.exit(main(sys.argv[1:]))"
CANARY = "-".join(["synthetic", "canary", "0003"])
SECOND = "-----BEGIN " + "TEST-----\nQUJD é\n-----END TEST-----\n"
REF = "server-abcd2345"


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "LOGNAME": "u", "USER": "u", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "TERM": "dumb"}


def bound(environ: Mapping[str, str], argv: list[str], cwd: str = "/", **options: str) -> Record:
    """Stores two secrets and binds `argv` to them."""
    items = [service.deposit(Secret(value), AgeStore()).item for value in (CANARY, SECOND)]
    variables = (("TOKEN", items[0]), ("PEM", items[1]))
    made = binding.bind(argv, key=machine_key(), cwd=cwd, environ=environ, root=options.get("root"))
    record = Record(REF, "server", ("x",), "2026-11-20T00:00:00Z", "age-file", variables, (made,), options.get("root"))
    records.save(record)
    return record


def start(
    environ: Mapping[str, str], *argv: str, cwd: object = "/", stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-I", "-c", START, *argv]
    return subprocess.run(command, env=dict(environ), cwd=str(cwd), input=stdin, capture_output=True, timeout=30)


def one_line(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """Checks a failure: nothing on stdout, one line on stderr, no secret, the right code."""
    text = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), text
    assert text.startswith("unsprawl: ")
    assert text.endswith("\n")
    assert text.count("\n") == 1
    assert text[:-1].isprintable()
    assert CANARY not in text
    assert "QUJD" not in text
    return text


PRINT = "import json, os, sys; print(json.dumps([dict(os.environ), sys.argv[1:]]))"


def test_the_command_gets_the_secrets_and_nothing_else(environ: dict[str, str]) -> None:
    argv = ["/usr/bin/env", "-0"]
    bound(environ, argv)
    done = start(environ, REF, "--", *argv)
    got = dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)
    assert (got, done.stderr, done.returncode) == (environ | {"TOKEN": CANARY, "PEM": SECOND}, b"", 0)


def test_a_locale_that_the_host_set_is_passed_on(environ: dict[str, str]) -> None:
    bound(environ, ["/usr/bin/env"])
    given = environ | {"LC_CTYPE": "C.UTF-8", "LANG": "de_DE.UTF-8"}
    out = start(given, REF, "--", "/usr/bin/env").stdout
    assert b"LC_CTYPE=C.UTF-8\n" in out
    assert b"LANG=de_DE.UTF-8\n" in out


def test_bytes_that_are_no_text_are_passed_on(environ: dict[str, str]) -> None:
    bound(environ, ["/usr/bin/env"])
    command = [sys.executable, "-I", "-c", START, REF, "--", "/usr/bin/env"]
    given = {os.fsencode(k): os.fsencode(v) for k, v in environ.items()} | {b"ODD": b"\xff\xfe"}
    assert b"ODD=\xff\xfe\n" in subprocess.run(command, env=given, capture_output=True, cwd="/", check=True).stdout


def test_arguments_arrive_as_they_are_and_without_secrets(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT, "", "a b", "--", "--help", "$TOKEN", "é", "-"]
    bound(environ, argv)
    got, arguments = json.loads(start(environ, REF, "--", *argv).stdout)
    assert arguments == argv[4:]
    assert got["TOKEN"] == CANARY


def test_stdin_stdout_and_stderr_belong_to_the_command(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "cat; echo talk >&2; exit 7"]
    bound(environ, argv)
    payload = bytes(range(256)) * 4096
    done = start(environ, REF, "--", *argv, stdin=payload)
    assert (done.stdout, done.stderr, done.returncode) == (payload, b"talk\n", 7)


def test_nothing_is_read_from_stdin_before_the_command(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "read line; echo got $line; read line; echo got $line"]
    bound(environ, argv)
    command = [sys.executable, "-I", "-c", START, REF, "--", *argv]
    with subprocess.Popen(command, env=environ, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for word in (b"one", b"two"):
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"got " + word + b"\n"


@pytest.fixture
def not_ignored() -> Iterator[None]:
    """Started by `nohup`, we and all that we start would ignore a hang-up."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("not_ignored")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP])
def test_signals_reach_the_command(number: signal.Signals, environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "echo $$; exec sleep 60"]
    bound(environ, argv)
    command = [sys.executable, "-I", "-c", START, REF, "--", *argv]
    with subprocess.Popen(command, env=environ, cwd="/", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid  # the same process: nobody stands between
        process.send_signal(number)
        assert process.wait(10) == -number


def test_ignored_signals_are_as_without_us(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "grep SigIgn /proc/self/status"]
    bound(environ, argv)
    directly = subprocess.run(argv, env=environ, capture_output=True, check=True)
    # Without 32 and 33: the C library keeps these for itself and sets them as it likes.
    through = start(environ, REF, "--", *argv)
    ours, theirs = (int(out.split()[1], 16) & ~0x180000000 for out in (through.stdout, directly.stdout))
    assert ours == theirs


def test_no_file_of_ours_stays_open(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "exec ls /proc/self/fd"]
    bound(environ, argv)
    directly = subprocess.run(argv, env=environ, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert start(environ, REF, "--", *argv).stdout == directly.stdout


def test_core_dump_limit_is_untouched(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "ulimit -c; ulimit -Hc"]
    bound(environ, argv)
    directly = subprocess.run(argv, env=environ, capture_output=True, check=True)
    assert start(environ, REF, "--", *argv).stdout == directly.stdout


@pytest.mark.parametrize(
    "argv",
    [
        [],
        [REF],
        [REF, "env"],
        ["--", "env"],
        [REF, "--"],
        [REF, "--", ""],
        [REF, "x", "--", "env"],
        ["--wire", "--", "env"],
    ],
    ids=range(8),
)
def test_usage(argv: list[str], environ: dict[str, str]) -> None:
    assert "unsprawl run REF -- COMMAND" in one_line(start(environ, *argv), 2)


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_short_and_on_stdout(flag: str, environ: dict[str, str]) -> None:
    done = start(environ, flag)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == run.HELP
    assert max(len(line) for line in run.HELP.splitlines()) <= 80


def test_another_command_is_refused_with_what_to_type(environ: dict[str, str]) -> None:
    bound(environ, ["/usr/bin/env"])
    text = one_line(start(environ, REF, "--", "/usr/bin/env", "-0"), 4)
    assert f"unsprawl vault allow {REF} -- /usr/bin/env -0" in text


@pytest.mark.parametrize(
    "ref", ["../../../etc/passwd", "a" * 50_000, "a\nunsprawl: all is well", "\x1b]0;title\x07", "..", "A", "‮x"]
)
def test_a_hostile_reference_is_one_harmless_line(ref: str, environ: dict[str, str]) -> None:
    bound(environ, ["/usr/bin/env"])
    assert len(one_line(start(environ, ref, "--", "/usr/bin/env"), 4)) < 500


def test_a_home_folder_with_an_odd_name_is_one_harmless_line(environ: dict[str, str], tmp_path: Path) -> None:
    odd = tmp_path / "a\nunsprawl: all is well\x1b[2J"
    (odd / ".local/share/unsprawl/vault").mkdir(parents=True)
    (odd / ".local/share/unsprawl/vault/records").symlink_to(tmp_path)
    (tmp_path / f"{REF}.json").write_text("{}")
    one_line(start(environ | {"HOME": str(odd)}, REF, "--", "/usr/bin/env"), 4)


def test_an_unknown_record(environ: dict[str, str]) -> None:
    assert "vault list" in one_line(start(environ, "gone-12345678", "--", "env"), 4)


def test_a_damaged_record_is_named(environ: dict[str, str]) -> None:
    bound(environ, ["/usr/bin/env"])
    path = records.record_path(REF)
    path.write_text('{"TOKEN": "' + CANARY)
    assert str(path) in one_line(start(environ, REF, "--", "/usr/bin/env"), 4)


def test_a_lost_item_starts_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    argv = ["/usr/bin/touch", str(tmp_path / "started")]
    record = bound(environ, argv)
    service.discard("age-file", record.variables[1][1])
    one_line(start(environ, REF, "--", *argv), 4)
    assert not (tmp_path / "started").exists()


def test_a_lost_or_open_key(environ: dict[str, str]) -> None:
    bound(environ, ["/usr/bin/env"])
    key_path().chmod(0o644)
    assert "chmod 600" in one_line(start(environ, REF, "--", "/usr/bin/env"), 4)
    key_path().unlink()
    assert "missing" in one_line(start(environ, REF, "--", "/usr/bin/env"), 4)


def test_a_keyring_that_is_not_there(environ: dict[str, str]) -> None:
    record = bound(environ, ["/usr/bin/env"])
    records.save(replace(record, store="keyring"))
    given = environ | {"DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"}
    assert "D-Bus" in one_line(start(given, REF, "--", "/usr/bin/env"), 4)


def test_a_locked_store_is_one_line(
    home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Said at once: there is nobody to answer a prompt when a host starts a server."""

    class Locked:
        def get(self, *_: str) -> str:
            raise StoreDown("the keyring is locked", State.LOCKED)

    record = bound(dict(os.environ), ["/bin/true"])
    records.save(replace(record, store="keyring"))
    monkeypatch.setattr(keyring_store, "system_backend", Locked)
    monkeypatch.setattr(os, "execve", lambda *_: pytest.fail("it was started"))
    assert run.main([REF, "--", "/bin/true"]) == 4
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("unsprawl: the keyring is locked")
    assert err.count("\n") == 1


def test_a_command_that_is_not_there(environ: dict[str, str]) -> None:
    bound(environ, ["not-installed-here"])
    assert "not found" in one_line(start(environ, REF, "--", "not-installed-here"), 127)


def test_an_interpreter_that_is_not_there(environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/nonexistent/node\n")
    script.chmod(0o755)
    bound(environ, [str(script)])
    assert "interpreter" in one_line(start(environ, REF, "--", str(script)), 127)


def test_a_file_that_is_no_program(environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("no first line\n")
    script.chmod(0o755)
    bound(environ, [str(script)])
    one_line(start(environ, REF, "--", str(script)), 126)


def test_a_file_that_may_not_be_executed(environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n")
    bound(environ, [str(script)])
    one_line(start(environ, REF, "--", str(script)), 126)


def test_a_secret_too_long_for_an_environment(environ: dict[str, str]) -> None:
    record = bound(environ, ["/usr/bin/env"])
    item = service.deposit(Secret(CANARY * 10_000), AgeStore()).item
    records.save(replace(record, variables=(("BIG", item),)))
    assert "too long" in one_line(start(environ, REF, "--", "/usr/bin/env"), 126)


def test_a_closed_stderr_still_gives_the_code(environ: dict[str, str]) -> None:
    command = ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", sys.executable, "-I", "-c", START, "gone-12345678", "--", "env"]
    assert subprocess.run(command, env=environ, cwd="/", stdout=subprocess.DEVNULL).returncode == 4


def test_a_deleted_current_folder(environ: dict[str, str], tmp_path: Path) -> None:
    bound(environ, ["/usr/bin/env"])
    code = f"import os; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone'); {START}"
    command = [sys.executable, "-I", "-c", code, REF, "--", "/usr/bin/env"]
    one_line(subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True), 4)


def test_a_bug_shows_its_kind_only(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(run, "_run", broken)
    assert run.main([REF, "--", "env"]) == 70
    out, err = capfd.readouterr()
    assert (out, err) == ("", "unsprawl: a bug in unsprawl (RuntimeError). Please report it.\n")


# The author of a hostile repository, with real processes.


@pytest.fixture
def repository(home: Path) -> Path:
    folder = home / "code" / "evil"
    (folder / ".git").mkdir(parents=True)
    return folder


def test_no_output_of_a_refusal_holds_a_secret(environ: dict[str, str], repository: Path) -> None:
    """Every way in at once: each is refused before any secret is read."""
    bound(environ, ["env"])
    fake = repository / "env"
    fake.write_text("#!/bin/sh\n/usr/bin/env\n")
    fake.chmod(0o755)
    attempts: list[tuple[list[str], dict[str, str]]] = [
        (["sh", "-c", "env"], environ),
        (["env", "-0"], environ),
        (["./env"], environ),
        ([str(fake)], environ),
        (["env"], environ | {"PATH": f"{repository}:/usr/bin"}),
        (["env"], environ | {"PATH": ".:/usr/bin"}),
        (["env"], environ | {"LD_PRELOAD": ""}),
        (["env"], environ | {"NODE_OPTIONS": "--require ./x.js"}),
        (["env"], environ | {"HOME": str(repository), "UNSPRAWL_HOME": str(repository)}),
    ]
    assert start(environ, REF, "--", "env", cwd=repository).returncode == 0
    for argv, given in attempts:
        one_line(start(given, REF, "--", *argv, cwd=repository), 4)


def test_a_vault_of_the_repository_opens_nothing_of_the_user(environ: dict[str, str], repository: Path) -> None:
    """Its records can name the user's items, but only when their random keys are known, and a link is refused."""
    record = bound(environ, ["/usr/bin/env"])
    own = repository / "own"
    own.mkdir()
    (own / "config").symlink_to(places.config_dir())
    (own / "data").symlink_to(places.data_dir())
    moved = environ | {"UNSPRAWL_HOME": str(own), "HOME": str(repository)}
    one_line(start(moved, REF, "--", "/usr/bin/env", cwd=repository), 4)
    assert record.variables[0][1] not in " ".join(os.listdir(repository))


def test_modules_in_the_current_folder_are_not_imported(environ: dict[str, str], repository: Path) -> None:
    """As an installed script: sys.path starts with the script's folder, never with the current one."""
    bound(environ, ["/bin/echo", "done"])
    for name in ("json", "pyrage", "signal", "dataclasses", "hashlib", "shlex"):
        (repository / f"{name}.py").write_text("raise SystemExit(99)\n")
    assert start(environ, REF, "--", "/bin/echo", "done", cwd=repository).stdout == b"done\n"


def test_a_project_record_through_a_link(environ: dict[str, str], repository: Path, home: Path) -> None:
    mine = home / "code" / "mine"
    mine.mkdir()
    bound(environ, ["/usr/bin/env"], cwd=str(mine), root=str(mine))
    (mine / "vendor").symlink_to(repository)
    assert start(environ, REF, "--", "/usr/bin/env", cwd=mine).returncode == 0
    one_line(start(environ, REF, "--", "/usr/bin/env", cwd=mine / "vendor"), 4)


def test_heavy_libraries_are_not_imported(environ: dict[str, str]) -> None:
    bound(environ, ["/bin/true"])
    command = [sys.executable, "-I", "-X", "importtime", "-c", START, REF, "--", "/bin/true"]
    report = subprocess.run(command, env=environ, cwd="/", capture_output=True, text=True, check=True).stderr
    imported = {line.rsplit("|", 1)[-1].strip() for line in report.splitlines()}
    assert "pyrage" in imported
    heavy = {"click", "rich", "yaml", "keyring", "secretstorage", "platformdirs", "subprocess", "tempfile", "logging"}
    assert imported.isdisjoint(heavy | {"httpx", "shutil", "importlib.metadata", "unsprawl.scanner.model"})


# Places in the command line.


def test_a_place_is_filled_and_its_name_is_no_variable(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT, "--token={vault:TOKEN}", "X-Pem:{vault:env:PEM}"]
    bound(environ, argv)
    got, arguments = json.loads(start(environ, REF, "--", *argv).stdout)
    assert arguments == [f"--token={CANARY}", "X-Pem:${PEM}"]
    assert "TOKEN" not in got
    assert got["PEM"] == SECOND


def test_what_may_follow_a_bound_prefix_is_not_filled(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT, "{vault:TOKEN}"]
    record = bound(environ, argv)
    records.save(replace(record, bindings=(replace(record.bindings[0], prefix=True),)))
    _, arguments = json.loads(start(environ, REF, "--", *argv, "{vault:PEM}", "x{vault:TOKEN}").stdout)
    assert arguments == [CANARY, "{vault:PEM}", "x{vault:TOKEN}"]


def test_a_place_that_was_not_bound_is_refused_before_any_secret_is_read(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT]
    bound(environ, argv)
    text = one_line(start(environ, REF, "--", *argv, "{vault:TOKEN}"), 4)
    assert "it is bound to another command line" in text


def test_a_filled_command_that_cannot_start_shows_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/nonexistent/node\n")
    script.chmod(0o755)
    argv = [str(script), "{vault:TOKEN}"]
    bound(environ, argv)
    assert "interpreter" in one_line(start(environ, REF, "--", *argv), 127)


@pytest.mark.parametrize("own", [False, True])
def test_what_the_server_itself_starts_is_no_program_of_the_open_project(
    environ: dict[str, str], home: Path, own: bool
) -> None:
    """With the key in its environment. A project's own record may use the project's programs."""
    project = home / "code" / "project"
    (project / "bin").mkdir(parents=True)
    (project / "a").mkdir()
    (project / "bin" / "helper").write_text("#!/bin/sh\necho theirs $TOKEN\n")
    (project / "bin" / "helper").chmod(0o755)
    code = "import os, shutil; found = shutil.which('helper'); print(found is not None, os.environ['PATH'], flush=True)"
    argv = [sys.executable, "-I", "-c", f"{code}; found and os.execl(found, found)"]
    bound(environ, argv, str(project), **({"root": str(project)} if own else {}))
    for path in (f"{project}/bin:/usr/bin:/bin", "bin:/usr/bin:/bin", f"{project}/a/../bin:/usr/bin:/bin"):
        done = start(environ | {"PATH": path}, REF, "--", *argv, cwd=project)
        said = done.stdout.decode()
        assert said == (f"True {path}\ntheirs {CANARY}\n" if own else "False /usr/bin:/bin\n"), done.stderr
