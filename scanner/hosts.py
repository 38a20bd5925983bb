"""The known MCP hosts as typed records, each made from the rules when it is first asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

from unsprawl.scanner.host_files import HostFile, file_patterns
from unsprawl.scanner.host_oauth import HostOAuth, host_oauth
from unsprawl.scanner.record import NamedTuple

GOOD_EVIDENCE = frozenset({"observed", "source", "docs"})
"""Only these allow writing a reference: a wrong spelling is sent to the server as the credential."""


class ReferenceWay(NamedTuple):
    """How a host can be told to take a value from elsewhere."""

    form: str
    """`inline` text in place of the value, `named` keys that take a variable's name, `prompt` once by the host,
    `inherit` from the host's own environment, without a word in the entry."""
    write: str
    reads: tuple[str, ...]
    slots: frozenset[str]
    env_names: str
    headers_by_name: str
    bearer_by_name: str
    bearer_unless: tuple[str, ...]
    """Keys of the entry that say how the value is sent: with one of them it may be no bearer token."""
    inputs: str
    raw: bool
    expands_twice: bool
    variable: str
    upper: bool
    """The host looks variables up in capital letters."""
    approved: str
    """What the user must do before the host sees a variable, or expands its name."""
    elsewhere: str
    """Where else the host looks for a variable: only the host can see it there."""
    evidence: str

    @property
    def proven(self) -> bool:
        """Whether the evidence is good enough to write it."""
        return self.evidence in GOOD_EVIDENCE

    def spell(self, name: str) -> str:
        """The reference to `name` in this host's dialect."""
        return self.write.replace("NAME", name)


class HeaderHelper(NamedTuple):
    """A command of an entry that prints further headers as a JSON object. The host starts it with `/bin/sh -c`."""

    key: str
    """The key of the entry that holds it."""
    servers: tuple[tuple[str, ...], ...]
    """Where in a user's own file it was seen to work."""
    folder: str
    """Where it is started, below the home ("~/"); while that folder is missing it is not."""
    address: str
    """The variable that tells the command which address is called."""
    name: str
    """The variable that tells it the name of the entry."""
    evidence: str

    @property
    def proven(self) -> bool:
        """Whether the evidence is good enough to write it."""
        return self.evidence in GOOD_EVIDENCE


class HostEnv(NamedTuple):
    """The file of variables that the host loads by itself, whatever folder it is started in."""

    path: str
    """Below `~`."""
    moved_by: str
    """The variable that lets the host look elsewhere; "" where there is none."""
    never: tuple[str, ...]
    """How names begin that the host drops."""
    evidence: str
    write: str
    """How the host is told to put a file's content in a value's place: then `path` is a folder with a file for each."""

    @property
    def proven(self) -> bool:
        """Whether the evidence is good enough to keep a value there."""
        return self.evidence in GOOD_EVIDENCE


class EntryEnv(NamedTuple):
    """How an entry names a file of variables that its server alone is given."""

    key: str
    evidence: str

    @property
    def proven(self) -> bool:
        """Whether the evidence is good enough to keep a value there."""
        return self.evidence in GOOD_EVIDENCE


class Remote(NamedTuple):
    """How the host writes an entry that it reaches over HTTP."""

    type: str | None
    needs_type: bool
    headers: str
    within: tuple[str, ...]
    """Objects of an entry that may hold the headers as well."""
    helper: HeaderHelper | None = None


class Shape(NamedTuple):
    """How the host writes an entry."""

    command: str = "command"
    env: str = "env"
    url: str = "url"
    within: str = ""
    """The object of an entry that holds command or address."""
    words: str = ""
    """`array`: program and arguments are one list; `split`: the host takes the command apart as a shell would;
    `shell`: the command, or the entry itself, is a line that a shell runs."""
    listed: bool = False
    """Entries are a list, each with its name."""
    apart: bool = False
    """Servers that are started are listed elsewhere than those that are called."""
    single: bool = False
    """The object where entries are looked for is the only one itself."""
    header_lines: bool = False
    """Headers are a list of `Name: value`."""
    local: dict[str, Any] = {}  # noqa: RUF012
    """What else a server that is started must have."""
    remote: dict[str, Any] = {}  # noqa: RUF012
    """What else a server that is called must have."""


class HostCheck(NamedTuple):
    """A command of the host that loads its configuration. Its output may hold secrets: capture, never show."""

    program: str
    argv: tuple[str, ...]
    starts_servers: bool
    stream: str
    """Where it lists the entries: `stdout` or `stderr`."""


