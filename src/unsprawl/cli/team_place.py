"""Where a team's policy lies, what it says already, and how it gets there: whole or not at all, through no link."""

from __future__ import annotations

import os
import time

from unsprawl.cli.own_policy import tell_faults
from unsprawl.rewriters.editable import check_folders, editable
from unsprawl.rewriters.policy_draft import Answers, answers_of, comparable
from unsprawl.rewriters.replace_file import create, replace, sweep
from unsprawl.scanner.errors import NotApplied, UsageError
from unsprawl.scanner.model import Problem
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.policy_reader import Place, read_policy
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.sources.current import WorkTrees
from unsprawl.scanner.sources.naming import relative
from unsprawl.scanner.sources.policies import NAME, checked, on_disk
from unsprawl.scanner.surroundings import Surroundings, full_path

_LABEL = "policy"


class TeamPlace(NamedTuple):
    """The folder that a policy holds for, without links in its path, and what lies there."""

    folder: str
    path: str
    shown: str
    """The file as the user would type it."""
    before: bytes | None
    policy: Policy | None


def team_place(named: str | None, around: Surroundings) -> TeamPlace:
    """The folder that was named, or the repository here. Raises UsageError, after every fault of a policy was told."""
    folder = _folder(named, around)
    path = os.path.join(folder, NAME)
    shown = one_line(relative(path, around.cwd))
    content = on_disk(path)
    if isinstance(content, Problem):
        raise UsageError(f"{shown}: {content.message}", hint=content.hint or "Put a file there, or nothing.")
    if content is None:
        return TeamPlace(folder, path, shown, None, None)
    policy = checked(path, around, own=False)
    if isinstance(policy, Policy):
        return TeamPlace(folder, path, shown, content, policy)
    tell_faults(policy, shown)
    raise UsageError(
        f"{shown} is there and has faults", hint="Mend it first; `unsprawl policy check` tells when it is."
    )


def _folder(named: str | None, around: Surroundings) -> str:
    if named is None:
        found = WorkTrees(around).current
        if found is None:
            raise UsageError(
                "there is no git repository here", hint="Go into it, or name the folder: unsprawl team init FOLDER"
            )
        return found
    path = full_path(named, around)
    folder = os.path.dirname(path) if os.path.basename(path) == NAME and not os.path.isdir(path) else path
    if not os.path.isdir(folder):
        what = "this is a file, not a folder" if os.path.lexists(folder) else "there is no such folder"
        raise UsageError(f"{named}: {what}", hint="Name the folder that the policy is for.")
    return os.path.realpath(folder)


def read_back(place: TeamPlace, after: bytes, answers: Answers, around: Surroundings) -> None:
    """Raises NotApplied where the text would not be read as these answers: nothing is written then."""
    at = Place(place.path, around.comparable(place.folder), folded=around.folds_case)
    found = read_policy(after, at, time.strftime("%Y-%m-%d"))
    if isinstance(found, list):
        raise NotApplied(f"{place.shown} would have a fault: {found[0].message.removeprefix('not a policy: ')}",
                         hint="Answer otherwise, or mend the rest of the policy first.")  # fmt: skip
    if comparable(answers_of(found)) != comparable(answers):
        raise NotApplied(f"{place.shown} would not say what was answered", hint="Please report this as a bug.")


def write(place: TeamPlace, after: bytes) -> None:
    """Put the policy there. Raises NotApplied, with everything as before."""
    try:
        if place.before is not None:
            real = editable(place.path, place.folder)
            sweep(real, _LABEL)
            replace(real, place.before, after, _LABEL)
            return
        check_folders(place.shown, place.folder)
        create(place.path, after, _LABEL)
    except FileExistsError:
        raise NotApplied(f"{place.shown} appeared meanwhile", hint="Try again.") from None
    except OSError as error:
        hint = "Check who owns the folder, and its permissions."
        raise NotApplied(f"{place.shown}: {error.strerror}", hint=hint) from None
