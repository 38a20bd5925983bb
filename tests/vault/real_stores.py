"""Real programs that keep values, in a home of their own: what the external tests of the stores share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from unsprawl.scanner.secret import Secret
from unsprawl.vault import binding, records, service
from unsprawl.vault.choose import store_named
from unsprawl.vault.machine_key import machine_key

SOURCE = Path(__file__).resolve().parents[2] / "src"
START = f"import sys; sys.path.insert(0, {str(SOURCE)!r}); from unsprawl.broker.run import main; "
START += "sys.exit(main(sys.argv[1:]))"
REF = "server-abcd2345"
PASSPHRASE = "-".join(["synthetic", "phrase"])
KEY = """\
Key-Type: eddsa
Key-Curve: ed25519
Subkey-Type: ecdh
Subkey-Curve: cv25519
Name-Email: {name}
Expire-Date: 0
{protection}
%commit
"""
PRINT = ["/bin/sh", "-c", 'printf %s "$TOKEN"']


def stripped(home: Path, **more: str) -> dict[str, str]:
    """What MCP hosts leave of an environment."""
    names = {"HOME": str(home), "LOGNAME": "u", "USER": "u", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    return {**names, "TERM": "dumb", **more}


def tool(home: Path, *argv: str, given: str = "", check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
    """One of the programs themselves, as the user runs it in a terminal."""
    assert shutil.which(argv[0]), f"{argv[0]} is not installed"
    environ = stripped(home, LC_ALL="C.UTF-8", **more)
    return subprocess.run(argv, env=environ, input=given, capture_output=True, text=True, timeout=60, check=check)


@contextmanager
def short_home() -> Iterator[Path]:
    """A home with a short path, since gpg-agent's socket may lie in it. Its agent ends with it."""
    folder = Path(tempfile.mkdtemp(prefix="up-", dir="/tmp"))
    try:
        yield folder
    finally:
        for gnupg in {folder / ".gnupg", *folder.glob("**/gnupg")}:
            if gnupg.is_dir():
                end_agent(folder, GNUPGHOME=str(gnupg))
        shutil.rmtree(folder, ignore_errors=True)


def end_agent(home: Path, **more: str) -> None:
    """As after a new login: nobody knows a passphrase any more."""
    tool(home, "gpgconf", "--kill", "gpg-agent", **more)


def make_key(home: Path, name: str, passphrase: str = "", **more: str) -> None:
    """A GPG key; without `passphrase` it is open."""
    Path(more.get("GNUPGHOME", home / ".gnupg")).mkdir(mode=0o700, exist_ok=True)
    protection = f"Passphrase: {passphrase}" if passphrase else "%no-protection"
    words = ("gpg", "--batch", "--pinentry-mode", "loopback", "--gen-key")
    tool(home, *words, given=KEY.format(protection=protection, name=name), **more)


def make_pass(home: Path, passphrase: str = "", **more: str) -> None:
    """A password store with a key of its own."""
    make_key(home, "a@example.com", passphrase, **more)
    tool(home, "pass", "init", "a@example.com", **more)


def unlock(home: Path, **more: str) -> None:
    """gpg-agent learns the passphrase, as when its owner reads an entry."""
    tool(home, "pass", "insert", "-m", "-f", "own", given="x", **more)
    entry = Path(more.get("PASSWORD_STORE_DIR", home / ".password-store")) / "own.gpg"
    words = ("gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", PASSPHRASE, "-d", str(entry))
    tool(home, *words, **more)


def make_database(home: Path) -> dict[str, str]:
    """A KeePassXC database with a key file and no password; answers the settings for it."""
    database, key = home / "my values.kdbx", home / "my values.key"
    tool(home, "keepassxc-cli", "db-create", "--quiet", "--set-key-file", str(key), str(database))
    return {"database": str(database), "key_file": str(key)}


def bound(store_id: str, value: str, home: Path) -> str:
    """Stores `value` for the command `PRINT` and answers its item."""
    item = service.deposit(Secret(value), store_named(store_id)).item
    made = binding.bind(PRINT, key=machine_key(), cwd="/", environ=stripped(home))
    records.save(records.Record(REF, "server", ("x",), "2026-11-20T00:00:00Z", store_id, (("TOKEN", item),), (made,)))
    return item


def run(environ: Mapping[str, str], cwd: object = "/") -> subprocess.CompletedProcess[bytes]:
    """`unsprawl run` as a host starts it."""
    command = [sys.executable, "-I", "-c", START, REF, "--", *PRINT]
    return subprocess.run(command, env=dict(environ), cwd=str(cwd), capture_output=True, timeout=60, check=False)


def one_line(done: subprocess.CompletedProcess[bytes], value: str) -> str:
    """Checks a refusal to start: one clear line, no value."""
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (4, b""), said
    assert said.startswith("unsprawl: ")
    assert said.count("\n") == 1
    assert value not in said
    return said


def executable(path: Path, text: str) -> Path:
    """A script at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.chmod(path, 0o755)
    return path
