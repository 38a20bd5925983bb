"""Real brokers of others, each in an environment of its own, and a vendor on loopback that keeps what it was sent."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.external import npm
from tests.servers.tls import Authority

HOST = "api.github.com"
OTHER = "api.other.example"
"""A host that nothing is bound to."""
SERVERS = Path(__file__).parent.parent / "servers"
NODE = npm.node("24.21.0")
VARLOCK = npm.Program("varlock", "1.20.0", "bin/cli.js")
LIMIT_S = 90.0


class Vendor:
    """A vendor's API under its name. What it got stays out of `repr`, so a failed assertion shows no value."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.authority = Authority(folder)
        self.authorities = folder / "all.pem"
        """The system's and the test's."""
        system = ssl.get_default_verify_paths().cafile
        known = Path(system).read_text() if system and os.path.isfile(system) else ""
        self.authorities.write_text(f"{known}\n{self.authority.root.read_text()}")
        self.got: list[dict[str, str]] = []
        self.port = 0

    def __repr__(self) -> str:
        return "Vendor(<hidden>)"

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/user"

    @property
    def environ(self) -> dict[str, str]:
        """What leads a program of the test here."""
        return {"UNSPRAWL_TEST_NAMES": f"{HOST},{OTHER}", "UNSPRAWL_TEST_CA": str(self.authorities)}

    @contextmanager
    def serving(self) -> Iterator[Vendor]:
        """Serves in threads of its own while the block runs."""
        got = self.got

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                got.append({name.lower(): value for name, value in self.headers.items()})
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", "19")
                self.end_headers()
                self.wfile.write(b'{"login":"octocat"}')

            def log_message(self, *args: object) -> None:
                """Nothing: it would tell the address, and noise hides what matters."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.socket = self.authority.server(HOST, OTHER).wrap_socket(server.socket, server_side=True)
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)


@cache
def python(minor: int) -> str:
    """An interpreter of that version or a later one. Raises InstallFailed."""
    for version in range(minor, minor + 4):
        names = [f"python3.{version}"]
        home = npm.ENVIRONMENT.get("HOME", "/")
        roots = Path(npm.ENVIRONMENT.get("PYENV_ROOT") or Path(home, ".pyenv")) / "versions"
        places = [shutil.which(name, path=npm.ENVIRONMENT.get("PATH")) for name in names]
        places += [str(found) for found in sorted(roots.glob(f"3.{version}.*/bin/python3"))]
        places += [sys.executable] if sys.version_info[1] == version else []
        for place in filter(None, places):
            asked = [place, "-c", f"import sys, venv; sys.exit(sys.version_info[:2] != (3, {version}))"]
            if subprocess.run(asked, capture_output=True, env=npm.ENVIRONMENT, check=False).returncode == 0:
                return place
    raise npm.InstallFailed(f"Python 3.{minor} or later is needed, and there is none here")


@cache
def environment(package: str, version: str, minor: int) -> Path:
    """A virtual environment with one package, in which names can be led astray; made on first use."""
    root = npm.cache_folder()
    final = root / f"{package}-{version}"
    marker = final / "complete"
    with npm.lock(root / f"{final.name}.lock"):
        if not marker.is_file():
            shutil.rmtree(final, ignore_errors=True)
            subprocess.run([python(minor), "-m", "venv", str(final)], check=True, env=npm.ENVIRONMENT)
            words = ["install", "--quiet", "--disable-pip-version-check", f"{package}=={version}"]
            done = subprocess.run(
                [str(final / "bin" / "pip"), *words],
                env=npm.ENVIRONMENT, capture_output=True, text=True, timeout=npm.INSTALL_TIMEOUT_S, check=False,
            )  # fmt: skip
            if done.returncode:
                raise npm.InstallFailed(f"pip could not install {package}:\n{npm.without_addresses(done.stderr)}")
            marker.touch()
        [packages] = final.glob("lib/python3.*/site-packages")
        shutil.copyfile(SERVERS / "names.py", packages / "unsprawl_test_names.py")
        (packages / "unsprawl-test-names.pth").write_text("import unsprawl_test_names\n")
    return final


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Told:
    """What a started server said. Values stay out of `repr`."""

    value: str = field(repr=False)
    status: int
    body: str
    environ: dict[str, str] = field(repr=False)
    argv: list[str] = field(repr=False)


def start(entry: Mapping[str, Any], environ: Mapping[str, str], cwd: Path) -> Told:
    """Start an entry as its host would: a small environment, and the entry's own variables."""
    done = subprocess.run(
        [entry["command"], *entry["args"]], env={**environ, **entry.get("env", {})}, cwd=cwd,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"exit code {done.returncode}: {done.stderr[-1500:]}"
    return Told(**json.loads(done.stdout))
