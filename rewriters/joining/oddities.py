"""What is unusual about a shared entry: all by which the author of a repository could get hold of a secret. Pure but
for the files of the repository that take part in what a command runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import cache

from unsprawl.rewriters.joining.bridge import bridge_address, is_known_bridge
from unsprawl.rewriters.joining.entry_settings import addresses_beside, header_programs, said_twice, shared_env_files
from unsprawl.rewriters.joining.model import Wanted, Way
from unsprawl.rewriters.joining.runner_options import sends, settings_in, unusual_options
from unsprawl.rewriters.targets.bridge import unsafe_bridge
from unsprawl.rules.rule import Rule
from unsprawl.scanner.entry_parts import body
from unsprawl.scanner.entry_variables import entry_variables
from unsprawl.scanner.model import Context, SlotKind
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of
from unsprawl.scanner.policy import Demands
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.remotes.catalogue import Service, services
from unsprawl.scanner.vendors import alike, host_in, named_by_vendor
from unsprawl.vault.guarded import reason as guarded
from unsprawl.vault.inner import commands_in, plain_name
from unsprawl.vault.places import OVERRIDE
from unsprawl.vault.plain import printable
from unsprawl.vault.record import Record
from unsprawl.vault.traps import relative_scripts, trap

_ELSEWHERE = (
    *("://", "git+", "github:", "gitlab:", "bitbucket:", "gist:", "file:", "link:", "@npm:"),
    *(".tgz", ".tar.gz", ".whl"),
)
_NODE, _NPX = frozenset({"-e", "--eval", "-p", "--print", "-pe"}), frozenset({"-c", "--call"})
_CODE = {
    **dict.fromkeys(("node", "deno", "bun", "tsx", "ts-node"), _NODE),
    **dict.fromkeys(("npx", "npm", "pnpm", "bunx", "pnpx", "yarn"), _NPX),
    **dict.fromkeys(("python", "ruby", "perl", "php", "lua"), frozenset({"-c", "-e", "-E", "-r"})),
}
"""By interpreters and runners, the flags behind which code stands."""
_LOADING = (
    *("--registry", "--index-url", "--extra-index-url", "--default-index", "--index", "--find-links", "--with"),
    *("--require", "--import", "--loader", "--experimental-loader", "--node-options", "--inspect", "--userconfig"),
    *("--globalconfig", "--prefix", "--privileged", "--volume", "--mount", "--entrypoint", "--network", "--add-host"),
)
_LOOKED_UP = {
    **dict.fromkeys(("PATH", "PATHEXT"), "says which programs are started"),
    OVERRIDE: "says which vault is looked into",
}
"""Variables that decide what a plain name means: of a program, or of a record."""
_NEAR = 0.8
_LONG = 200


class Oddity(NamedTuple):
    """One of them."""

    code: str
    says: str


def oddities(wanted: Wanted, demands: Demands, others: Iterable[Record] = ()) -> tuple[Oddity, ...]:
    """All that is unusual, in the order in which it matters.

    `demands`: of the policies that hold for its file; `others`: every record of this machine.
    """
    entry = wanted.found.entry
    found: list[Oddity] = [*_of_policy(wanted, demands)]
    if any(wanted.argv):
        found += _of_command(wanted)
    if entry.url or is_known_bridge(wanted.argv):
        found += _of_address(wanted)
    found += _of_variables(wanted)
    found += _of_routes(wanted)
    if _working_folder(wanted):
        found.append(Oddity("folder", f"it is started in a folder that it names: {printable(_working_folder(wanted))}"))
    found += _of_settings(wanted)
    found += _of_reference(wanted, others)
    return tuple(dict.fromkeys(found))


def _of_policy(wanted: Wanted, demands: Demands) -> Iterator[Oddity]:
    entry = wanted.found.entry
    providers = {rule.provider.casefold() for name in wanted.variables for rule in vendors_of(name) if rule.provider}
    if wanted.service is not None:
        providers.add(wanted.service.name.casefold())
    if wanted.way is Way.LOGIN and demands.wish(entry.name, providers) is None:
        return  # it may as well be open to all
    for refused in demands.refused([_TARGETS[wanted.way](wanted)], entry.name, providers):
        yield Oddity("policy", f"it was not migrated as the policy says: {refused.said}")
        return


_TARGETS: dict[Way, Callable[[Wanted], str]] = {
    Way.RUN: lambda wanted: "wire" if wanted.run is not None and wanted.run.wire else "run",
    Way.VARIABLE: lambda _: "reference",
    Way.LOGIN: lambda _: "oauth",
    Way.OTHER: lambda _: "run",
}
"""The target of a migration that makes such entries."""


def _of_settings(wanted: Wanted) -> Iterator[Oddity]:
    if keys := said_twice(wanted):
        yield Oddity("twice", f"it says twice what it is ({', '.join(keys)}), and hosts differ in which they take")
    for program in header_programs(wanted):
        yield Oddity("code", f"its host starts a program to get headers from: {printable(program)}")
    for name, address in addresses_beside(wanted):
        yield Oddity("elsewhere", f"its setting {printable(name)} names another address: {printable(address)}")
    for path in shared_env_files(wanted):
        yield Oddity(
            "file", f"it takes variables from a file of the repository, which can say anything: {printable(path)}"
        )


def _of_reference(wanted: Wanted, others: Iterable[Record]) -> Iterator[Oddity]:
    """That the name of its record is in use here for something else."""
    if wanted.run is None:
        return
    for record in others:
        if record.ref == wanted.run.ref and record.project not in (None, wanted.project):
            where, same = printable(record.project or ""), any(b.argv == wanted.argv for b in record.bindings)
            if not same:
                yield Oddity(
                    "name", f"you have a record of that name in {where}, for another command; this one is kept apart"
                )


def vendors_of(name: str) -> tuple[Rule, ...]:
    """The rules whose usual variable or header this is."""
    return named_by_vendor(Context(SlotKind.ENV, name))


def _of_command(wanted: Wanted) -> Iterator[Oddity]:
    argv = wanted.argv
    inner = list(commands_in(argv))
    if len(inner) > 1:
        runs = ", ".join(printable(command[0]) for command in inner[1:])
        yield Oddity("wrapper", f"`{printable(argv[0])}` starts something else, and could do more than that: {runs}")
    if any(not word.isprintable() or not word.isascii() for word in argv):
        yield Oddity("letters", "its command holds characters that do not show, or that look like others")
    for command in inner:
        name = plain_name(command[0]).rstrip("0123456789.")
        if not _CODE.get(name, frozenset()).isdisjoint(command[1:]):
            yield Oddity("code", f"`{printable(command[0])}` is given code to run in its arguments")
        loading = [flag for word in command[1:] if (flag := word.partition("=")[0]) in _LOADING]
        for flag in (*loading, *unusual_options(command)):
            yield Oddity("option", f"`{printable(flag)}` changes what is run, where it comes from or what it sees")
        for setting in filter(sends, settings_in(command)):
            why = guarded(setting.name) or "may send the key to another server"
            yield Oddity(
                "sends", f"its command sets {printable(setting.name)}, which {why}: {printable(setting.value)}"
            )
    bridge = is_known_bridge(argv)
    if old := unsafe_bridge(argv):
        yield Oddity("unsafe", f"{printable(old)} runs what a hostile server says (CVE-2025-6514)")
    far = next((word for word in argv if any(mark in word.lower() for mark in _ELSEWHERE) and not _is_data(word)), "")
    if far and not bridge:
        package = next((word for word in argv[1:] if not word.startswith("-")), "")
        if far == package or scheme_of(far) not in ("http", "https"):
            yield Oddity("source", f"it is not got from where packages are published: {printable(far)}")
        else:
            yield Oddity("sends", f"its command names an address, which may get the secret: {printable(far)}")
    local = _in_repository(wanted)
    if local:
        yield Oddity("file", f"it runs what lies in the repository, or at a path that it names: {printable(local)}")
    deciding = trap(argv, wanted.folder)
    if deciding and os.path.normpath(deciding) != os.path.normpath(os.path.join(wanted.folder, local or ".")):
        yield Oddity("trap", f"{printable(deciding)} of the repository takes part in what it runs")
    if wanted.service is None and not local and not bridge:
        what = f"`{printable(wanted.package)}`" if wanted.package else "what it starts"
        yield Oddity("unknown", f"{what} is not in the catalogue: nobody here can tell whose it is")
    if sum(map(len, argv)) > _LONG:
        yield Oddity("long", f"its command has {sum(map(len, argv))} characters: read it to its end")


def _is_data(word: str) -> bool:
    """Whether a word with an address in it is no source of code: the value of a flag, a database, a connection."""
    return word.startswith("-") or (
        "://" in word and scheme_of(word) not in ("http", "https", "git", "ssh", "file", "git+https", "git+ssh")
    )


def _in_repository(wanted: Wanted) -> str:
    """A program or a script that lies in the repository, or is named by a path, or ""."""
    relative = next(relative_scripts(wanted.argv, programs=True), "")
    if relative:
        return relative
    for command in commands_in(wanted.argv):
        for word in command:
            if os.path.isabs(word) and (word.startswith(wanted.project + os.sep) or word == command[0]):
                return word
    return ""


def _of_address(wanted: Wanted) -> Iterator[Oddity]:
    url = wanted.found.entry.url or bridge_address(wanted.argv)
    host = host_of(url)
    if scheme_of(url) == "http" and host not in LOOPBACK:
        yield Oddity("http", "its address is not encrypted: whoever is on the way reads the secret")
    if "@" in url.partition("://")[2].partition("/")[0]:
        yield Oddity("address", "its address holds a user name before the host, by which hosts are disguised")
    if not host.isascii() or "xn--" in host:
        yield Oddity("letters", "the name of its host is spelled with letters that look like others")
    if wanted.service is None:
        near = _looks_like(host)
        if near:
            yield Oddity("look-alike", f"{printable(host)} looks like {near[0]} of {near[1]}, and is not it")
        else:
            yield Oddity("unknown", f"{printable(host) or 'its address'} is not in the catalogue of servers")


def _looks_like(host: str) -> tuple[str, str] | None:
    """The address of the catalogue that a host could be taken for, and whose it is."""
    plain = host.lower().rstrip(".")
    for known, name in _known_hosts():
        if plain.endswith(f".{known}"):
            return None  # below what is theirs
        inside = known in plain or known.replace(".", "-") in plain
        if plain != known and (inside or SequenceMatcher(None, plain, known).ratio() >= _NEAR):
            return known, name
    return None


@cache
def _known_hosts() -> tuple[tuple[str, str], ...]:
    pairs = (
        (host, service.name)
        for service in services()
        for host in (*(each.host for each in service.endpoints), *service.domains)
        if "{" not in host
    )
    return tuple(dict.fromkeys(pairs))


def _of_variables(wanted: Wanted) -> Iterator[Oddity]:
    for name, text in entry_variables(wanted.found.server.node).items():
        why = _LOOKED_UP.get(name.upper(), "") or guarded(name)
        if name not in wanted.variables and why:
            yield Oddity("variable", f"it sets {printable(name)}, which {why}: {printable(text)}")
    for name in wanted.variables:
        rules = vendors_of(name)
        if guarded(name):
            yield Oddity("variable", f"it wants a value for {printable(name)}, which {guarded(name)}")
        owners = dict.fromkeys(rule.provider for rule in rules if rule.provider)
        if owners and not any(_serves(wanted, rule) for rule in rules):
            whose = " or ".join(owners)
            what = f"{wanted.service.name}'s" if wanted.service is not None else "nobody's that is known"
            yield Oddity("provider", f"{printable(name)} is a key of {whose}, and the server is {what}")


def _serves(wanted: Wanted, rule: Rule) -> bool:
    """Whether the server is of the vendor whose key this is."""
    if wanted.service is not None:
        return _same(wanted.service, rule)
    host = host_of(wanted.found.entry.url)
    return bool(host) and scheme_of(wanted.found.entry.url) == "https" and host_in(host, frozenset(rule.hosts))


def _same(service: Service, rule: Rule) -> bool:
    provider = rule.provider or ""
    owned = any(service.owns(host.removeprefix("*.")) for host in rule.hosts)
    return owned or alike(provider.lower(), service.name.lower()) or alike(provider.lower(), service.id.lower())


def _of_routes(wanted: Wanted) -> Iterator[Oddity]:
    for route in wanted.routes:
        if route.unasked:
            hosts = ", ".join(map(printable, route.unasked))
            yield Oddity("host", f"only the repository says that {printable(route.variable)} may go to {hosts}")


def _working_folder(wanted: Wanted) -> str:
    found = body(wanted.found.server.node).get("cwd")
    text = found.text() if found is not None else None
    return text if text and text not in (".", "${workspaceFolder}") and any(wanted.argv) else ""
