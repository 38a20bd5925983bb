"""The known MCP hosts as typed records, each made from the rules when it is first asked for."""

from __future__ import annotations

from functools import cache
from typing import Any

from unsprawl.scanner.host_files import HostFile, file_patterns
from unsprawl.scanner.record import NamedTuple

GOOD_EVIDENCE = frozenset({"observed", "source", "docs"})
"""Only these allow writing a reference: a wrong spelling is sent to the server as the credential."""


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


class Stdio(NamedTuple):
    """How the host writes an entry that it starts."""

    type: str | None = "stdio"
    """What stands under the key that tells remote entries apart, if the entry has it; None: nothing may."""
    command: str = "command"
    listed: bool = False
    """The command is one list of the program and its arguments."""


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
    stdio: Stdio
    references: tuple[ReferenceWay, ...]
    references_known: bool
    """Whether anybody knows what the host expands. If so and `references` is empty, it expands nothing."""
    child_env: str
    check: HostCheck | None
    file_references: dict[str, tuple[ReferenceWay, ...] | None]
    """What holds for single files, by pattern, where it differs; None where it is not known."""

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
        inputs=raw.get("inputs", ""),
        raw=raw.get("raw", False),
        expands_twice=raw.get("expands_twice", False),
        variable=raw["variable"],
        evidence=raw["evidence"],
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
        files=tuple(known.file for known in file_patterns() if known.host == raw["id"]),
        remote=None if remote is None else Remote(remote["type"], remote["needs_type"], remote["headers"]),
        stdio=Stdio(**raw.get("stdio", {})),
        references=_ways(raw["references"]) or (),
        references_known=raw["references"] is not None,
        child_env=raw["child_env"]["mode"],
        check=None if check is None else HostCheck(check["program"], tuple(check["argv"]), check["starts_servers"]),
        file_references={path: _ways(ways) for path, ways in raw["file_references"].items()},
    )


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
