"""What can move, and where to: every host x slot x target, asked of the planner itself with one made-up entry each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from unsprawl.broker.install import Installed
from unsprawl.rewriters.planner import TARGETS, Machine, make_plan
from unsprawl.rewriters.sample_entry import SLOTS, sample_secret, sample_text
from unsprawl.scanner.discover import ConfigFile, known_file
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.host_files import FilePattern, HostFile, file_patterns
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.patterns import bases
from unsprawl.scanner.surroundings import Surroundings

_HOMES = {"linux": "/home/you", "macos": "/Users/you", "windows": "C:/Users/you"}
_INSTALLED = Installed("/usr/local/bin/unsprawl", True, "")
"""Not this machine's: what the rules allow does not hang on how the program was installed here."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What becomes of one kind of slot with one target."""

    slot: str
    target: str
    moves: bool
    said: str
    """Where the value goes, or why it stays."""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What one host can do in files of one kind."""

    host: Host
    files: tuple[str, ...]
    """The patterns of those files, as the rules spell them."""
    cells: tuple[Cell, ...]

    def targets(self, slot: str) -> tuple[str, ...]:
        """Where a secret in the slot can move to."""
        return tuple(cell.target for cell in self.cells if cell.slot == slot and cell.moves)


def capabilities() -> list[Row]:
    """The rows of all hosts, in the order of the rules; files of a host that differ in nothing share one."""
    return [row for each in hosts() for row in rows(each)]


def rows(of: Host) -> list[Row]:
    """The rows of one host: its own files, not those of other hosts that it reads as well, nor an administrator's."""
    found: dict[tuple[Cell, ...], list[str]] = {}
    known: dict[object, tuple[Cell, ...]] = {}
    for pattern in file_patterns():
        file = pattern.file
        if pattern.host != of.id or file.also or file.scope == "managed" or not file.servers:
            continue
        config = _config(pattern)
        reader = of.at(file.pattern)
        # What the planner looks at: files that agree in it need not be asked about one by one.
        key = (file.format, file.servers[0], str(reader), [(r.host, r.scope, r.also) for r in config.readings])
        cells = known.get(str(key))
        if cells is None:
            cells = known[str(key)] = tuple(_cells(reader, file, config))
        found.setdefault(cells, []).append(file.pattern)
    return [Row(of, tuple(patterns), cells) for cells, patterns in found.items()]


def _cells(reader: Host, file: HostFile, config: ConfigFile) -> Iterator[Cell]:
    for slot in SLOTS:
        examined = examine(config, sample_text(reader, file, slot, sample_secret()).encode(), config.path)
        assert isinstance(examined, Examined)
        for target in TARGETS:
            yield _cell(slot, target, examined)


def _cell(slot: str, target: str, examined: Examined) -> Cell:
    plan = make_plan([examined], Machine(_INSTALLED, {}), target)
    for refusal in plan.refusals:
        return Cell(slot, target, False, refusal.reason, refusal.hint)
    [step] = plan.steps
    return Cell(slot, target, True, step.summary if step.record is None else "the vault")


def _config(pattern: FilePattern) -> ConfigFile:
    """The file of a pattern, on a machine that nobody has."""
    file = pattern.file
    system = (file.systems or tuple(_HOMES))[0]
    home = _HOMES[system]
    variable = pattern.anchor.strip("$%") if pattern.anchor[:1] in ("$", "%") else ""
    around = Surroundings(home, home, {variable: f"{home}/folder"} if variable else {}, system)
    base = next(iter(bases(pattern, around)), f"{home}/project")
    path = "/".join([base, *("some" if step == "**" else step.replace("*", "any") for step in pattern.steps)])
    config = known_file(path, around)
    assert config is not None, file.pattern
    return config
