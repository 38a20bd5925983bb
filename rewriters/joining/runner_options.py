"""What a command line says beside what it runs: options of the program that fetches it, and settings among its words.

The options that change nothing are listed, not those that do: package managers take abbreviations (`--reg`), settings
of a scope (`--@acme:registry`) and every setting of a configuration file as an option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unsprawl.scanner.packages import CONTAINERS
from unsprawl.scanner.parts import LOOPBACK, host_of, scheme_of
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault.guarded import reason as guarded
from unsprawl.vault.inner import plain_name


class _Runner(NamedTuple):
    """A program that gets what it runs from elsewhere."""

    verbs: frozenset[str]
    """Its words for that, without which it does something else: runs a script of the folder, mostly. None: always."""
    plain: frozenset[str]
    """Options without a value that change nothing."""
    valued: frozenset[str]
    """Options with a value that change nothing, or whose value is looked at elsewhere."""
    named: frozenset[str] = frozenset()
    """Of `valued`, those that name what is fetched: more than one fetches something else besides."""
    prefixes: tuple[str, ...] = ()
    everywhere: bool = False
    """It takes options of its own behind what it runs too, up to `--`."""


_QUIET = frozenset({"-q", "--quiet", "-s", "--silent", "-v", "--verbose"})
_NODE = frozenset(
    {"-y", "--yes", "--no", "--no-install", "--prefer-offline", "--prefer-online", "--offline", "--no-fund"}
    | {"--no-audit", "--ignore-existing", "--bun", "--no-update-notifier"}
)
_NPX = _Runner(
    frozenset(),
    _QUIET | _NODE,
    frozenset({"-p", "--package", "--loglevel"}),
    frozenset({"-p", "--package"}),
)
_UV = _Runner(
    frozenset(),
    _QUIET | {"--refresh", "--isolated", "--no-cache", "-n", "--offline", "--no-progress", "--no-config"}
    | {"--native-tls", "--no-env-file", "--no-python-downloads"},
    frozenset({"--from", "--spec", "--prerelease", "--python", "-p"}),
    frozenset({"--from", "--spec"}),
)  # fmt: skip
_DENO = _Runner(
    frozenset({"run"}), _QUIET | {"-A", "--no-prompt", "--node-modules-dir"}, frozenset(), prefixes=("--allow-",)
)
_CONTAINER = _Runner(
    frozenset({"container", "run"}),
    frozenset({"-i", "-t", "-it", "-ti", "--interactive", "--tty", "--init", "--rm", "-q", "--quiet", "--read-only"})
    | {"--no-healthcheck"},
    frozenset({"-e", "--env", "--name", "--pull", "--platform", "--cap-drop", "--memory", "-m", "--cpus"})
    | {"--pids-limit", "--user", "-u", "--stop-timeout"},
    prefixes=("-e",),
)
_INSIDE = frozenset({"sh", "bash", "ash", "dash", "zsh", "env", "node", "busybox", "curl", "wget", "python", "python3"})
"""What an image may be told to start in place of its server."""
_RUNNERS = {
    **dict.fromkeys(("npx", "pnpx", "bunx"), _NPX),
    **dict.fromkeys(("pnpm", "yarn"), _NPX._replace(verbs=frozenset({"dlx"}))),
    "bun": _NPX._replace(verbs=frozenset({"x"})),
    "npm": _NPX._replace(verbs=frozenset({"exec", "x"}), everywhere=True),
    "uvx": _UV,
    **dict.fromkeys(("uv", "pipx"), _UV._replace(verbs=frozenset({"tool", "run"}))),
    "deno": _DENO,
    **dict.fromkeys(CONTAINERS, _CONTAINER),
}
_VERBS = frozenset({"exec", "run", "dlx", "x", "tool"})
"""Where a runner takes none, the package itself has such a name."""
_PYTHON = frozenset({"-p", "--python"})
_VERSION = re.compile(r"[0-9.]{1,10}")
_BEHIND_NAME = re.compile(r"[@=<>~! \[]")
_HERE = frozenset({*LOOPBACK, "0.0.0.0", "::", "[::]", "[::1]"})
_WEB = ("http", "https", "ws", "wss")


class Setting(NamedTuple):
    """A value that a command line sets, with its name as a variable would be spelled."""

    name: str
    value: str


def unusual_options(command: Sequence[str]) -> Iterator[str]:
    """The options of a runner, before what it runs, that are not known to change nothing, each without its value; and
    its word for doing something else.
    """
    runner = _RUNNERS.get(plain_name(command[0]))
    if runner is None:
        return
    words, by, package, inside, fetches = iter(command[1:]), "", "", False, not runner.verbs
    for word in words:
        flag, equals, value = word.partition("=")
        if inside and runner is _CONTAINER and plain_name(word) in _INSIDE:
            yield word
        if word == "--" or (inside and not runner.everywhere):
            return
        if not word.startswith("-"):
            if not fetches and word not in runner.verbs:
                yield word
            elif not inside and package:
                named = _BEHIND_NAME.split(package.rpartition("/")[2])[0]
                if word.removeprefix("mcp-") != named.removeprefix("mcp-"):
                    yield by  # the program of another name may be anything that this fetches, or that is here
            elif not inside and not runner.verbs and word in _VERBS:
                yield word
            fetches, inside = True, word not in runner.verbs
            continue
        if flag in runner.valued:
            value = value if equals else next(words, "")
            if flag in runner.named:
                if package or not value:
                    yield flag
                by, package = flag, value
            elif flag in _PYTHON and runner.named is _UV.named and _VERSION.fullmatch(value) is None:
                yield flag
        elif flag not in runner.plain and not flag.startswith(runner.prefixes or (" ",)):
            yield flag


def settings_in(command: Sequence[str]) -> Iterator[Setting]:
    """What words of a command set: `--gh-host NAME`, `--api-url=…`, `-e GITHUB_HOST=…`."""
    for at, word in enumerate(command[1:], 1):
        name, equals, value = word.partition("=")
        plain = name.lstrip("-")
        if plain == name and not equals:
            continue
        if not equals:
            value = command[at + 1] if at + 1 < len(command) and not command[at + 1].startswith("-") else ""
        elif name.startswith("-e") and not name.startswith(("--", "-e-")) and plain[1:2].isupper():
            plain = plain[1:]  # `-eNAME=value`, as containers take it
        if value:
            yield Setting(plain.replace("-", "_").replace(".", "_"), value)


def sends(setting: Setting) -> bool:
    """Whether it may send a key elsewhere, or decides what code runs."""
    if setting.value in _HERE or host_of(setting.value) in _HERE:
        return False
    return bool(guarded(setting.name)) or scheme_of(setting.value) in _WEB
