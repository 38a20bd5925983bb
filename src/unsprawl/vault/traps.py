"""Files by which the current folder changes what a package runner runs.

A user-level entry starts `npx -y @scope/server` in whatever project is open. npx prefers a copy in the project's
`node_modules`, runs a `bin` that the project's own `package.json` names, and reads its `.npmrc`: a repository can have
its own code run with the user's key. So can a program or script that is named by a relative path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from unsprawl.vault.deciding import chosen_version, deciding_file
from unsprawl.vault.inner import commands_in, plain_name

NPM_RUNNERS = frozenset({"npx", "npm", "pnpm", "pnpx", "bunx", "yarn"})
_SCRIPTED = NPM_RUNNERS - {"npx", "bunx"}
_BY_NAME = frozenset({"pnpm", "yarn", "bun"})
"""A name alone is that of a script first."""
_SCRIPT_VERBS = frozenset({"run", "run-script", "start", "test", "exec"})
_FETCHING = frozenset({"dlx", "x"})
PYTHONS = frozenset({"python", "python3"})
_MANIFEST_BYTES = 1 << 20
_CODE = (".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".pyz", ".sh", ".rb", ".pl", ".php", ".lua", ".jar", ".wasm")
_BEFORE_PATH = ("node", "node.exe", "node.cmd", "sh", "sh.exe", "bash", "env", "cmd.exe", "cmd.cmd")
_MODULES = ("py", "pyc", "so", "pyd")
_IMPORTED = frozenset(
    {"mcp", "fastmcp", "httpx", "httpcore", "h11", "anyio", "sniffio", "pydantic", "pydantic_core", "starlette"}
    | {"uvicorn", "click", "typer", "dotenv", "requests", "urllib3", "certifi", "idna", "aiohttp", "typing_extensions"}
    | {"jsonschema", "attr", "attrs", "rich", "yaml", "websockets", "sse_starlette", "boto3", "openai", "anthropic"}
)
"""What servers in Python are made of."""
_NPMRC_HARMLESS = frozenset({"save-exact", "engine-strict", "fund", "audit", "loglevel", "progress", "save-prefix"})
_NPMRC_HARMLESS |= {"package-lock", "legacy-peer-deps", "auto-install-peers", "strict-peer-dependencies", "save"}


def trap(argv: Sequence[str], cwd: str) -> str:
    """The file or folder at or above `cwd` (below the home folder) that takes part in what `argv` runs, or "".

    For npm's runners a local copy of the package, a `package.json` that can give the name a meaning, or a `.npmrc` with
    settings that matter; for `python -m NAME` a module of that name, or one that stands in for another; the build file
    of what is built first; for all a script named relative to `cwd`. Also of what a shell or a wrapper starts.
    """
    for script in relative_scripts(argv):
        if os.path.lexists(os.path.join(cwd, script)):
            return os.path.normpath(os.path.join(cwd, script))
    folders = _folders(cwd)
    found = (_trap(command, cwd, folders) for command in commands_in(argv))
    return next((path for path in found if path), "") or chosen_version(folders)


def _trap(argv: Sequence[str], cwd: str, folders: list[str]) -> str:
    runner = plain_name(argv[0])
    decides = deciding_file(runner, argv[1:], folders)
    if decides:
        return decides
    if runner in NPM_RUNNERS or runner == "bun":
        return _npm_trap(runner, _packages(argv[1:]), folders, scripts=_names_script(runner, argv[1:]))
    if runner.rstrip("0123456789.") in PYTHONS:
        return _python_trap(argv, cwd)
    return ""


def relative_scripts(argv: Sequence[str], *, programs: bool = False) -> Iterator[str]:
    """The words of a command, and of what it goes on to start, that mean another file in each folder.

    `programs`: those that are started themselves too. Where each of them was found is part of a binding; before there
    is one, nobody can tell which is meant.
    """
    for command in commands_in(argv):
        if command[0] in ("cd", "pushd") and os.path.isabs(os.path.expanduser(command[-1])):
            return  # what follows is relative to that folder
        yield from (word for word in command[:1] if programs and relative_program(word))
        yield from (word for word in command[1:] if relative_script(word))
        if command[0] in (".", "source"):
            yield from (word for word in command[1:2] if not os.path.isabs(word) and not word.startswith("~"))


def relative_script(word: str) -> bool:
    """Whether a word names code by a path that means another file in each folder: `./server.js`, `dist/index.js`."""
    return word.lower().endswith(_CODE) and not os.path.isabs(word) and not word.startswith(("-", "~", "@"))


def relative_program(word: str) -> bool:
    """Whether a program is named by a path that means another file in each folder: `./run.sh`, `bin/server`; a plain
    name is looked up on PATH instead.
    """
    path = "/" in word or os.sep in word
    return path and not os.path.isabs(word) and not word.startswith("~")


def _gives_names(manifest: str) -> bool:
    """Whether a `package.json` can decide what a bare name runs: it has programs or workspaces, or cannot be read."""
    import json

    try:
        if not os.path.isfile(manifest):
            return os.path.lexists(manifest)
        with open(manifest, encoding="utf-8") as file:
            content = json.loads(file.read(_MANIFEST_BYTES))
        return not isinstance(content, dict) or bool({"bin", "workspaces", "directories"} & set(content))
    except (OSError, ValueError, RecursionError):
        return True


def _names_script(runner: str, arguments: Sequence[str]) -> bool:
    """Whether a `package.json` says what the words start: behind `run` and the like, and for some behind no verb."""
    if runner in _SCRIPTED and _SCRIPT_VERBS & set(_packages(arguments)[:2]):
        return True
    words = [word for word in arguments if not word.startswith("-")]
    word = next(iter(words[1:] if words[:1] == ["run"] else words), "")
    plain = bool(word) and not word.startswith((".", "/", "~")) and not relative_script(word)
    return runner in _BY_NAME and plain and word not in _FETCHING


def _npm_trap(runner: str, packages: list[str], folders: list[str], *, scripts: bool) -> str:
    for folder in folders:
        manifest = os.path.join(folder, "package.json")
        if (scripts and os.path.lexists(manifest)) or _gives_names(manifest):
            return manifest
        for package in packages:
            local = os.path.join(folder, "node_modules", *package.split("/"))
            if os.path.lexists(local):
                return local
        programs = os.path.join(folder, "node_modules", ".bin")
        if os.path.lexists(programs) and not packages:
            return programs
        for name in _BEFORE_PATH:  # npm puts that folder first on PATH, and then starts these
            if os.path.lexists(os.path.join(programs, name)):
                return os.path.join(programs, name)
        settings = os.path.join(folder, ".npmrc")
        if _npmrc_matters(settings):
            return settings
        for name in (".yarnrc.yml", ".yarnrc") if runner == "yarn" else ():
            if os.path.lexists(os.path.join(folder, name)):
                return os.path.join(folder, name)
    return ""


def _folders(cwd: str) -> list[str]:
    """`cwd` and what is above it, without the home folder and what is above that: their files are the user's own."""
    home = os.path.realpath(os.path.expanduser("~"))
    folder, found = os.path.realpath(cwd), []
    while folder != os.path.dirname(folder) and folder != home and not home.startswith(folder.rstrip(os.sep) + os.sep):
        found.append(folder)
        folder = os.path.dirname(folder)
    return found


