"""What a command line starts: the package, the image, the script."""

from __future__ import annotations

from collections.abc import Sequence

from unsprawl.rules.load import compiled
from unsprawl.scanner.programs import Program, base_name, program_of
from unsprawl.scanner.shell import Shell, commands
from unsprawl.scanner.view import View

_LAUNCHERS = frozenset({"npx", "bunx", "pnpx", "uvx", "pipx", "npm", "pnpm", "yarn", "bun", "uv", "deno"})
_PYTHON_LAUNCHERS = frozenset({"uvx", "uv", "pipx"})
_LAUNCH_WORDS = frozenset({"exec", "run", "dlx", "x", "tool", "create"})
_SPEC_FLAGS = ("--from", "--spec", "--package")
CONTAINERS = frozenset({"docker", "podman", "nerdctl"})
_WITH_VALUE = {
    "launcher": frozenset(
        {"--from", "--with", "--with-editable", "--with-requirements", "--python", "-p", "--package", "--registry",
         "--directory", "--project", "--index-url", "--extra-index-url", "--index", "--env-file", "--prefix", "-w"}
    ),
    "container": frozenset(
        {"-e", "--env", "--env-file", "-v", "--volume", "--mount", "--name", "--network", "--net", "-w", "--workdir",
         "--entrypoint", "--user", "-u", "--platform", "-l", "--label", "--add-host", "--pull", "-m", "--memory", "-p",
         "--publish", "--cpus", "--gpus", "--hostname", "-h", "--restart", "--security-opt", "--cap-add", "--cap-drop",
         "--tmpfs", "--shm-size", "--ulimit", "--log-driver", "--log-opt", "--ipc", "--pid", "--device", "--dns",
         "--volumes-from", "--secret"}
    ),
    "python": frozenset({"-W", "-X", "-c"}),
    "node": frozenset({"-r", "--require", "--import", "--loader", "--env-file", "-e", "--eval", "-p", "--print", "-C"}),
}  # fmt: skip
"""Flags before the operand that take the next word."""
_DEEPEST = 8
_LONGEST_LINE = 4096
_ASSIGNMENT = r"[A-Za-z_][A-Za-z0-9_.]{0,80}="
_PATH = r"[/~.]|[A-Za-z]:[/\\]|\\\\"
_PREPARING = frozenset(
    {"cd", "pushd", "export", "set", "setx", "source", ".", "echo", "true", "sleep", "mkdir", "chcp", "nvm"}
)
"""Commands that stand before the one that a line is about."""
_CONSTRAINT = r"\s*(?:\[|[=<>~!]=|[<>;])"


def package_of(command: tuple[str, ...], depth: int = 0) -> str:
    """The npm or PyPI package, the image, the script that a command line starts; "" when nothing tells."""
    command = started(command)
    if not command or depth > _DEEPEST:
        return ""
    program, *rest = command
    name = base_name(program)
    if name == "unsprawl" and "--" in rest:
        return package_of(tuple(rest[rest.index("--") + 1 :]), depth + 1)
    if name in CONTAINERS:
        return _first_operand(rest[rest.index("run") + 1 :] if "run" in rest else rest, "container")
    if name in _LAUNCHERS:
        # To uv, `-p` names a Python.
        specs = _SPEC_FLAGS if name in _PYTHON_LAUNCHERS else (*_SPEC_FLAGS, "-p")
        return _bare(next(iter(flag_values(rest, specs)), "") or _first_operand(rest, "launcher", _LAUNCH_WORDS))
    if name.startswith("python") and "-m" in rest and rest.index("-m") + 1 < len(rest):
        return rest[rest.index("-m") + 1]
    if name.startswith(("python", "node", "tsx", "ts-node")):
        script = _first_operand(rest, "python" if name.startswith("python") else "node")
        return script.replace("\\", "/").rsplit("/", 1)[-1]
    return name


def started(command: tuple[str, ...], depth: int = 0) -> tuple[str, ...]:
    """The command that runs in the end: behind `bash -c`, `cmd /c`, `env NAME=value`, `timeout 5` and the like, and the
    words of a line that stands where a program should."""
    if not command or depth > _DEEPEST:
        return command
    program, *rest = command
    if is_line(program):
        return started((*_main(program, Shell.POSIX), *rest), depth + 1)
    if is_assignment(program):
        return started(tuple(rest), depth + 1)
    known = program_of(program)
    if known is None or not (known.wraps or known.shell):
        return command
    behind = _behind(rest, known)
    if known.shell is not None and behind and (" " in behind[0] or ";" in behind[0]):
        return started((*_main(behind[0], known.shell), *behind[1:]), depth + 1)
    return started(behind, depth + 1) if known.wraps and rest else command


def words_of(line: str) -> tuple[str, ...]:
    """The words of the first command of a line."""
    found = next(commands(View.of(line[:_LONGEST_LINE])), [])
    return tuple(word.text for word in found)


def is_assignment(word: str) -> bool:
    """Whether a word sets a variable for the command behind it."""
    return compiled(_ASSIGNMENT).match(word) is not None


def is_line(program: str) -> bool:
    """Whether a program's name is a whole line. A path may have blanks too, but no flags."""
    words = program.split()
    if len(words) < 2:
        return False
    path = compiled(_PATH).match(program) is not None
    return not path or any(word.startswith(("-", "/", "@", "http")) or "=" in word for word in words[1:])


def _main(line: str, shell: Shell) -> tuple[str, ...]:
    """The first command of a line that does more than prepare the next one."""
    found: tuple[str, ...] = ()
    for words in commands(View.of(line[:_LONGEST_LINE]), shell):
        found = tuple(word.text for word in words)
        if base_name(found[0]) not in _PREPARING and not found[0].startswith("$") and _after_assignments(found):
            break
    return found


def _after_assignments(words: tuple[str, ...]) -> bool:
    return any(compiled(_ASSIGNMENT).match(word) is None for word in words)


def _behind(words: list[str], program: Program) -> tuple[str, ...]:
    """The command that a wrapping program starts."""
    operands, waiting = program.operands, False
    for index, word in enumerate(words):
        if waiting:
            waiting = False
        elif word.startswith("-") or (word.startswith("/") and len(word) == 2):
            waiting = word in program.takes or word.lower() in program.takes
        elif compiled(_ASSIGNMENT).match(word) and " " not in word:
            continue
        elif operands:
            operands -= 1
        else:
            return tuple(words[index:])
    return ()


def flag_values(words: Sequence[str], flags: Sequence[str]) -> list[str]:
    """The values of these flags, as `--flag value` and `--flag=value`."""
    found = []
    for index, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag in flags and (equals or index + 1 < len(words)):
            found.append(value if equals else words[index + 1])
    return found


def _first_operand(words: list[str], kind: str, skipped: frozenset[str] = frozenset()) -> str:
    waiting = False
    for word in words:
        if waiting:
            waiting = False
        elif word.startswith("-"):
            waiting = word in _WITH_VALUE[kind]
        elif word and word not in skipped:
            return word
    return ""


def _bare(package: str) -> str:
    """Without the version: `@scope/name@1.2`, `name==1.2` and `name[extra]>=1.2` become the name."""
    head, at, _ = package.rpartition("@")
    name = head if at and head else package
    return compiled(_CONSTRAINT).split(name, maxsplit=1)[0]
