"""What a command line starts: the package, the image, the script."""

from __future__ import annotations

from unsprawl.rules.load import compiled

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
_CONSTRAINT = r"\s*(?:\[|[=<>~!]=|[<>;])"


def base_name(program: str) -> str:
    """The program's name without folder and Windows ending."""
    name = program.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    for ending in (".exe", ".cmd", ".bat"):
        name = name.removesuffix(ending)
    return name


def package_of(command: tuple[str, ...]) -> str:
    """The npm or PyPI package, the image, the script that a command line starts; "" when nothing tells."""
    if not command:
        return ""
    program, *rest = command
    name = base_name(program)
    if name == "cmd":
        switch = next((index for index, word in enumerate(rest) if word.lower() in ("/c", "/k")), None)
        return name if switch is None else package_of(tuple(rest[switch + 1 :]))
    if name == "env":
        return package_of(_after_assignments(rest))
    if name == "unsprawl" and "--" in rest:
        return package_of(tuple(rest[rest.index("--") + 1 :]))
    if name in CONTAINERS:
        return _first_operand(rest[rest.index("run") + 1 :] if "run" in rest else rest, "container")
    if name in _LAUNCHERS:
        # To uv, `-p` names a Python.
        specs = _SPEC_FLAGS if name in _PYTHON_LAUNCHERS else (*_SPEC_FLAGS, "-p")
        return _bare(_flag_value(rest, specs) or _first_operand(rest, "launcher", _LAUNCH_WORDS))
    if name.startswith("python") and "-m" in rest and rest.index("-m") + 1 < len(rest):
        return rest[rest.index("-m") + 1]
    if name.startswith(("python", "node", "tsx", "ts-node")):
        script = _first_operand(rest, "python" if name.startswith("python") else "node")
        return script.replace("\\", "/").rsplit("/", 1)[-1]
    return name


def _after_assignments(words: list[str]) -> tuple[str, ...]:
    """The command behind `env -i NAME=value …`."""
    for index, word in enumerate(words):
        if not word.startswith("-") and "=" not in word:
            return tuple(words[index:])
    return ()


def _flag_value(words: list[str], flags: tuple[str, ...]) -> str:
    for index, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag in flags and (equals or index + 1 < len(words)):
            return value if equals else words[index + 1]
    return ""


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
