"""The shared entries of repositories, each with what it takes from whoever joins. Reads MIGRATION.md, nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from unsprawl.broker.fill import names_in
from unsprawl.rewriters.joining.bridge import bridge_address, is_known_bridge
from unsprawl.rewriters.joining.model import Route, Wanted, Way
from unsprawl.rewriters.joining.oddities import vendors_of
from unsprawl.rewriters.joining.told import Told, of_entry, told
from unsprawl.rewriters.launch import dialects, readers, working_folder
from unsprawl.rewriters.verify import taken
from unsprawl.rules.sent import sent as sent_by_rule
from unsprawl.scanner.approach import helper_command, is_bridge, run_command
from unsprawl.scanner.destinations import Sending, Unsent, destination_of, of_address, settings
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.errors import VaultError
from unsprawl.scanner.examine import Examined, ExaminedEntry
from unsprawl.scanner.model import Transport
from unsprawl.scanner.packages import CONTAINERS, flag_values
from unsprawl.scanner.placeholders import references
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.remotes.catalogue import Service
from unsprawl.scanner.remotes.facts import facts_of
from unsprawl.scanner.remotes.match import matches, service_at
from unsprawl.scanner.sources.kept_from_git import tracked_by_git
from unsprawl.scanner.sources.repository import repository_of
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.allow import project_root
from unsprawl.vault.plain import printable
from unsprawl.vault.record import Destination, check_ref
from unsprawl.vault.records import read_record, record_path

Names = Mapping[str, Sequence[str]]
"""By the name of an entry, the variables that its server reads, as the user says."""


def shared_entries(
    files: Iterable[Examined], around: Surroundings, names: Names, sent: Sequence[Destination]
) -> tuple[Wanted, ...]:
    """All entries in files that are shared through git, in their order; those that take nothing are left out.

    `sent`: where the user says that values may go, by variable.
    """
    proposals = cache(told)
    found: dict[tuple[str, str], Wanted] = {}
    for examined in files:
        if not examined.file.shared or examined.file.copy:
            continue
        for each in examined.entries:
            folder = working_folder(each.entry, around)
            project = project_root(folder)
            made = _wanted(each, examined, around, (folder, project), proposals(project), names, sent)
            if made is not None:
                found.setdefault(made.place, made)  # an odd name can make one entry be found in two ways
    return tuple(found.values())


def _wanted(
    found: ExaminedEntry,
    examined: Examined,
    around: Surroundings,
    place: tuple[str, str],
    proposals: Sequence[Told],
    names: Names,
    sent: Sequence[Destination],
) -> Wanted | None:
    folder, project = place
    entry = found.entry
    owners = readers(examined.file, entry)
    wanted = Wanted(found, examined.file, project, folder, owners, Way.OTHER, service=_service(found))
    if found.findings:
        what = found.findings[0].slot.context.name
        if is_own(examined):
            return wanted._replace(
                refused=f"it holds a key ({what}), in a file that git does not have and nobody shares",
                hint=f"`unsprawl migrate {entry.path}` moves it.",
            )
        return wanted._replace(
            refused=f"it still holds a key of whoever wrote it ({what}): the team's old one, which is not taken over",
            hint="Whoever leads the migration moves it with `unsprawl migrate`, and replaces that key.",
        )
    run = run_command(entry.command)
    if run is not None:
        return _of_run(wanted._replace(way=Way.RUN, run=run), proposals, names, sent)
    if helper_command(entry, found.server.node):
        return wanted._replace(
            refused="it asks a record of your own for its headers, as only an entry in a file of your own may",
            hint="Ask whoever migrated it; nothing was stored.",
        )
    if "brokered" in found.approach.marks or "disabled" in entry.marks:
        return None
    gone = [target.written for target in examined.missing if target.entry == entry]
    if gone:
        files = ", ".join(map(printable, gone))
        return wanted._replace(
            by_hand=f"it names a file of variables that is not there: put your own values into {files}"
        )
    takes = taken(found, owners)
    if takes.unexpanded:
        return wanted._replace(refused=f"{takes.unexpanded} does not expand its reference and sends it as it stands")
    if takes.names or takes.files or takes.prompts:
        return wanted._replace(way=Way.VARIABLE, variables=tuple(sorted(takes.names)), said_by="the entry says")
    remote = entry.transport in (Transport.HTTP, Transport.SSE) or is_bridge(entry.command)
    open_to_all = wanted.service is not None and wanted.service.migration == "no-auth"
    return wanted._replace(way=Way.LOGIN) if remote and not open_to_all else None


def _of_run(wanted: Wanted, proposals: Sequence[Told], names: Names, sent: Sequence[Destination]) -> Wanted:
    run = wanted.run
    assert run is not None
    if why := _never(wanted):
        return wanted._replace(refused=why[0], hint=why[1])
    proposal = of_entry(proposals, run.ref, run.command)
    variables, said_by = _names(wanted, names, proposal)
    wanted = wanted._replace(variables=variables, said_by=said_by)
    if not run.wire:
        return wanted
    proposed = proposal.sent if proposal is not None else ()
    return wanted._replace(routes=tuple(route(wanted, name, None, sent, proposed) for name in variables))


def _never(wanted: Wanted) -> tuple[str, str] | None:
    """Why a record is never made for such an entry, and what to do; None where one may be."""
    run, entry = wanted.run, wanted.found.entry
    assert run is not None
    again = "Ask whoever migrated it; nothing was stored."
    if run.program != "unsprawl":
        return "it starts a program at a path of its own choice that is only called unsprawl", again
    if entry.command[0] != "unsprawl":
        return "its command is a line for a shell, in which more can stand than `unsprawl run`", again
    try:
        check_ref(run.ref)
    except VaultError as error:
        return error.message, again
    if not run.command:
        return "it starts nothing", again
    if any(dialect in dialects(wanted.owners) for word in run.command for dialect, *_ in references(word)):
        return "its arguments hold references, so that its command line is another one at every start", again
    return None


def _names(wanted: Wanted, names: Names, proposal: Told | None) -> tuple[tuple[str, ...], str]:
    """The variables that the server reads, and who says so."""
    run = wanted.run
    assert run is not None
    said = names.get(wanted.found.entry.name)
    if said:
        return tuple(said), "you say"
    path = record_path(run.ref, wanted.project)
    if path.exists():
        try:
            return tuple(name for name, _ in read_record(path).variables), "your record says"
        except VaultError:
            return (), ""  # it is refused, with what is wrong
    if passed := names_in(run.command) or _passed_on(run.command):
        return passed, "its command says"
    if proposal is not None:
        return proposal.variables, "MIGRATION.md of the repository says"
    if wanted.service is not None and wanted.service.variables:
        return wanted.service.variables[:1], "the catalogue says"
    return (), ""


def _passed_on(command: Sequence[str]) -> tuple[str, ...]:
    """The variables that a container gets from its starter's environment: `docker run -e NAME`."""
    if base_name(command[0]) not in CONTAINERS:
        return ()
    named = flag_values(list(command), ("-e", "--env"))
    return tuple(dict.fromkeys(word for word in named if word.isidentifier() and word.isascii()))


