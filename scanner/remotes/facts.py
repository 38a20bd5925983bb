"""What an entry says that matters for a move to a remote server: what it starts or calls, its variables and flags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from unsprawl.scanner.approach import is_bridge, run_command
from unsprawl.scanner.examine import ExaminedEntry
from unsprawl.scanner.model import SlotKind, Transport
from unsprawl.scanner.packages import CONTAINERS, flag_values, package_of, started
from unsprawl.scanner.parts import host_of
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import normal
from unsprawl.scanner.slots import slots

_NPM = frozenset({"npx", "bunx", "pnpx", "npm", "pnpm", "yarn", "bun", "deno"})
_PYPI = frozenset({"uvx", "uv", "pipx"})
_INSTALLED = re.compile(r"(?:^|/)node_modules/((?:@[a-z0-9._-]{1,100}/)?[a-z0-9._-]{1,100})/")
_ASSIGNED = re.compile(r"(?s)([A-Z_][A-Z0-9_]{0,100})=(.*)")
_REGISTRIES = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")
_DEEPEST = 8
"""So many programs that start another one are looked through."""
_LONGEST = 4096
"""So much of a value is looked at for the name of a variable, or for a host."""
_OFF = frozenset({"", "0", "false", "no", "off", "none", "null", "disabled"})


class Started(NamedTuple):
    """What a command line starts. `kind` as in `catalogue.KINDS`; `name` is whole, without its version."""

    kind: str
    name: str


class Facts(NamedTuple):
    """One entry. Its texts may be secrets: they are compared, never shown."""

    started: Started | None
    address: str
    """Where its requests go, or ""."""
    variables: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    """Of the command line."""
    texts: tuple[str, ...]
    """Every value that can hold a credential."""
    rules: frozenset[str]
    """Of what was found in it."""
    literals: tuple[str, ...]
    """Names of what holds a secret that is written out."""
    referenced: bool
    path: str
    hosts: tuple[str, ...]
    beside: bool
    """It names an environment file, of whose variables nothing is known here."""

    def __repr__(self) -> str:
        return f"Facts({self.started!r})"

    def of_variables(self, names: Iterable[str]) -> list[str]:
        """The values of these variables that are not empty."""
        wanted = frozenset(names)
        return [text for name, text in self.variables if name in wanted and text]

    def of_flags(self, flags: Sequence[str]) -> list[str]:
        """The values of these flags; of one without a value "true"."""
        found = []
        for index, word in enumerate(self.words):
            flag, equals, value = word.partition("=")
            if flag in flags:
                behind = self.words[index + 1] if index + 1 < len(self.words) else "--"
                found.append(value if equals else "true" if behind.startswith("-") else behind)
        return found


def is_on(text: str) -> bool:
    """Whether the value of a switch turns it on."""
    return text.strip().lower() not in _OFF


def is_named_elsewhere(text: str) -> bool:
    """Whether a value is, or has in it, the name of a variable: what it will be is not known here."""
    return any(True for _ in references(text[:_LONGEST]))


def facts_of(found: ExaminedEntry) -> Facts:
    """What an examined entry says."""
    entry = found.entry
    groups = tuple(slots(found.server))
    named = [
        (group.whole.context.name, group.view.text) for group in groups if group.whole.context.kind is SlotKind.ENV
    ]
    named += _assigned(entry.command)
    bridge = entry.transport is Transport.STDIO and is_bridge(entry.command)
    address = next((word for word in entry.command if host_of(word)), "") if bridge else entry.url
    return Facts(
        None if bridge or address else started_as(entry.command),
        address,
        tuple(named),
        entry.command,
        tuple(group.view.text for group in groups),
        frozenset(finding.literal.rule for finding in found.findings),
        tuple(dict.fromkeys(finding.slot.context.name for finding in found.findings)),
        bool(found.references) or bool(run_command(entry.command)),
        entry.path.replace("\\", "/"),
        entry.owners,
        bool(found.env_files),
    )


def _assigned(command: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Variables that a command line sets itself: `docker run -e NAME=value`, `env NAME=value`."""
    for word in command:
        found = _ASSIGNED.fullmatch(word.removeprefix("--env="))
        if found is not None:
            yield found[1], found[2]


def started_as(command: tuple[str, ...], depth: int = 0) -> Started | None:
    """What a command line starts; None where nothing tells it surely."""
    words = started(command)
    if not words or depth > _DEEPEST:
        return None
    program, *rest = words
    name = base_name(program)
    if (
        "--" in rest
        and (name == "unsprawl" or "run" in rest[: rest.index("--")])
        and name not in CONTAINERS | _NPM | _PYPI
    ):
        return started_as(tuple(rest[rest.index("--") + 1 :]), depth + 1)
    package = package_of(tuple(word.removeprefix("npm:") for word in words))
    if name in CONTAINERS:
        return Started("images", _image(package)) if package else None
    if name in _NPM:
        return _packaged("npm", package, rest)
    if name in _PYPI:
        return _packaged("pypi", package, rest)
    if name.startswith("python") and "-m" in rest:
        return Started("pypi", normal("pypi", package)) if package else None
    if name in ("node", "tsx", "ts-node"):
        script = next((word.replace("\\", "/") for word in rest if not word.startswith("-")), "")
        installed = _INSTALLED.findall(script)
        return Started("npm", installed[-1]) if installed else None
    operands = [word for word in rest if not word.startswith("-")]
    return Started("programs", " ".join([name, *operands[:3]]))


def _packaged(kind: str, package: str, words: Sequence[str]) -> Started | None:
    """A package by its name, unless the command line gets it from somewhere else under that name."""
    written = [*flag_values(words, ("--from", "--spec", "--package", "-p")), *words]
    spec = next((word.removeprefix("npm:") for word in written if word.removeprefix("npm:").startswith(package)), "")
    behind = spec[len(package) :]
    if not package or ":" in behind or "/" in behind or "@" in package[1:] or ":" in package:
        return None
    return Started(kind, normal(kind, package))


def _image(name: str) -> str:
    """Without digest, tag and the registry that is taken when none is named."""
    name = name.partition("@")[0]
    folder, slash, last = name.rpartition("/")
    name = f"{folder}{slash}{last.partition(':')[0]}"
    for registry in _REGISTRIES:
        name = name.removeprefix(registry)
    return name
