"""The held values to a scan's result: each with its commits, and with what is still there of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from unsprawl.scanner.history.found import Findings, Held, Key
from unsprawl.scanner.history.log import Change, Commit
from unsprawl.scanner.history.present import (
    asked_for_current,
    asked_for_public,
    blob_id,
    current_blobs,
    on_disk,
    public,
)
from unsprawl.scanner.history.repository import Ref, Repository
from unsprawl.scanner.history.trail import Trail, trail
from unsprawl.scanner.model import Finding, History, Silenced


class Outcome:
    """Knows the changes of all paths of interest."""

    def __init__(
        self, repository: Repository, refs: Sequence[Ref], changes: dict[bytes, list[Change]], stashes: Sequence[str]
    ) -> None:
        self._repository = repository
        self._remote = [ref.target for ref in refs if ref.name.startswith("refs/remotes/") and ref.kind == "commit"]
        self._changes = changes
        self._stashes = {stash.encode("ascii") for stash in stashes}

    def findings(self, found: Findings, *, added: bool = False) -> tuple[list[Finding], list[Silenced]]:
        """What is shown and what is silenced. `added`: only what some commit introduced."""
        trails = {
            key: trail(self._changes.get(key.path, ()), held.blobs, self._stashes) for key, held in found.held.items()
        }
        held = {key: held for key, held in found.held.items() if trails[key].introduced or not added}
        introducing = {commit.id for key in held for commit in trails[key].introduced}
        # All at once, so that they wait for each other as little as possible.
        asked = asked_for_public(self._repository.git, introducing, self._remote)
        present = self._present(held, found)
        pushed = public(asked, introducing)
        shown, silenced = [], []
        for key, each in held.items():
            commits = trails[key]
            history = History(
                _ids(commits.introduced),
                _ids(commits.removed),
                (commits.introduced[0].date if commits.introduced else None) or None,
                any(commit.id in pushed for commit in commits.introduced),
                key in present,
            )
            place = each.finding.place._replace(commit=self._version(key.path, each.blob, commits))
            finding = each.finding._replace(history=history, place=place)
            if each.silenced is None:
                shown.append(finding)
            else:
                silenced.append(each.silenced._replace(finding=finding))
        return shown, silenced

    def _version(self, path: bytes, blob: bytes, commits: Trail) -> str | None:
        """The newest commit that made this version of the file: its lines are the place's."""
        for commit, sides in self._changes.get(path, ()):
            if sides[0][1] == blob and len(sides) >= commit.parents:  # a merge merely takes over what a parent has
                return commit.id.decode("ascii")
        return _ids(commits.introduced)[-1] if commits.introduced else None

    def _present(self, held: dict[Key, Held], found: Findings) -> set[Key]:
        """Those that the checked-out commit, the index or the file on disk still has."""
        paths: dict[bytes, list[Key]] = {}
        for key in held:
            paths.setdefault(key.path, []).append(key)
        current = current_blobs(asked_for_current(self._repository), paths) if paths else {}
        present: set[Key] = set()
        for path, keys in paths.items():
            blobs = set(current.get(path, ()))
            data = on_disk(self._repository, path)
            if data is not None:
                name = blob_id(data, held[keys[0]].blob)
                if found.looked_at(name, path):
                    blobs.add(name)
                else:  # changed since, or checked out with other line ends
                    there = found.secrets(data, path)
                    present.update(key for key in keys if key.secret in there)
            present.update(key for key in keys if not held[key].blobs.isdisjoint(blobs))
        return present


def _ids(commits: Collection[Commit]) -> tuple[str, ...]:
    return tuple(commit.id.decode("ascii") for commit in commits)
