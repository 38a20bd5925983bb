"""The known MCP hosts as typed records, made from the rules once per process."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from unsprawl.rules.bundle import HOSTS
from unsprawl.scanner.formats.node import Path as KeyPath

GOOD_EVIDENCE = frozenset({"observed", "source", "docs"})
"""Only these allow writing a reference: a wrong spelling is sent to the server as the credential."""


class HostFile(NamedTuple):
    """One place where a host keeps entries. `pattern` is spelled as `rules/hosts.yaml` explains."""

    pattern: str
    scope: str
    systems: tuple[str, ...]
    servers: tuple[KeyPath, ...]
    comments: bool | None
    """Whether the host reads this file with comments in it; None where nobody tried."""
    live: bool
    """The running host rewrites it."""
    alone: bool


class ReferenceWay(NamedTuple):
    """How a host can be told to take a value from elsewhere."""

    form: str
    """`inline` text in place of the value, `named` keys that take a variable's name, `prompt` once by the host."""
    write: str
    reads: tuple[str, ...]
    slots: frozenset[str]
    env_names: str
    headers_by_name: str
    bearer_by_name: str
    inputs: str
    raw: bool
    expands_twice: bool
    variable: str
    evidence: str

    @property
    def proven(self) -> bool:
        """Whether the evidence is good enough to write it."""
        return self.evidence in GOOD_EVIDENCE

    def spell(self, name: str) -> str:
        """The reference to `name` in this host's dialect."""
        return self.write.replace("NAME", name)


class Remote(NamedTuple):
    """How the host writes an entry that it reaches over HTTP."""

    type: str | None
    needs_type: bool
    headers: str


class HostCheck(NamedTuple):
    """A command of the host that loads its configuration. Its output may hold secrets: capture, never show."""

    program: str
    argv: tuple[str, ...]
    starts_servers: bool


class Host(NamedTuple):
    """An application that starts or calls MCP servers."""

    id: str
    name: str
    launch: str
    format: str
    rewrite_refused: str
    bom: bool
    files: tuple[HostFile, ...]
    remote: Remote | None
    references: tuple[ReferenceWay, ...]
    child_env: str
    check: HostCheck | None


def _way(raw: dict[str, Any]) -> ReferenceWay:
    return ReferenceWay(
        form=raw["form"],
        write=raw.get("write", ""),
        reads=tuple(raw["reads"]),
        slots=frozenset(raw["slots"]),
        env_names=raw.get("env_names", ""),
        headers_by_name=raw.get("headers_by_name", ""),
        bearer_by_name=raw.get("bearer_by_name", ""),
        inputs=raw.get("inputs", ""),
        raw=raw.get("raw", False),
        expands_twice=raw.get("expands_twice", False),
        variable=raw["variable"],
        evidence=raw["evidence"],
    )


def _file(raw: dict[str, Any], comments: bool | None) -> HostFile:
    return HostFile(
        pattern=raw["path"],
        scope=raw["scope"],
        systems=tuple(raw.get("os", ())),
        servers=tuple(tuple(path) for path in raw["servers"]),
        comments=raw.get("comments", comments),
        live=raw.get("live", False),
        alone=raw.get("alone", False),
    )


def _host(raw: dict[str, Any]) -> Host:
    remote, check = raw["remote"], raw.get("check")
    return Host(
        id=raw["id"],
        name=raw["name"],
        launch=raw["launch"],
        format=raw["format"],
        rewrite_refused=raw.get("rewrite", ""),
        bom=raw.get("bom", True),
        files=tuple(_file(file, raw["comments"]) for file in raw["files"]),
        remote=None if remote is None else Remote(remote["type"], remote["needs_type"], remote["headers"]),
        references=tuple(_way(way) for way in raw["references"]),
        child_env=raw["child_env"]["mode"],
        check=None if check is None else HostCheck(check["program"], tuple(check["argv"]), check["starts_servers"]),
    )


@cache
def hosts() -> tuple[Host, ...]:
    """All known hosts, in the order of the rules."""
    return tuple(_host(raw) for raw in HOSTS["hosts"])


@cache
def host(host_id: str) -> Host:
    """One host. Raises KeyError when no rule has that id."""
    for candidate in hosts():
        if candidate.id == host_id:
            return candidate
    raise KeyError(host_id)
