"""Target `env-file`: a private file of variables that the host loads by itself, or that the entry names."""

from __future__ import annotations

from dataclasses import replace

from unsprawl.rewriters.entry_env_file import common_way
from unsprawl.rewriters.env_home import EnvHome
from unsprawl.rewriters.host_env_file import unspeakable
from unsprawl.rewriters.plan import EntryStep, Keep, Refusal
from unsprawl.rewriters.targets.draft import Refused
from unsprawl.rewriters.targets.named_file import named_file
from unsprawl.rewriters.targets.reference import Reference
from unsprawl.rewriters.targets.refusing import Refusing
from unsprawl.rewriters.targets.situation import Situation
from unsprawl.scanner.enumeration import enumerated
from unsprawl.scanner.hosts import HostEnv


class EnvFile(Refusing):
    """A plain file that only the user can read: better than a configuration that is shared, worse than a vault."""

    id = "env-file"
    by_hand = True

    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    def _plan(self, situation: Situation) -> EntryStep:
        if way := common_way(situation.hosts):
            return named_file(situation, way)
        known = _known(situation)
        host = situation.hosts[0]
        home = situation.env_homes.get(host.id, EnvHome(known.path))
        if home.refused:
            raise Refused(home.refused, home.hint or "Choose another target with `--to`.")
        step = self._reference.plan(_spelled(situation, known))
        if isinstance(step, Refusal):
            raise Refused(step.reason, step.hint)
        keeps = tuple(_moved(keep, known, home) for keep in step.keeps)
        names = ", ".join(dict.fromkeys(keep.name for keep in keeps))
        approved = {way.approved for way in host.references if way.approved}
        todo = [text for text in step.todo if text in approved]
        if situation.shared:
            todo.append(f"tell everyone else with this repository to keep {names} in their own {known.path}")
        return replace(
            step,
            target=self.id,
            keeps=keeps,
            summary=f"{known.path}, which {host.name} {'reads' if known.write else 'loads by itself'}, under {names}",
            notes=(*step.notes, f"the value stands in {known.path} in plain text, in a file only you can read"),
            todo=tuple(todo),
        )


def _known(situation: Situation) -> HostEnv:
    """The file that every host of the entry loads. Raises `Refused`."""
    for host in situation.hosts:
        if host.env_file is None or not host.env_file.proven:
            raise Refused(
                f"{host.name} is not known to load one file of variables wherever it is started", "Use `--to run`."
            )
        if host.env_file != situation.hosts[0].env_file:
            names = enumerated(each.name for each in situation.hosts)
            raise Refused(f"{names} load different files of variables", "Use `--to run`.")
    known = situation.hosts[0].env_file
    assert known is not None
    return known


def _spelled(situation: Situation, known: HostEnv) -> Situation:
    """The same with references to files, where the host is to be told which."""
    if not known.write:
        return situation
    write = known.write.replace("PATH", f"{known.path}/NAME")
    hosts = tuple(
        host._replace(references=tuple(way._replace(write=write) for way in host.references))
        for host in situation.hosts
    )
    return replace(situation, hosts=hosts)


def _moved(keep: Keep, known: HostEnv, home: EnvHome) -> Keep:
    """What the shell file would have kept, kept in the host's file. Raises `Refused`."""
    if keep.home != "shell":
        raise Refused("the host asks for the value and keeps it by itself", "Use `--to reference`.")
    if keep.name.upper().startswith(known.never):
        raise Refused(f"the host drops variables called {keep.name} from its file", "Use `--to run`.")
    if home.values.get(keep.name, keep.secret) != keep.secret:
        raise Refused(f"{keep.name} stands in {known.path} already, with another value", "Use `--to run`.")
    if known.write and keep.secret.reveal().strip() != keep.secret.reveal():
        raise Refused("the value has blanks around it, which the host takes off", "Use `--to run`.")
    if fault := unspeakable(keep.secret):
        raise Refused(fault, "Use `--to run`.")
    return replace(keep, home="file", file=home.path)
