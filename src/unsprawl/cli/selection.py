"""What the commands that look at files share: examine what the arguments name, and teach the redactor first."""

from __future__ import annotations

from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.exports import exported
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.policy import Policy
from unsprawl.scanner.scan import examined_files
from unsprawl.scanner.selection import root_of
from unsprawl.scanner.surroundings import Surroundings


def examined(
    paths: tuple[str, ...], around: Surroundings, policy: Policy | None = None
) -> tuple[list[Examined], list[Problem], str]:
    """The examined files, what could not be read, and the root that shown paths are relative to.

    `policy`: the user's own.
    """
    problems: list[Problem] = []
    options = ScanOptions(
        paths, documents=False, policy=policy, exported=exported()
    )  # nothing in documents can be moved
    files = list(examined_files(options, around, problems))
    REDACTOR.learn(finding.secret for file in files for finding in file.secrets)
    return files, problems, root_of(options, around)
