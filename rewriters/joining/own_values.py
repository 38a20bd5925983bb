"""Values that lie on this machine already and are their user's own: in files of their hosts, in an untracked `.env`, in
the environment, in the vault for the very same command. Never one that belongs to a repository."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator

from unsprawl.rewriters.joining.model import Wanted
from unsprawl.rewriters.joining.oddities import vendors_of
from unsprawl.rewriters.joining.shape import fault
from unsprawl.rules.load import load
from unsprawl.scanner.env_files import MAX_BYTES
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.formats.document import parse
from unsprawl.scanner.hosts import host
from unsprawl.scanner.model import Finding, Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret
from unsprawl.scanner.sources.kept_from_git import tracked_by_git
from unsprawl.scanner.sources.tree_files import of_tree
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.records import Record
from unsprawl.vault.service import withdraw

_BESIDE = (".env.local", ".env")


class OwnValue(NamedTuple):
    """One of them, and in words where it is."""

    secret: Secret
    where: str
    path: str = ""
    """The file of a host in which it stands in plain text; "" for other places."""

    def __repr__(self) -> str:
        return f"OwnValue({self.where})"


def own_values(
    wanted: Wanted,
    variable: str,
    around: Surroundings,
    files: Iterable[Examined],
    records: Iterable[Record],
    team: Collection[Secret],
) -> tuple[OwnValue, ...]:
    """What could be used for a variable, each value once; nothing that could not be what it wants.

    `files`: those of the user's own hosts; `team`: the secrets that stand in repositories.
    """
    found: dict[Secret, OwnValue] = {}
    for each in (
        *_exported(variable, around),
        *_in_vault(wanted, variable, records),
        *_beside(wanted, variable),
        *_in_files(variable, files),
    ):
        if each.secret not in found and fault(each.secret, variable, wanted.found.entry.package, team) is None:
            found[each.secret] = each
    return tuple(found.values())


def _exported(variable: str, around: Surroundings) -> Iterator[OwnValue]:
    if value := around.environ.get(variable):
        yield OwnValue(Secret(value), f"the variable {variable} of this shell")


def _in_vault(wanted: Wanted, variable: str, records: Iterable[Record]) -> Iterator[OwnValue]:
    """Of another repository's record, or of one for any folder, where it is bound to this very command line."""
    for record in records:
        if any(name == variable for name, _ in record.oauth) or (record.wire and not (wanted.run and wanted.run.wire)):
            continue
        for name, item in record.variables:
            if name == variable and wanted.run is not None and any(b.argv == wanted.argv for b in record.bindings):
                try:
                    value = withdraw(record.store, item)
                except UnsprawlError:
                    continue  # `vault list` and `verify` tell what is wrong with it
                where = f"in {record.project}" if record.project else "for any folder"
                yield OwnValue(value, f"your record `{record.ref}` {where}, which is for this very command")


def _beside(wanted: Wanted, variable: str) -> Iterator[OwnValue]:
    """Of an environment file in the project that git does not have."""
    for name in _BESIDE:
        path = os.path.join(wanted.project, name)
        if not os.path.isfile(path) or tracked_by_git(path):
            continue
        data = of_tree(path, MAX_BYTES, Problem(path, "link", "is a link"))
        document = parse(path, data, "dotenv") if isinstance(data, bytes) else None
        if document is None or isinstance(document, Problem):
            continue
        for member in document.root.members:
            if member.key == variable and (text := member.value.text()):
                yield OwnValue(Secret(text), f"your own {path}, which git does not have", path)


def _in_files(variable: str, files: Iterable[Examined]) -> Iterator[OwnValue]:
    rules = {rule.id for rule in vendors_of(variable)}
    for examined in files:
        if examined.file.shared:
            continue
        for finding in examined.findings:
            if finding.slot.context.name == variable or finding.literal.rule in rules:
                yield OwnValue(finding.secret, _told(finding), examined.file.path)


def _told(finding: Finding) -> str:
    names = " and ".join(dict.fromkeys(host(host_id).name for host_id in finding.hosts)) or "your own file"
    rule = load().get(finding.literal.rule)
    kind = rule.one if rule is not None and rule.provider else "a key"
    entry = f" for `{finding.entry.name}`" if finding.entry is not None else ""
    return f"the configuration of {names} ({finding.place.path}:{finding.place.line}) holds {kind}{entry}"
