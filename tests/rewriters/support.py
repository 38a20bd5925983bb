"""What the tests of migrations share: synthetic secrets, a machine, and the steps from files to outcomes."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from unsprawl.broker.install import Installed
from unsprawl.rewriters.apply import apply
from unsprawl.rewriters.env_home import env_homes, with_values
from unsprawl.rewriters.journal import Journal, journals, new_journal
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import EntryStep, Plan, Refusal
from unsprawl.rewriters.planner import AUTO, Machine, make_plan
from unsprawl.rewriters.replace_file import Watch, unwatched
from unsprawl.rewriters.stated import NOTHING_STATED, Stated
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import examined_files
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault import env_file, places
from unsprawl.vault.age_store import AgeStore
from unsprawl.vault.records import list_records
from unsprawl.vault.stores import Store

PROGRAM = "/opt/unsprawl/bin/unsprawl"
INSTALLED = Installed(PROGRAM, True, "installed for the system")
EPHEMERAL = Installed("/tmp/x/bin/unsprawl", False, "uvx made this environment for one run", "Install it for good.")
TEMPLATES: dict[str, tuple[str, Checksum | None]] = {
    "GITHUB": ("ghp_{an:30}{chk}", Checksum("crc32-base62", 6, 4, 0)),
    "GITLAB": ("glpat-{an:20}", None),
    "SLACK": ("xoxb-{d:12}-{d:13}-{an:24}", None),
    "PASSWORD": ("{an:9}${an:6}", None),
}
_PLACE = re.compile(rf"@@({'|'.join(TEMPLATES)})([0-9]?)@@")


def secret(name: str = "GITHUB", number: int = 1) -> str:
    """A synthetic value, the same one at every call: no file holds it."""
    template, checksum = TEMPLATES[name]
    return expand(template, Random(f"{name}{number}"), checksum)


def filled(text: str) -> str:
    """`text` with a value for each `@@GITHUB@@`, another one for `@@GITHUB2@@`, and the program's path."""
    text = text.replace("@@UNSPRAWL@@", PROGRAM)
    return _PLACE.sub(lambda match: secret(match[1], int(match[2] or 1)), text)


def github(number: int = 1) -> str:
    """A GitHub token with a valid checksum."""
    return secret("GITHUB", number)


def env_entry(value: str | None = None, name: str = "GITHUB_TOKEN", **more: str) -> dict[str, object]:
    """A stdio entry with one secret in its environment."""
    return {"command": "npx", "args": ["-y", "server-x"], "env": {name: value or github(), **more}}


def write_json(path: Path, servers: dict[str, object], key: str = "mcpServers", **beside: object) -> Path:
    """A host's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**beside, key: servers}, indent=2) + "\n")
    return path


@dataclass(slots=True)
class Bench:
    """One user's machine, and the calls that the commands make."""

    home: Path
    installed: Installed = INSTALLED
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: str = ""
    system: str = "linux"
    stated: Stated = NOTHING_STATED
    """Where this user always says that entries can log in."""

    def __post_init__(self) -> None:
        # This user has done what the closing list says.
        (self.home / ".bashrc").write_text(". ~/.config/unsprawl/env.sh\n")

    @property
    def around(self) -> Surroundings:
        return Surroundings(str(self.home), self.cwd or str(self.home), self.environ, self.system)

    def examined(self, *paths: Path) -> list[Examined]:
        """What a scan sees; nothing may be unreadable."""
        problems: list[Problem] = []
        return list(examined_files(ScanOptions(tuple(map(str, paths))), self.around, problems))

    def machine(self) -> Machine:
        """As `unsprawl migrate` makes it."""
        taken = {name: Secret(value) for name, value in self.environ.items()}
        taken |= {name: value for name in env_file.names() if (value := env_file.get_variable(name)) is not None}
        homes = env_homes(self.around)
        taken = with_values(taken, homes.values())
        refs = frozenset((record.project, record.ref) for record in list_records())
        return Machine(self.installed, taken, refs, env_homes=homes, folds_case=self.system == "windows")

    def plan(self, *paths: Path, target: str = AUTO, stated: Stated | None = None, only: Iterable[str] = ()) -> Plan:
        return make_plan(self.examined(*paths), replace(self.machine(), stated=stated or self.stated), target, only)

    def apply(
        self, plan: Plan, *, store: Store | None = None, watch: Watch = unwatched
    ) -> tuple[tuple[Outcome, ...], Journal]:
        journal = new_journal()
        return apply(plan, journal, store or AgeStore(), self.around, watch=watch), journal

    def migrate(self, *paths: Path, target: str = AUTO) -> Journal:
        """Plan and apply; everything must move."""
        plan = self.plan(*paths, target=target)
        assert plan.steps
        assert not plan.refusals, [refusal.reason for refusal in plan.refusals]
        outcomes, journal = self.apply(plan)
        assert {outcome.status for outcome in outcomes} == {"done"}, [outcome.reason for outcome in outcomes]
        return journal


def last_journal() -> Journal:
    """The newest journal, as it is on disk."""
    return list(journals())[-1]


def spellings(value: str) -> set[bytes]:
    """How a value may stand in a file: raw, JSON-escaped, base64 at each alignment, UTF-16."""
    raw = value.encode()
    found = {raw, json.dumps(value)[1:-1].encode(), value.encode("utf-16-le"), raw.hex().encode()}
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + raw)
        found.add(text[4 if shift else 0 : -4])
    return found


def files_with(folder: Path, values: Iterable[str]) -> set[Path]:
    """All files below `folder` that hold one of the values in any spelling."""
    forms = set().union(*(spellings(value) for value in values))
    return {path for path in all_files(folder) if any(form in path.read_bytes() for form in forms)}


def all_files(folder: Path) -> Iterator[Path]:
    """Every regular file below `folder`, hidden ones too."""
    for parent, _, names in os.walk(folder):
        yield from (path for name in names if (path := Path(parent, name)).is_file() and not path.is_symlink())


def running_in(home: Path) -> list[int]:
    """Processes with this home in their environment that have not ended. Linux; elsewhere it cannot be told."""
    wanted, found = f"HOME={home}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            inherits = wanted in (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if inherits and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def strays(folder: Path) -> set[Path]:
    """Temporary files of ours."""
    return {path for path in all_files(folder) if path.name.startswith(".unsprawl-")}


def kept() -> tuple[set[str], set[str], set[str]]:
    """What is stored now: names of vault items, of records, of shell variables."""
    items = {path.name for path in places.items_dir().glob("*.age")} if places.items_dir().is_dir() else set()
    return items, {record.ref for record in list_records()}, set(env_file.names())


NOTHING: tuple[set[str], set[str], set[str]] = (set(), set(), set())


def stored_values() -> list[str]:
    """Every value that can be had from the vault (by its items) or the shell file."""
    store = AgeStore()
    values = [store.get(path.stem).reveal() for path in places.items_dir().glob("*.age")]
    return values + [value.reveal() for name in env_file.names() if (value := env_file.get_variable(name)) is not None]


def step(plan: Plan) -> EntryStep:
    """The only step of a plan that refuses nothing."""
    assert not plan.refusals, [refusal.reason for refusal in plan.refusals]
    [only] = plan.steps
    return only


def refusal(plan: Plan) -> Refusal:
    """The only refusal of a plan that does nothing; it shows no secret."""
    assert not plan.steps
    [only] = plan.refusals
    for text in (only.reason, only.hint):
        assert github() not in text
    return only