def _packages(arguments: Sequence[str]) -> list[str]:
    """Package names (without versions) among the arguments; a word too many does no harm here."""
    names = []
    for word in arguments:
        text = word.split("=", 1)[1] if word.startswith("--package=") else word
        if text.startswith(("-", ".", "/", "~")) or "://" in text or os.sep * 2 in text:
            continue
        scoped = text.startswith("@")
        name = ("@" if scoped else "") + text.removeprefix("@").split("@", 1)[0]
        if name and name.count("/") <= int(scoped) and "\\" not in name and ".." not in name and "\0" not in name:
            names.append(name)
    return names


def _npmrc_matters(path: str) -> bool:
    try:
        # Not opened unless plain: a FIFO would stop us for ever.
        if not os.path.isfile(path):
            return os.path.lexists(path)
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(65_536).splitlines()
    except OSError:
        return True
    keys = [line.split("=", 1)[0].strip() for line in lines if line.strip() and line.strip()[0] not in "#;"]
    return any(key not in _NPMRC_HARMLESS for key in keys)


def _python_trap(argv: Sequence[str], cwd: str) -> str:
    """A module in `cwd`, which `-m` and `-c` search first: the one to run, or one with the name of what it imports."""
    flag = next((word for word in argv[1:] if word in ("-m", "-c")), "")
    if not flag or flag == argv[-1] or _isolated(argv, flag):
        return ""
    names = [argv[argv.index(flag) + 1].split(".")[0]] if flag == "-m" else []
    for name in names:
        for local in (os.path.join(cwd, name), os.path.join(cwd, f"{name}.py")):
            if os.path.lexists(local):
                return local
    try:
        there = os.listdir(cwd)
    except OSError:
        return ""
    for entry in sorted(there):
        name, _, ending = entry.partition(".")
        # A folder without it loses to any module of that name elsewhere.
        is_module = ending.endswith(_MODULES) or os.path.lexists(os.path.join(cwd, entry, "__init__.py"))
        if is_module and (name in sys.stdlib_module_names or name in _IMPORTED):
            return os.path.join(cwd, entry)
    return ""


def _isolated(argv: Sequence[str], before: str) -> bool:
    flags = argv[1 : argv.index(before)]
    return any(flag.startswith("-") and not flag.startswith("--") and set(flag) & set("IP") for flag in flags)
