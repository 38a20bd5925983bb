"""The walk: every file below a folder that a host may read, by its name, or by its content where that is asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator

from unsprawl.rules.bundle import WALK
from unsprawl.scanner.candidates import TAIL, Candidates, Look
from unsprawl.scanner.copies import BEGINNING
from unsprawl.scanner.discover import ConfigFile, known_file, original_folders
from unsprawl.scanner.model import Problem
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.entrance import MARKERS, Entrance
from unsprawl.scanner.sources.links import followed
from unsprawl.scanner.surroundings import Surroundings

_BY_DESCRIPTOR = os.scandir in os.supports_fd
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _NOFOLLOW
# Made once, and not for each name.
_BEGINNING, _TAIL = slice(BEGINNING), slice(-TAIL, None)
_UNKNOWN = frozenset(WALK["search"]["unknown"]["folders"])


class _Listed(NamedTuple):
    """What matters of one folder beside the folders in it, by name."""

    known: list[tuple[str, str, bool]]
    """Files that a host may read: the name, the name that it counts as, whether it is a link."""
    linked: list[str]
    """Links with the name of a folder in which hosts keep files."""
    others: list[str]
    """Files to be opened for a mark."""


class Walk:
    """One walk's tally; `files` may be iterated once."""

    def __init__(
        self, root: str, around: Surroundings, entrance: Entrance, thorough: bool = False, documents: bool = False
    ) -> None:
        """`entrance` tells which folders are entered; `thorough`, whether files of configuration types are opened too
        when their name says nothing; `documents`, whether documents are opened as well, in a thorough walk.
        """
        self.root = root
        self.real_root = os.path.realpath(root)
        self.around = around
        self.entrance = entrance
        self.thorough = thorough
        self.documents = documents
        self.problems: list[Problem] = []
        self.folders = 0
        self.names = 0
        self.searched = 0
        """Files opened because their name says too little."""
        self.unsearched = 0
        """Files of configuration types that a quick walk did not open."""
        self.oversized = 0
        """Files that were too long to be opened for a mark."""
        self.vanished = 0
        """Folders and files that were gone when their turn came."""
        self.misnamed: list[str] = []
        """Folders that have the name of a host's file. No host can read one there, so nothing was missed."""

    def files(self) -> Iterator[ConfigFile]:
        """First what its name makes a candidate, folder by folder in the order of names; then what its content does.

        Links to folders are not followed: no loops.
        """
        others: list[str] = []
        candidates = Candidates(folded=self.around.folds_case, thorough=self.thorough, documents=self.documents)
        for folder, like, look, listed in self._listings(candidates):
            for name, counts_as, is_link in sorted(listed.known):
                path = os.path.join(folder, name)
                original = "" if (folder, name) == (like, counts_as) else os.path.join(like, counts_as)
                found = known_file(path, self.around, original)
                if found is None and not is_link:  # the name is right, and the folder is not
                    self._sort_unknown(name, look, listed)
                elif found is not None and (not is_link or self._follows(found)):
                    yield found
            for link in sorted(listed.linked):
                for name in sorted(candidates.look(link).own):
                    path = os.path.join(folder, link, name)
                    found = known_file(path, self.around) if os.path.lexists(path) else None
                    if found is not None and self._follows(found):
                        yield found
            others += [os.path.join(folder, name) for name in sorted(listed.others)]
        if others:
            yield from self._marked(others)

    def _listings(self, candidates: Candidates) -> Iterator[tuple[str, str, Look, _Listed]]:
        """Each folder in which something matters: its path, the path that it counts as, what was looked for in it, and
        what was found.
        """
        folded = self.around.folds_case
        copies = original_folders(folded)
        copies_begin = copies.beginnings
        counts_as: dict[str, str] = {}
        unknown = set() if _UNKNOWN.isdisjoint(self.root.split(os.sep)) else {self.root}
        ordinary, special = candidates.look(""), candidates.folders
        pending = [self.root]
        # Homes have more folders than anything else: what most of them need is done here, without a call.
        while pending:
            folder = pending.pop()
            like = counts_as.pop(folder, "") if counts_as else ""
            name = (like or folder).rpartition(os.sep)[2]
            if folded:
                name = name.lower()
            is_unknown = folder in unknown
            look = candidates.look(name, unknown=is_unknown) if is_unknown or name in special else ordinary
            prefix = folder if folder[-1] == os.sep else folder + os.sep
            below, listed = self._list(folder, prefix, look, candidates.linked)
            if below:
                below.sort(reverse=True)
                pending += [prefix + name for name in below]
            for name in below:
                if like or (name.lower() if folded else name)[:BEGINNING] in copies_begin:
                    original = copies.of(name.lower() if folded else name)
                    if like or original:
                        counts_as[prefix + name] = os.path.join(like or folder, original or name)
                if name in look.plain:
                    self._note(prefix + name)
                if is_unknown or name in _UNKNOWN:
                    unknown.add(prefix + name)
            unknown.discard(folder)
            if listed is not None:
                yield folder, like or folder, look, listed

    def _note(self, path: str) -> None:
        """Keep a folder that is called as a host's file, but for one at the very place: reading that one tells it."""
        file = known_file(path, self.around)
        if file is not None and not any(r.in_place and r.scope != "project" for r in file.readings):
            self.misnamed.append(path)

    def _list(
        self, folder: str, prefix: str, look: Look, folder_names: frozenset[str]
    ) -> tuple[list[str], _Listed | None]:
        """The folders to enter and what else matters in a folder; nothing of one that vanished, and what could be read
        of one that is unreadable. `prefix` is its path with a separator.
        """
        below: list[str] = []
        typed: list[str] = []
        closer: list[tuple[str, bool]] = []
        beginnings, lasts, tails, every = look.beginnings, look.lasts, look.tails, look.thorough
        asked, enters = self.entrance.asked, self.entrance.enters
        descriptor, count = -1, 0
        try:
            if _BY_DESCRIPTOR:  # the folder that was seen, not a link that took its place since
                descriptor = os.open(folder, _FOLDER if folder != self.root else _FOLDER & ~_NOFOLLOW)
            with os.scandir(descriptor if _BY_DESCRIPTOR else folder) as listing:
                for item in listing:
                    count += 1
                    name = item.name
                    if item.is_dir(follow_symlinks=False):
                        if (asked is not None and name not in asked) or enters(prefix, name, item):
                            below.append(name)
                    elif name[_BEGINNING] in beginnings or every:
                        closer.append((name, item.is_symlink()))
                    elif name[-1] in lasts and name[_TAIL] in tails:
                        typed.append(name)
        except (FileNotFoundError, NotADirectoryError):
            self.vanished += 1
        except OSError as error:
            self.problems.append(
                Problem(
                    folder,
                    "unreadable-folder",
                    f"the folder cannot be read ({error.strerror})",
                    hint="Check its owner and permissions, or leave it out of the scan with --exclude.",
                )
            )
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        self.folders += 1
        self.names += count
        if typed:
            if look.passes_over("\n".join(typed)):
                self.unsearched += len(typed)
            else:
                closer += [(name, os.path.islink(prefix + name)) for name in typed]
        if not closer:
            return below, None
        listed = _Listed([], [], [])
        for name, is_link in closer:
            self._sort(name, look, folder_names, listed, is_link=is_link)
            if name in MARKERS:
                below = self.entrance.without_neighbours(name, prefix, below)
        return below, listed

    def _sort(self, name: str, look: Look, folder_names: frozenset[str], listed: _Listed, *, is_link: bool) -> None:
        compared = name.lower() if self.around.folds_case else name
        counts_as = look.counts_as(compared)
        if counts_as is not None:
            listed.known.append((name, name if counts_as == compared else counts_as, is_link))
        elif is_link:
            if compared in folder_names:
                listed.linked.append(name)
        else:
            self._sort_unknown(name, look, listed)

    def _sort_unknown(self, name: str, look: Look, listed: _Listed) -> None:
        if look.searches(name):
            listed.others.append(name)
        elif look.is_typed(name):
            self.unsearched += 1

    def _follows(self, link: ConfigFile) -> bool:
        said = followed(link, self.real_root)
        if isinstance(said, Problem):
            self.problems.append(said)
        return said is True

    def _marked(self, others: list[str]) -> Iterator[ConfigFile]:
        """The files that hold a mark, after the older versions of known files, which need none."""
        from unsprawl.scanner.sources import histories, marks

        for path in others:
            if self.thorough and histories.is_index(path):
                yield from histories.versions(path, self.around)
        for path in others:
            match marks.search(path):
                case ConfigFile() as found:
                    self.searched += 1
                    yield found
                case None:
                    self.searched += 1
                case Problem() as problem:
                    self.problems.append(problem)
                case marks.Skipped.TOO_LONG:
                    self.oversized += 1
                case marks.Skipped.GONE:
                    self.vanished += 1
