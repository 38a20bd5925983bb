"""Files in the open folder by which a tool decides what it runs, as data: who writes them has code run with the key."""

from __future__ import annotations

import os
from collections.abc import Sequence

from unsprawl.scanner.record import NamedTuple


class Tool(NamedTuple):
    """A program that takes what it runs from files at or above the folder that it is started in."""

    names: frozenset[str]
    files: tuple[str, ...]
    words: frozenset[str] = frozenset()
    """It does so only with one of these among its arguments; none: always."""
    elsewhere: frozenset[str] = frozenset()
    """Flags that name another folder or file instead, by a whole path."""
    alone: frozenset[str] = frozenset()
    """Flags with which it looks at no such file."""


_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_COMPOSE_ELSEWHERE = frozenset({"-f", "--file", "--project-directory"})

TOOLS: tuple[Tool, ...] = (
    Tool(  # builds the project around it first, with what its `build-system` names
        frozenset({"uv"}), ("pyproject.toml", "uv.toml"), frozenset({"run", "sync"}),
        frozenset({"--directory", "--project"}), frozenset({"--no-project", "tool"}),
    ),
    Tool(frozenset({"poetry", "pdm", "hatch", "rye", "pipenv"}), ("pyproject.toml", "poetry.toml", "Pipfile"),
         elsewhere=frozenset({"-C", "--directory", "-P", "--project", "-p"})),
    Tool(frozenset({"docker", "podman", "nerdctl"}), _COMPOSE, frozenset({"compose"}), _COMPOSE_ELSEWHERE),
    Tool(frozenset({"docker-compose", "podman-compose"}), _COMPOSE, elsewhere=_COMPOSE_ELSEWHERE),
    Tool(frozenset({"make", "gmake"}), ("GNUmakefile", "makefile", "Makefile"),
         elsewhere=frozenset({"-C", "-f", "--directory", "--file"})),
    Tool(frozenset({"just"}), ("justfile", "Justfile", ".justfile"), elsewhere=frozenset({"-f", "--justfile"})),
    Tool(frozenset({"task", "go-task"}), ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"),
         elsewhere=frozenset({"-d", "--dir", "-t", "--taskfile"})),
    Tool(frozenset({"bun", "bunx"}), ("bunfig.toml",), elsewhere=frozenset({"-c", "--config", "--cwd"})),
    Tool(frozenset({"deno"}), ("deno.json", "deno.jsonc"), elsewhere=frozenset({"-c", "--config"}),
         alone=frozenset({"--no-config"})),
    Tool(frozenset({"cargo"}), ("Cargo.toml", ".cargo/config.toml", ".cargo/config", "rust-toolchain",
                                "rust-toolchain.toml")),
    Tool(frozenset({"go"}), ("go.mod", "go.work"), frozenset({"run", "tool", "generate"}), frozenset({"-C"})),
    Tool(frozenset({"mvn", "gradle"}), ("pom.xml", ".mvn", "build.gradle", "build.gradle.kts", "settings.gradle",
                                        "settings.gradle.kts"), elsewhere=frozenset({"-f", "--file", "-p"})),
    Tool(frozenset({"dotnet", "dnx"}), ("global.json", "Directory.Build.props", "nuget.config", "NuGet.Config",
                                        ".config/dotnet-tools.json"), frozenset({"run", "tool", "dnx", "build"})),
    Tool(frozenset({"bundle", "rake"}), ("Gemfile", ".bundle/config", "Rakefile")),
    Tool(frozenset({"composer"}), ("composer.json",), elsewhere=frozenset({"-d", "--working-dir"})),
)  # fmt: skip

VERSIONS = (".tool-versions", ".mise.toml", "mise.toml")
"""Files by which asdf and mise choose the `node` or `python` that one of their own stands for."""
_VERSIONS_BYTES = 65_536


def deciding_file(name: str, arguments: Sequence[str], folders: Sequence[str]) -> str:
    """The first file in `folders` that has a say in what the program `name` runs with these arguments, or ""."""
    for tool in TOOLS:
        if name not in tool.names or (tool.words and tool.words.isdisjoint(arguments)):
            continue
        if not tool.alone.isdisjoint(arguments) or _is_sent_elsewhere(tool, arguments):
            continue
        return next((path for path in _paths(folders, tool.files) if os.path.lexists(path)), "")
    return ""


def chosen_version(folders: Sequence[str]) -> str:
    """The file in `folders` that makes a version manager take a program from a folder of its choice, or ""."""
    return next((path for path in _paths(folders, VERSIONS) if os.path.lexists(path) and _names_a_folder(path)), "")


def _paths(folders: Sequence[str], names: Sequence[str]) -> list[str]:
    return [os.path.join(folder, *name.split("/")) for folder in folders for name in names]


def _is_sent_elsewhere(tool: Tool, arguments: Sequence[str]) -> bool:
    for at, word in enumerate(arguments):
        flag, equals, value = word.partition("=")
        if flag in tool.elsewhere:
            target = value if equals else arguments[at + 1] if at + 1 < len(arguments) else ""
            if os.path.isabs(target):
                return True
    return False


def _names_a_folder(path: str) -> bool:
    try:
        if not os.path.isfile(path):
            return True
        with open(path, encoding="utf-8", errors="replace") as file:
            return "path:" in file.read(_VERSIONS_BYTES)
    except OSError:
        return True