class Host(NamedTuple):
    """An application that starts or calls MCP servers."""

    id: str
    name: str
    launch: str
    format: str
    rewrite_refused: str
    bom: bool
    shape: Shape
    files: tuple[HostFile, ...]
    remote: Remote | None
    references: tuple[ReferenceWay, ...]
    references_known: bool
    """Whether anybody knows what the host expands. If so and `references` is empty, it expands nothing."""
    child_env: str
    child_sets: dict[str, str]
    """Guarded variables that the host adds to every server's environment; "~/" is the home."""
    approve: str
    """What the user types after the command of a project's entry has changed; "" where the host does not ask."""
    check: HostCheck | None
    env_file: HostEnv | None
    entry_env_file: EntryEnv | None
    file_references: dict[str, tuple[ReferenceWay, ...] | None]
    """What holds for single files, by pattern, where it differs; None where it is not known."""
    file_refusals: dict[str, str]
    """Why single files are never edited, by pattern."""
    file_shapes: dict[str, Shape]
    oauth: HostOAuth
    """What it does where a remote server asks for a login."""
    file_logins: dict[str, HostOAuth]

    @property
    def inherits(self) -> bool:
        """Whether the host is known to hand all of its environment on, and expands nothing in variables."""
        return any(way.form == "inherit" and way.proven for way in self.references)

    @property
    def needs_bridge(self) -> bool:
        """Whether only a bridge can log in for it: it calls no remote servers, or is known not to log in."""
        return self.remote is None or self.oauth.native is False

    def at(self, pattern: str) -> Host:
        """The host as it reads the file of this pattern."""
        ways = self.ways(pattern)
        return self._replace(
            references=ways or (),
            references_known=ways is not None,
            rewrite_refused=self.rewrite_refused or self.file_refusals.get(pattern, ""),
            shape=self.file_shapes.get(pattern, self.shape),
            oauth=self.file_logins.get(pattern, self.oauth),
        )

    def ways(self, pattern: str) -> tuple[ReferenceWay, ...] | None:
        """How values in the file of this pattern can be taken from elsewhere; None where it is not known."""
        known = self.references if self.references_known else None
        return self.file_references.get(pattern, known)


def _way(raw: dict[str, Any]) -> ReferenceWay:
    return ReferenceWay(
        form=raw["form"],
        write=raw.get("write", ""),
        reads=tuple(raw["reads"]),
        slots=frozenset(raw["slots"]),
        env_names=raw.get("env_names", ""),
        headers_by_name=raw.get("headers_by_name", ""),
        bearer_by_name=raw.get("bearer_by_name", ""),
        bearer_unless=tuple(raw.get("bearer_unless", ())),
        inputs=raw.get("inputs", ""),
        raw=raw.get("raw", False),
        expands_twice=raw.get("expands_twice", False),
        variable=raw["variable"],
        upper=raw.get("upper", False),
        approved=raw.get("approved", ""),
        elsewhere=raw.get("elsewhere", ""),
        evidence=raw["evidence"],
    )


def _host(raw: dict[str, Any]) -> Host:
    remote, check, env_file = raw["remote"], raw.get("check"), raw.get("env_file")
    entry_env_file = raw.get("entry_env_file")
    return Host(
        id=raw["id"],
        name=raw["name"],
        launch=raw["launch"],
        format=raw["format"],
        rewrite_refused=raw.get("rewrite", ""),
        bom=raw.get("bom", True),
        shape=Shape(**raw.get("shape", {})),
        files=tuple(known.file for known in file_patterns() if known.host == raw["id"]),
        remote=None if remote is None else _remote(remote),
        references=_ways(raw["references"]) or (),
        references_known=raw["references"] is not None,
        child_env=raw["child_env"]["mode"],
        child_sets=raw["child_env"].get("sets", {}),
        approve=raw.get("approve", ""),
        check=None if check is None else _check(check),
        env_file=None if env_file is None else _env_file(env_file),
        entry_env_file=None if entry_env_file is None else EntryEnv(**entry_env_file),
        file_references={path: _ways(ways) for path, ways in raw["file_references"].items()},
        file_refusals=raw["file_refusals"],
        file_shapes={path: Shape(**shape) for path, shape in raw["file_shapes"].items()},
        oauth=host_oauth(raw["oauth"]),
        file_logins={path: host_oauth(login) for path, login in raw["file_logins"].items()},
    )


def _remote(raw: dict[str, Any]) -> Remote:
    helper = raw.get("helper")
    return Remote(
        raw["type"],
        raw["needs_type"],
        raw["headers"],
        tuple(raw.get("within", ())),
        None if helper is None else HeaderHelper(**{**helper, "servers": tuple(map(tuple, helper["servers"]))}),
    )


def _env_file(raw: dict[str, Any]) -> HostEnv:
    return HostEnv(
        raw["path"], raw.get("moved_by", ""), tuple(raw.get("never", ())), raw["evidence"], raw.get("write", "")
    )


def _check(raw: dict[str, Any]) -> HostCheck:
    return HostCheck(raw["program"], tuple(raw["argv"]), raw["starts_servers"], raw.get("stream", "stdout"))


def _ways(raw: list[dict[str, Any]] | None) -> tuple[ReferenceWay, ...] | None:
    return None if raw is None else tuple(_way(way) for way in raw)


@cache
def hosts() -> tuple[Host, ...]:
    """All known hosts, in the order of the rules. For a few of them ask `host`, which makes only those."""
    return tuple(host(host_id) for host_id in _raw())


@cache
def host(host_id: str) -> Host:
    """One host. Raises KeyError when no rule has that id."""
    return _host(_raw()[host_id])


@cache
def _raw() -> dict[str, dict[str, Any]]:
    from unsprawl.rules.bundle_hosts import HOSTS as RECORDS

    return {raw["id"]: raw for raw in RECORDS}
