"""A team at one place: bare repositories, and people with a home, a vault, clones and an `unsprawl` each."""

from __future__ import annotations

import hmac
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from tests.cli.homes import RECORDER
from tests.cli.program import Program, program
from tests.rewriters.support import spellings
from tests.servers.mapping_proxy import proxy
from tests.servers.remote import Remote, remote_recorder
from tests.servers.sites import Reply, Site, site
from tests.servers.tls import Authority
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum

WORK = "work"
"""Where everybody keeps their clones, in their home."""
TICKETS, LOGINS = "mcp.acme.example", ("mcp.linear.app", "mcp.tavily.com")
"""A remote server of the team's own, and vendors' that ask for a login: names that lead to this machine here."""
KINDS: dict[str, tuple[str, Checksum | None]] = {
    "GITHUB": ("ghp_{an:30}{chk}", Checksum("crc32-base62", 6, 4)),
    "BRAVE": ("BSA{an:27}", None),
    "LINEAR": ("lin_api_{an:40}", None),
    "TAVILY": ("tvly-{an:32}", None),
    "ACME": ("{an:12}/{an:9}+{an:9}=", None),
    "TICKETS": ("{an:40}", None),
}
# What hosts start instead of the real servers: it notes what it was given, as keyed digests, and speaks MCP.
SERVER = """\
#!{python} -I
import hmac, json, os, sys
sys.path.insert(0, {servers!r})
import recorder
def digest(text):
    return hmac.digest({key!r}, text.encode("utf-8", "surrogateescape"), "sha256").hex()
noted = {{"package": next((word for word in sys.argv[1:] if not word.startswith("-")), ""),
          "args": [digest(word) for word in sys.argv[1:]],
          "env": {{name: digest(value) for name, value in os.environ.items()}}}}
with open({log!r}, "a") as file:
    file.write(json.dumps(noted) + "\\n")
recorder.main()
"""


def key(kind: str, whose: str) -> str:
    """The same synthetic value at every call; no file of the project holds it."""
    template, checksum = KINDS[kind]
    return expand(template, Random(f"{kind} of {whose}"), checksum)


def planted() -> set[str]:
    """Every value that anybody has or had."""
    people = [f"{name}{when}" for name in ("ada", "bo", "cem", "dua") for when in ("", " new", " before")]
    return {key(kind, name) for kind in KINDS for name in ("the team", "api", "web", "notes of bo", *people)}


def found(values: set[str], text: str, where: str) -> None:
    """Fails, naming the place and no value, where one of them is in the text, raw or spelled otherwise."""
    data = text.encode("utf-8", "surrogateescape")
    assert not any(form in data for value in values for form in spellings(value)), f"a key is in {where}"


def npx(package: str, **env: str) -> dict[str, Any]:
    """A local server as most files have it."""
    return {"command": "npx", "args": ["-y", package], "env": env}


def write(path: Path, content: object) -> Path:
    """A file of a host: JSON, or the text as it is."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = content if isinstance(content, str) else json.dumps(content, indent=2) + "\n"
    path.write_text(text, encoding="utf-8", newline="")
    path.chmod(0o600)
    return path


@dataclass(frozen=True, slots=True)
class Start:
    """How a server was started: no value, only digests."""

    package: str
    args: frozenset[str]
    env: dict[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """One of the team, on a machine of their own."""

    name: str
    home: Path
    start: Program
    log: Path
    """What the servers that were started here noted."""
    noting: bytes
    """The key of these notes."""
    printed: list[str] = field(repr=False)
    """All that `unsprawl` and git ever showed them."""

    def types(self, *words: str, cwd: str = "", stdin: str = "", code: int = 0, **env: str) -> str:
        """`unsprawl` as they type it, in a folder of their home; answers what it prints on stdout."""
        done = self.start(*words, cwd=self.home / cwd, stdin=stdin, env=env)
        self.printed.extend((done.stdout, done.stderr))
        told = f"{self.name}: unsprawl {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        assert done.returncode == code, told
        return done.stdout

    def git(self, repository: str, *words: str) -> str:
        """Plain git in one of their clones."""
        done = subprocess.run(
            ["git", *words], cwd=self.home / WORK / repository, env=self.start.environ,
            capture_output=True, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, f"{self.name}: git {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def started(self) -> list[Start]:
        """How servers were started since the last look."""
        if not self.log.exists():
            return []
        noted = [json.loads(line) for line in self.log.read_text().splitlines()]
        self.log.unlink()
        return [Start(each["package"], frozenset(each["args"]), each["env"]) for each in noted]

    def digest(self, value: str) -> str:
        return hmac.digest(self.noting, value.encode(), sha256).hex()

    def files(self, *beside: str) -> dict[str, bytes]:
        """Every file of their home that is not unsprawl's own and in none of these folders."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file() and "unsprawl" not in path.parts and path.relative_to(self.home).parts[0] not in beside
        }


