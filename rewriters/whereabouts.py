"""Each secret of this machine with every place that has it: files that were scanned, and what is ours. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from unsprawl.rewriters.holders import Holder, Kind
from unsprawl.scanner.approach import vault_reference
from unsprawl.scanner.detect import judge
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Context, Entry, Finding, Literal, Place, Slot, SlotKind
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret


class Whereabouts(NamedTuple):
    """One secret."""

    finding: Finding
    """The place by which it is judged; made up for what stands in no file."""
    findings: tuple[Finding, ...]
    """Its places in files."""
    holders: tuple[Holder, ...]

    @property
    def secret(self) -> Secret:
        return self.finding.secret

    @property
    def depends(self) -> list[str]:
        """What stops working without it, each as the object of a sentence. Foreign text."""
        found = [f"the entry {each.entry.name}" for each in self.findings if each.entry is not None and in_use(each)]
        found += [f"a setting that {', '.join(each.hosts)} reads" for each in self.findings
                  if each.entry is None and in_use(each)]  # fmt: skip
        words = {Kind.VAULT: "the vault record", Kind.VARIABLE: "the variable", Kind.BROKER: "the broker"}
        found += [f"{words[each.kind]} {each.name}" for each in self.holders if each.kind.depends]
        return list(dict.fromkeys(found))

    @property
    def undone_by(self) -> list[str]:
        """The migrations whose undo would put it back."""
        return list(dict.fromkeys(each.name for each in self.holders if each.kind is Kind.UNDO))


def in_use(finding: Finding) -> bool:
    """Whether a host reads it where it stands."""
    idle = finding.copy or finding.commented or finding.document
    return not idle and (finding.entry is not None or bool(finding.hosts))


class Entries:
    """The entries of a scan by where they stand, and by the vault record that they name."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], Entry] = {}
        self._of: dict[str, Entry] = {}
        self._names: list[tuple[Entry, str]] = []

    def examined(self, file: Examined) -> None:
        """One more file of the scan."""
        for found in file.entries:
            self._add(found)

    def _add(self, found: ExaminedEntry) -> None:
        entry = found.entry
        self._at[entry.path, pointer(entry.key_path)] = entry
        reference = vault_reference(entry, found.server.node)
        if reference is not None:
            self._of.setdefault(reference, entry)
        self._names += [(entry, name) for _, told in found.references for name in told.names]

    def in_environment(self, environ: Mapping[str, str]) -> Iterator[Holder]:
        """The variables of this environment that an entry names: what is started from here gets their values."""
        for entry, name in self._names:
            if environ.get(name):
                at = entry.path, pointer(entry.key_path)
                yield Holder(Kind.VARIABLE, name, entry.name, Secret(environ[name]), name, *at, "this environment")

    def of(self, holder: Holder) -> Entry | None:
        """The entry that a text of ours is for."""
        if holder.kind is Kind.VAULT:
            return self._of.get(holder.name)
        return self._at.get((holder.path, holder.pointer))


def whereabouts(findings: Iterable[Finding], holders: Sequence[Holder], entries: Entries) -> tuple[Whereabouts, ...]:
    """Every secret that stands somewhere, in the order in which they are found; those in files first."""
    places: dict[Secret, list[Finding]] = {}
    for finding in findings:
        places.setdefault(finding.secret, []).append(finding)
    judged: dict[Secret, Finding] = {secret: _best(each) for secret, each in places.items()}
    for finding in _made(holders, entries):
        judged.setdefault(finding.secret, finding)
    return tuple(
        Whereabouts(finding, tuple(places.get(secret, ())), tuple(each for each in holders if each.holds(secret)))
        for secret, finding in judged.items()
    )


def _best(findings: Sequence[Finding]) -> Finding:
    """What stands in an entry before what stands alone: more is known of it."""
    return min(findings, key=lambda each: (not in_use(each), each.entry is None))


def _made(holders: Sequence[Holder], entries: Entries) -> Iterator[Finding]:
    """A finding for each secret of ours, as if it stood in the entry that it is for."""
    ranked = sorted(holders, key=lambda each: (not each.variable, entries.of(each) is None))
    for holder in ranked:
        entry = entries.of(holder)
        text = holder.secret.reveal()
        context = Context(SlotKind.ENV, holder.variable, package=entry.package if entry is not None else "")
        literal = judge(text, context)
        if isinstance(literal, Literal):
            path = entry.path if entry is not None else holder.path
            line = entry.line if entry is not None else 1
            slot = Slot(context, entry.key_path if entry is not None else (), 0, len(text), holder.secret)
            secret = Secret(text[literal.start : literal.end])
            yield Finding("", literal, Place(path, line, 1, line, 1, ""), slot, (), entry, secret)


def chosen(
    words: Sequence[str], known: Sequence[Whereabouts], identify: Callable[[Secret], str | None]
) -> tuple[list[Whereabouts], list[int], list[Whereabouts]]:
    """The secrets that these words name, each once, the numbers of the words that name none, and what was passed over.

    The name of an entry, a record or a migration means those of its secrets that nothing needs any more, where it has
    such: after a key was replaced the old one is meant, and never the new one, which is passed over.
    """
    alone, together = _names(known, identify)
    found: dict[int, Whereabouts] = {}
    passed: dict[int, Whereabouts] = {}
    wrong: list[int] = []
    for number, word in enumerate(words):
        mine = alone.get(word, ())
        if not mine:
            every = together.get(word, ())
            mine = [each for each in every if not each.depends] or every
            passed |= {id(each): each for each in every if each not in mine}
        if not mine:
            wrong.append(number)
        found |= {id(each): each for each in mine}
    return list(found.values()), wrong, [each for number, each in passed.items() if number not in found]


_Named: TypeAlias = dict[str, list[Whereabouts]]


def _names(known: Sequence[Whereabouts], identify: Callable[[Secret], str | None]) -> tuple[_Named, _Named]:
    """What names one secret, and what names all of an entry, a record or a migration."""
    alone: _Named = {}
    together: _Named = {}
    for each in known:
        ids = {identify(each.secret) or "", *(finding.fingerprint for finding in each.findings)}
        names = {finding.entry.name for finding in each.findings if finding.entry is not None}
        for holder in each.holders:
            names |= {holder.entry, holder.name if holder.kind in (Kind.VAULT, Kind.UNDO) else ""}
        for table, mine in ((alone, ids), (together, names)):
            for name in mine - {""}:
                table.setdefault(name, []).append(each)
    return alone, together
