"""What can move, and where to: every host x slot x target, asked of the planner itself with one made-up entry each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unsprawl.broker.install import Installed
from unsprawl.rewriters.planner import TARGETS, Machine, make_plan
from unsprawl.rewriters.sample_entry import NAME, SLOTS, sample_secret, sample_text
from unsprawl.rewriters.stated import Stated
from unsprawl.rewriters.targets.oauth import starts_bridge
from unsprawl.rewriters.targets.situation import place_name
from unsprawl.scanner.discover import ConfigFile, known_file
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.host_files import FilePattern, HostFile, file_patterns
from unsprawl.scanner.hosts import Host, hosts
from unsprawl.scanner.patterns import bases
from unsprawl.scanner.surroundings import Surroundings

_HOMES = {"linux": "/home/you", "macos": "/Users/you", "windows": "C:/Users/you"}
_INSTALLED = Installed("/usr/local/bin/unsprawl", True, "")
"""Not this machine's: what the rules allow does not hang on how the program was installed here."""


_LOGIN = "https://mcp.example.com/mcp"
"""Where the made-up entry is said to be able to log in; what the catalogue can tell of vendors is another matter."""
BRIDGE = "bridge"


@dataclass(frozen=True, slots=True)
class Cell:
    """What becomes of one kind of slot with one target."""

    slot: str
    target: str
    moves: bool
    said: str
    """Where the value goes, or why it stays."""
    hint: str
    place: str
    """What the place is called in what is said: `env GITHUB_TOKEN`."""
    instead: str = ""
    """The target that really takes the secret where another one does that better: `reference` for `run`, when the host
    calls the server itself. `BRIDGE` where a bridge logs in for the host."""


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


@dataclass(frozen=True, slots=True)
class Reason:
    """Why secrets stay where they are, and whose."""

    targets: tuple[str, ...]
    said: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    """(names of slots, names of hosts), for each set of slots."""


def reasons(table: Sequence[Row]) -> list[Reason]:
    """Every reason of the table once, the most frequent first, without the names that only one row has."""
    held: dict[str, dict[str, dict[str, list[str]]]] = {}
    for row in table:
        for cell in row.cells:
            if not cell.moves:
                said = _general(cell, row.host)
                slots = held.setdefault(said, {}).setdefault(label(row, table), {})
                slots.setdefault(cell.slot, []).append(cell.target)
    found = []
    for said, by_host in held.items():
        targets = {target for slots in by_host.values() for found_at in slots.values() for target in found_at}
        names: dict[str, list[str]] = {}
        for name, slots in by_host.items():
            names.setdefault(", ".join(slot for slot in SLOTS if slot in slots), []).append(name)
        where = tuple((slots, tuple(of)) for slots, of in names.items())
        found.append(Reason(tuple(target for target in TARGETS if target in targets), said, where))
    return sorted(found, key=lambda reason: -sum(len(of) for _, of in reason.where))


def _general(cell: Cell, of: Host) -> str:
    said = cell.said.replace(cell.place, "the value")
    longer = any(said.startswith(each.name) for each in hosts() if each.name.startswith(f"{of.name} "))
    return f"the host{said[len(of.name) :]}" if said.startswith(f"{of.name} ") and not longer else said


def label(row: Row, table: Sequence[Row]) -> str:
    """What a row is called: its host, and a file of it where it is not the host's first row."""
    first = next(other for other in table if other.host.id == row.host.id)
    return row.host.name if row.files == first.files else f"{row.host.name} ({row.files[0]})"


def capabilities() -> list[Row]:
    """The rows of all hosts, in the order of the rules; files of a host that differ in nothing share one."""
    return [row for each in hosts() for row in rows(each)]


def rows(of: Host) -> list[Row]:
    """The rows of one host: its own files, not those of other hosts that it reads as well, nor an administrator's."""
    found: dict[tuple[tuple[bool, str], ...], tuple[list[str], tuple[Cell, ...]]] = {}
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
        found.setdefault(tuple((cell.moves, cell.instead) for cell in cells), ([], cells))[0].append(file.pattern)
    return [Row(of, tuple(patterns), cells) for patterns, cells in found.values()]


def _cells(reader: Host, file: HostFile, config: ConfigFile) -> Iterator[Cell]:
    for slot in SLOTS:
        examined = examine(config, sample_text(reader, file, slot, sample_secret()).encode(), config.path)
        assert isinstance(examined, Examined)
        for target in TARGETS:
            yield _cell(slot, target, examined)


def _cell(slot: str, target: str, examined: Examined) -> Cell:
    plan = make_plan([examined], Machine(_INSTALLED, {}, stated=Stated({NAME: _LOGIN})), target)
    place = place_name(examined.findings[0])
    for refusal in plan.refusals:
        return Cell(slot, target, False, refusal.reason, refusal.hint, place)
    [step] = plan.steps
    # The name of a record is another one at every run.
    said = step.summary if step.record is None else "the vault"
    instead = BRIDGE if starts_bridge(step) else step.target if step.target != target else ""
    return Cell(slot, target, True, said, "", place, instead)


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
