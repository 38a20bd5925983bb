"""`--plan-out` and `--plan`: a plan into a private file, and a file back into what of it may be done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from shlex import join
from typing import Any

from unsprawl.cli.delivery import destination
from unsprawl.cli.output import REDACTOR
from unsprawl.rewriters.agreed import Agreed, agreed
from unsprawl.rewriters.plan import Plan
from unsprawl.rewriters.plan_file import MAX_BYTES, Request, plan_json, read_plan
from unsprawl.rewriters.planner import AUTO
from unsprawl.scanner.errors import NotApplied, UsageError, VaultError
from unsprawl.scanner.examine import Examined
from unsprawl.scanner.model import Problem
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.printable import Printable
from unsprawl.scanner.sources.worktree import VANISHED, read
from unsprawl.scanner.surroundings import Surroundings, full_path
from unsprawl.vault.files import write_private


def place_for_plan(file: str, around: Surroundings) -> Path:
    """Where the plan will be written. Raises UsageError, before any work, where it cannot be."""
    to = destination(file, around, "--plan-out")
    if to is None or to.special:
        raise UsageError("--plan-out takes the name of a file", hint="The report goes to stdout, the plan cannot.")
    return Path(to.path)


def write_plan(plan: Plan, target: str, place: Path, shown: str) -> None:
    """Put the plan there, for its owner alone. Raises NotApplied."""
    from datetime import UTC, datetime

    document = plan_json(plan, target, datetime.now(UTC).isoformat(timespec="seconds"))
    data = "".join(render(document, REDACTOR)).encode("utf-8", "backslashreplace")
    if len(data) > MAX_BYTES:
        raise NotApplied(f"--plan-out {shown}: the plan is too large for one file", hint="Name fewer folders.")
    try:
        write_private(place, data)
    except VaultError as error:
        raise NotApplied(f"--plan-out {shown}: {error.message}", hint="Choose another place.") from None


def how_to_apply(paths: Sequence[str], options: Sequence[str], shown: str) -> str:
    """The command that applies the plan, with the paths and the options that it was made with."""
    # `./` before a name that would be read as an option.
    safe = [f"./{path}" if path.startswith("-") else path for path in paths]
    return join(["unsprawl", "migrate", *safe, *options, "--plan", f"./{shown}" if shown.startswith("-") else shown])


def requested(file: str, target: str, around: Surroundings) -> Request:
    """What the plan file asks for. Raises UsageError for what is no plan, or was made with another `--to`."""
    data = read(full_path(file, around), MAX_BYTES)
    if isinstance(data, Problem):
        if data.code == VANISHED:
            raise UsageError(f"--plan {file}: there is no such file", hint="Check the spelling of the path.")
        raise UsageError(f"--plan {file}: {data.message}", hint="Name a file that --plan-out has written.")
    request = read_plan(data, file)
    if request.to != target:
        made = "without --to" if request.to == AUTO else "with another --to"
        raise UsageError(
            f"--plan {file}: it was made {made}, and where secrets go is said on the command line",
            hint="Give the --to that the plan was made with.",
        )
    return request


def checked(plan: Plan, files: list[Examined], request: Request) -> Agreed:
    """What of the request comes out equal."""
    printable = Printable(REDACTOR)

    def shown(step: dict[str, Any]) -> dict[str, Any]:
        return printable.document(step)

    return agreed(plan, files, request, shown)
