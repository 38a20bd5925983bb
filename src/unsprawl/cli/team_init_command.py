"""`unsprawl team init`: writes the policy of a team, from a few questions or from options."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from difflib import ndiff

import click

from unsprawl.cli.console import report_options
from unsprawl.cli.output import REDACTOR
from unsprawl.cli.sections import Sectioned
from unsprawl.cli.team_answers import Said, asked, begun, broken, recommended
from unsprawl.cli.team_found import Seen, look
from unsprawl.cli.team_options import NONE, Count, HostId, Move, Plain, missing
from unsprawl.cli.team_place import TeamPlace, read_back, team_place, write
from unsprawl.cli.team_questions import Questions, asked_of
from unsprawl.rewriters.policy_draft import Answers, drafted
from unsprawl.scanner.errors import Exit, UsageError
from unsprawl.scanner.policy_reader import MARKS
from unsprawl.scanner.redact import one_line
from unsprawl.scanner.report.question import QuestionReport
from unsprawl.scanner.report.team.people import name_fault
from unsprawl.scanner.sources.naming import relative
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")


@click.command(
    "init",
    cls=Sectioned,
    sections={
        "What a question would ask for": (
            "--name", "--member", "--host", "--lowest", "--accept", "--people", "--move",
        ),
    },
)  # fmt: skip
@click.argument("path", required=False, type=click.Path())
@click.option("--name", type=Plain(), help="What the team is called.")
@click.option("--member", "members", multiple=True, type=Plain(), metavar="NAME", help="Who is in it; once for each.")
@click.option("--host", "hosts", multiple=True, type=HostId(), metavar="ID", help="A host in use; once for each.")
@click.option(
    "--lowest", type=click.IntRange(1, 6), metavar="N",
    help="The lowest approach that a server may use: 1 (broker) to 6 (environment).",
)  # fmt: skip
@click.option(
    "--accept", multiple=True, type=click.Choice(MARKS), help="With --lowest: what is fine whatever the approach."
)
@click.option(
    "--people", multiple=True, type=Count(), metavar="N|NAME=N",
    help="How many people use each server, or that of one provider or entry: a number, or many.",
)  # fmt: skip
@click.option(
    "--move", "moves", multiple=True, type=Move(), metavar="NAME=TARGET",
    help="Where the keys of a provider or an entry go; TARGET is one of `migrate --to`, or none.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Write it without asking: what no option says is as recommended.")
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
def init(
    path: str | None,
    name: str | None,
    members: tuple[str, ...],
    hosts: tuple[str, ...],
    lowest: int | None,
    accept: tuple[str, ...],
    people: tuple[tuple[str, int], ...],
    moves: tuple[tuple[str, str], ...],
    yes: bool,
    dry_run: bool,
) -> int:
    """Write the policy of a team, .unsprawl.yaml.

    Into the repository that you are in, or into the folder PATH. Looks what is configured there, asks a few questions
    with an answer to each, and shows the file before it writes it. Of a policy that is there already only what
    differs is changed, and its comments stay.
    """
    if accept and lowest is None:
        raise UsageError("--accept goes with --lowest", hint="Give the lowest approach too.")
    around = Surroundings.here()
    place = team_place(path, around)
    seen = look(place, around)
    for problem in seen.problems:
        where = one_line(REDACTOR.clean(relative(problem.path, around.cwd)))
        print(f"unsprawl: not looked into: {where}: {one_line(problem.message)}", file=sys.stderr)
    said = Said(name, tuple(dict.fromkeys(members)), tuple(dict.fromkeys(hosts)), lowest, accept, people, moves)
    answers = begun(said, seen)
    report = QuestionReport(*report_options(around))
    questions = None
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        questions = Questions(report, place.folder, asked_of(seen.found))
        report.say(f"The policy of a team, {place.shown}. Enter takes what stands in brackets.")
        answers = asked(questions, answers, seen, _usual_name(place))
    else:
        _enough(missing(answers), yes=yes or dry_run)
        refused = frozenset(subject.key for subject, target in answers.move if target == NONE)
        answers = recommended(answers, seen, refused)
    answers = answers._replace(move=tuple(each for each in answers.move if each[1] != NONE))
    after = drafted(place.before, answers, place.shown)
    read_back(place, after, answers, around)
    _show(report, place, after)
    for line in _mind(answers, seen, around):
        report.line(report.text(line), first="mind: ")
    if after == place.before:
        report.say(f"{place.shown} says that already: nothing to write.")
    elif dry_run:
        report.say("Nothing was written.")
    elif questions is not None and not questions.write():
        report.say("Nothing was written.")
        return Exit.NOT_APPLIED
    else:
        write(place, after)
        report.say(f"{place.shown} is written.")
    if not dry_run:
        _next(report, place, around)
    return Exit.INCOMPLETE if seen.problems else Exit.CLEAN


def _enough(lacking: list[str], *, yes: bool) -> None:
    """Raises UsageError where options do not say all that is needed."""
    hint = "Say it with options: unsprawl team init --yes --name TEAM --member NAME --member NAME"
    if not yes:
        raise UsageError("there is no terminal to ask on, and no --yes", hint=hint)
    if lacking:
        raise UsageError(f"without questions it needs {' and '.join(lacking)}", hint=hint)


def _usual_name(place: TeamPlace) -> str:
    """What a team may be called of which nothing is known but its folder."""
    name = os.path.basename(place.folder)
    return "team" if name_fault(name) or REDACTOR.clean(name) != name else name


def _show(report: QuestionReport, place: TeamPlace, after: bytes) -> None:
    """The whole of a new file; of one that is there what changes, without its comments."""
    if after == place.before:
        return
    report.gap()
    report.line(report.text(place.shown, "bold"), " would be" if place.before is None else " would change")
    if place.before is None:
        for line in after.decode().splitlines():
            report.code(report.text(line), 2)
        return
    old, new = (text.decode("utf-8", "replace").splitlines() for text in (place.before, after))
    for line in ndiff(old, new):
        if line[0] in "+-":
            report.code(report.text(_COMMENT.sub("# …", line.rstrip()), "green" if line[0] == "+" else "red"), 2)


def _kept(place: TeamPlace) -> list[str]:
    """Keys of a policy that is there which were not asked for."""
    said = place.policy
    if said is None:
        return []
    there = {
        "targets": said.targets, "fail": said.severity or said.confidence, "ignore": said.ignores,
        "allow_unreadable": said.allow_unreadable,
    }  # fmt: skip
    return [key for key, value in there.items() if value is not None]


def _mind(answers: Answers, seen: Seen, around: Surroundings) -> Iterator[str]:
    """What one should know before."""
    for subject, target, why in broken(answers, seen.offers(answers) if seen.found else {}):
        yield f"{subject.name} to `{target}`: {why}"
    for entry in seen.nameless:
        yield f"{relative(entry.entry.path, around.cwd)}:{entry.entry.line}: no policy can name this server"
    if kept := _kept(seen.place):
        yield f"{', '.join(kept)} of it stay as they are, and count in full where it is given with --policy"
    if answers.usual == 1 and not any(count > 1 for _, count in answers.people):
        yield "that one person uses a server counts where the policy is given with --policy"


def _next(report: QuestionReport, place: TeamPlace, around: Surroundings) -> None:
    inside = repository_of(place.folder) is not None
    repositories = [place.folder] if inside else _below(place.folder)
    folders = (
        "."
        if place.folder == os.path.realpath(around.cwd) and inside
        else " ".join(report.word(each).plain for each in repositories) or "REPO"
    )
    file = report.word(place.path).plain
    report.gap()
    report.line("Then, as the one who leads it:")
    for command, does in (
        ("unsprawl team key --new", "makes the key by which copies on several machines show as one"),
        (
            f"unsprawl migrate {folders} --policy {file} --branch unsprawl",
            f"moves what {'the repository holds' if inside else 'they hold'}, on a branch",
        ),
        *([("unsprawl hook --install", "checks each commit here")] if inside else []),
        ("unsprawl team join", "is what everybody else types in the repository, once the branch is merged"),
    ):
        report.line(report.text(command, "bold"), first="  ", rest="    ")
        report.line(does, first="    ")


def _below(folder: str) -> list[str]:
    """The repositories right below a folder that lies in none."""
    with os.scandir(folder) as names:
        below = sorted(each.path for each in names if each.is_dir(follow_symlinks=False))
    return [path for path in below if os.path.lexists(os.path.join(path, ".git"))]