@dataclass(frozen=True, slots=True)
class Team:
    """All of them, and what they share."""

    folder: Path
    people: dict[str, Person]
    tickets: Remote
    """The team's own remote server, which keeps what it was called with."""
    vendors: Site = field(repr=False)
    """Those of LOGINS, in one; it keeps what it was asked, and answers 401 until somebody changes its routes."""

    @property
    def origin(self) -> Path:
        return self.folder / "origin"

    def publish(self, repository: str, files: dict[str, object], by: Person) -> None:
        """A repository with its first commit, pushed by one of them."""
        bare = self.origin / f"{repository}.git"
        bare.mkdir(parents=True)
        by.git("", "init", "-q", "--bare", str(bare))
        self.clone([repository], by)
        for name, content in files.items():
            write(by.home / WORK / repository / name, content).chmod(0o644)
        by.git(repository, "add", "-A", "-f")
        by.git(repository, "commit", "-q", "-m", f"Set up {repository}")
        by.git(repository, "push", "-q", "origin", "HEAD:main")

    def clone(self, repositories: Iterable[str], *people: Person) -> None:
        for person in people:
            for name in repositories:
                person.git("", "clone", "-q", str(self.origin / f"{name}.git"), name)

    def printed(self) -> str:
        return "\n".join(text for person in self.people.values() for text in person.printed)


@contextmanager
def team(folder: Path, *names: str, extra: str = "", columns: int = 80) -> Iterator[Team]:
    """New homes with git set up in each, and the names of remote servers, which lead to this machine alone."""
    authority = Authority(folder)
    with ExitStack() as stack:
        tickets = stack.enter_context(remote_recorder(tls=authority.server(TICKETS)))
        vendors = stack.enter_context(site(authority.server(*LOGINS)))
        for method in ("GET", "POST"):
            vendors.routes[method, "*"] = Reply(401, (("WWW-Authenticate", "Bearer"),))
        ports = {name: int(vendors.url.rpartition(":")[2]) for name in LOGINS}
        ports[TICKETS] = int(tickets.url.rpartition(":")[2])
        way = stack.enter_context(proxy(ports, []))
        network = {"HTTPS_PROXY": f"http://127.0.0.1:{way}", "SSL_CERT_FILE": str(authority.root)}
        yield Team(folder, {name: _person(folder, name, network, extra, columns) for name in names}, tickets, vendors)


def _person(folder: Path, name: str, network: dict[str, str], extra: str, columns: int) -> Person:
    home, machine = folder / name, folder / "machines" / name
    (home / WORK).mkdir(parents=True)
    home.chmod(0o700)
    (machine / "tmp").mkdir(parents=True)
    start = program(home, machine / "bin", columns=columns, extra=extra)
    start.environ.update({**network, "GIT_CONFIG_NOSYSTEM": "1", "TMPDIR": str(machine / "tmp")})
    (home / ".gitconfig").write_text(
        f"[user]\n\tname = {name.title()}\n\temail = {name}@acme.example\n[init]\n\tdefaultBranch = main\n"
    )
    noting, log = f"notes of {name}".encode(), machine / "started.jsonl"
    server = SERVER.format(python=sys.executable, servers=str(RECORDER.parent), key=noting, log=str(log))
    for command in ("npx", "uvx"):
        path = start.path.parent / command
        path.write_text(server)
        path.chmod(0o755)
    return Person(name, home, start, log, noting, [])