def is_own(examined: Examined) -> bool:
    """Whether a file that looks shared is its user's own: a repository has it lying there and not in it."""
    return repository_of(os.path.dirname(examined.file.path)) is not None and not tracked_by_git(examined.file.path)


def _service(found: ExaminedEntry) -> Service | None:
    """Whose server it is, by whole names and addresses only."""
    facts = facts_of(found)
    run = run_command(found.entry.command)
    argv = run.command if run is not None else found.entry.command
    if is_bridge(argv):
        return service_at(bridge_address(argv)) if is_known_bridge(argv) else None
    sure = {each.service.id: each.service for each in matches(facts) if not each.weak}
    return next(iter(sure.values())) if len(sure) == 1 else None


def route(
    wanted: Wanted,
    variable: str,
    rule_id: str | None,
    sent: Sequence[Destination],
    proposed: Sequence[Destination] = (),
) -> Route:
    """Where `run --wire` may send the value of a variable. `rule_id`: the rule of the value; None while there is none,
    when the variable's own name tells.
    """
    for each in sent:
        if each.variable == variable:
            return Route(variable, each.hosts, tuple(place.value for place in each.places))
    if is_known_bridge(wanted.argv):
        return _of_bridge(wanted, variable)
    told_by_entry = settings(entry_variables(wanted.found.server.node), wanted.argv)
    rules = [rule_id] if rule_id is not None else [each.id for each in vendors_of(variable)]
    answers = [(rule, destination_of(rule, variable, told_by_entry)) for rule in rules]
    sending = [(rule, answer) for rule, answer in answers if isinstance(answer, Sending)]
    if sending:
        # By the name alone it may be any of these kinds; the value will tell which.
        own = {name for rule, _ in sending if (known := sent_by_rule(rule)) is not None for name in known.hosts}
        hosts = dict.fromkeys(name for _, answer in sending for name in answer.hosts)
        places = dict.fromkeys(place for _, answer in sending for place in answer.places)
        return Route(variable, tuple(hosts), tuple(places), tuple(name for name in hosts if name not in own))
    reason = next((answer.reason for _, answer in answers if isinstance(answer, Unsent)), "")
    for each in proposed:
        if each.variable == variable:
            return Route(variable, each.hosts, tuple(place.value for place in each.places), each.hosts)
    return Route(variable, (), (), reason=reason or "no rule tells where it is sent")


def _of_bridge(wanted: Wanted, variable: str) -> Route:
    """What a bridge sends goes to the one address that it is told."""
    url = bridge_address(wanted.argv)
    host = of_address(url.partition("?")[0].partition("#")[0])
    if isinstance(host, Unsent):
        return Route(variable, (), (), reason=f"the address of its server {host.reason}")
    return Route(variable, (host,), ("header",), () if wanted.service is not None else (host,))
