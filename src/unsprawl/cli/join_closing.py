"""What comes after a join: what a person must do, which hosts read the files, and the whole of it as a document."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from shlex import join

from unsprawl.broker.install import where
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.joining.model import Way
from unsprawl.rewriters.joining.own_values import OwnValue
from unsprawl.rewriters.joining.survey import Item
from unsprawl.rewriters.outcome import Outcome
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.targets.oauth import log_in
from unsprawl.rewriters.todo import Todo
from unsprawl.scanner.discover import host_files
from unsprawl.scanner.env_files import is_env_file
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Problem, Transport
from unsprawl.scanner.report.join import items_json
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.migration import migration_json
from unsprawl.scanner.surroundings import Surroundings

COMMAND = "team join"


def closing(
    around: Surroundings, ready: Sequence[Item], logins: Iterable[Item], used: Iterable[OwnValue], loading: str
) -> list[str]:
    """In the order in which to do it. `ready`: what is in order, where anything was stored; `logins`: entries that may
    be logged in to; `used`: values that lie elsewhere on this machine too; `loading`: what makes the shell load the
    variables, "" for nothing.
    """
    todo: list[str] = []
    if loading:
        todo.append(Todo("let your shell load the variables, then start the hosts from a new terminal", loading))
    todo += _hosts(around, ready)
    if ready and not (installed := where()).permanent:
        todo.append(f"{installed.hint or installed.reason}: hosts start `unsprawl` by its name")
    for item in logins:
        entry = item.wanted.found.entry
        if item.wanted.way is Way.LOGIN and entry.transport is not Transport.STDIO:
            todo += [log_in(owner, entry.name) for owner in item.wanted.owners]
    paths = {each.path for each in used if each.path and not is_env_file(each.path.rpartition("/")[2])}
    for path in sorted(paths):
        todo.append(
            Todo("the same key still stands in a file of yours; move it too", join(["unsprawl", "migrate", path]))
        )
    return list(dict.fromkeys(todo))


def _hosts(around: Surroundings, ready: Sequence[Item]) -> list[str]:
    """Which hosts read what is ready now, those of this machine first."""
    if not ready:
        return []
    here = {host_id for file in host_files(around) for host_id in file.hosts}
    readers = dict.fromkeys(host_id for item in ready for host_id in item.wanted.found.entry.hosts)
    present = [host(host_id) for host_id in readers if host_id in here]
    absent = [host(host_id).name for host_id in readers if host_id not in here]
    todo: list[str] = []
    if present:
        names = ", ".join(each.name for each in present)
        todo.append(f"restart {names}: the shared files are read at start, and a changed entry is asked about again")
    todo += [Todo(f"{each.name} asks before it starts them", each.approve) for each in present if each.approve]
    if absent:
        todo.append(f"not seen on this machine, but they read these files too: {', '.join(absent)}")
    return todo


def write_document(
    items: Sequence[Item], outcomes: Sequence[Outcome], todo: Sequence[str], problems: Sequence[Problem], root: str
) -> None:
    """All of a join as JSON."""
    document = migration_json(COMMAND, Plan((), ()), outcomes, todo, None, problems, root)
    document["entries"] = items_json(items, root)
    sys.stdout.writelines(render(document, REDACTOR))
