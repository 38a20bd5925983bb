"""The commands inside a command line: what a shell, `env` or `timeout` in front goes on to start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unsprawl.scanner.programs import Program

_DIRECT = frozenset(
    {"npx", "npm", "pnpm", "pnpx", "yarn", "bunx", "bun", "node", "deno", "uvx", "uv", "pipx", "python", "python3"}
    | {"docker", "podman", "java", "go"}
)
"""Known to start nothing that stands as a command behind them: most servers, for which nothing need be loaded."""
_ELSEWHERE = frozenset({"ssh", "plink"})
"""What they start runs on another machine."""
_DEEPEST = 5


def plain_name(word: str) -> str:
    """A program's name without folder and Windows ending."""
    name = word.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    for ending in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(ending)
    return name


def commands_in(argv: Sequence[str], depth: int = _DEEPEST) -> Iterator[tuple[str, ...]]:
    """The command itself, and then each command that is written inside it; a script's text is in none as a word."""
    if not argv:
        return
    if depth == 0 or plain_name(argv[0]) in _DIRECT:
        yield tuple(argv)
        return
    from unsprawl.scanner.programs import program_of

    program = program_of(argv[0])
    if program is None or plain_name(argv[0]) in _ELSEWHERE:
        yield tuple(argv)
        return
    at = next((at for at, word in enumerate(argv[1:], 1) if _is_script(program, word)), 0)
    if at:
        yield tuple(argv[: at + 1])
        for command in _of_script(program, argv[at + 1 :]):
            yield from commands_in(command, depth - 1)
        return
    yield tuple(argv)
    if program.wraps:
        yield from commands_in(_wrapped(program, argv[1:]), depth - 1)


def _is_script(program: Program, word: str) -> bool:
    return word in ("-S", "--split-string") if program.name == "env" else program.meaning(word) == "script"


def _of_script(program: Program, words: Sequence[str]) -> Iterator[list[str]]:
    """The commands of a script: of one word for a POSIX shell, of all the rest for others."""
    from unsprawl.scanner.shell import Shell, commands
    from unsprawl.scanner.view import View

    shell = program.shell or Shell.POSIX
    while words and program.meaning(words[0]) == "script":  # `cmd /d /s /c`
        words = words[1:]
    if shell is not Shell.POSIX and len(words) > 1:
        yield list(words)
        return
    for command in commands(View.of(words[0] if words else ""), shell):
        found = [word.text for word in command]
        while found and _is_assignment(found[0]):
            found = found[1:]
        if found:
            yield found


def _wrapped(program: Program, words: Sequence[str]) -> list[str]:
    """What stands behind a wrapper's own flags, operands and variables."""
    rest, operands = list(words), program.operands
    while rest:
        word = rest[0]
        if word == "--":
            return rest[1:]
        if word in program.takes:
            rest = rest[2:]
        elif word.startswith("-") or _is_assignment(word):
            rest = rest[1:]
        elif operands:
            rest, operands = rest[1:], operands - 1
        else:
            break
    return rest


def _is_assignment(word: str) -> bool:
    return word.partition("=")[0].isidentifier() and "=" in word
