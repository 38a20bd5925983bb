"""Which file a bare command name really starts, and whether a repository could have put it there.

PATH differs from host to host, so it cannot be compared. Instead every program that a bound command needs must come
from a place where programs are installed, or be one that was found at migration: a repository's own folder is neither.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from unsprawl.vault.inner import commands_in, plain_name

DEFAULT_PATH = os.defpath

SYSTEM = (
    (
        *("/bin", "/sbin", "/usr", "/opt", "/snap", "/nix", "/run/current-system", "/gnu", "/var/lib/snapd"),
        *("/var/lib/flatpak", "/home/linuxbrew", "/Applications", "/Library", "/System"),
    )
    if os.name == "posix"
    else tuple(
        os.environ.get(name, default)
        for name, default in (("SystemRoot", r"C:\Windows"), ("ProgramFiles", r"C:\Program Files"))
    )
)
"""Where packages install programs."""

UNDER_HOME = (
    *(".local", "bin", ".nvm", ".volta", ".asdf", ".fnm", ".nodenv", ".pyenv", ".rbenv", ".rye", ".bun", ".deno"),
    *(".cargo", "go/bin", ".dotnet", ".sdkman", ".npm-global", ".npm/_npx", ".nix-profile", ".pnpm", ".n", ".proto"),
    *(".docker", ".rd", ".orbstack", ".krew", ".yarn", ".config/yarn", ".jenv", ".phpenv", ".composer", ".ghcup"),
    *("miniconda3", "anaconda3", "miniforge3", "mambaforge", "Library/pnpm", "Library/Python", "Applications"),
    *("Library/Application Support", "AppData/Local", "AppData/Roaming", "scoop"),
)
"""Where tool managers install programs for one user. Some of these folders are git clones themselves (nvm, pyenv)."""

NOT_UNDER_HOME = (".local/share/Trash", "AppData/Local/Temp")
"""Folders within those where anything may lie: what was thrown away, what an archive was opened into."""

CLONED = ("/opt/homebrew", "/usr/local", "/usr/local/Homebrew", "/home/linuxbrew/.linuxbrew")
"""System folders that are git clones and yet no projects."""

STARTS: dict[str, tuple[str, ...]] = {
    "npx": ("node", "npm", "sh"),
    "npm": ("node", "sh"),
    "pnpm": ("node", "npm", "sh"),
    "pnpx": ("node", "npm", "sh"),
    "yarn": ("node", "sh"),
    "bunx": ("bun", "node"),
    "uvx": ("uv", "python3", "python", "git"),
    "uv": ("python3", "python", "git"),
    "pipx": ("python3", "python", "git"),
    "docker": ("docker-credential-desktop", "docker-credential-secretservice", "docker-credential-pass"),
}
"""What a launcher itself looks up on PATH, with the secret in its environment."""


def candidates(name: str, environ: Mapping[str, str], cwd: str) -> Iterator[str]:
    """Absolute paths (links not resolved) of the files that `name` can mean, in order."""
    if os.sep in name or (os.altsep and os.altsep in name):
        path = os.path.abspath(os.path.join(cwd, name))
        if _executable(path):
            yield path
        return
    extensions = environ.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";") if os.name == "nt" else [""]
    for folder in environ.get("PATH", DEFAULT_PATH).split(os.pathsep):
        for extension in extensions:
            path = os.path.abspath(os.path.join(cwd, folder, name + extension))  # "" and "." mean `cwd`
            if _executable(path):
                yield path


def resolve(name: str, environ: Mapping[str, str], cwd: str) -> str | None:
    """The file that `name` starts, or None."""
    return next(candidates(name, environ, cwd), None)


def needed(argv: Sequence[str], program: str | None) -> tuple[str, ...]:
    """Names that a command looks up on PATH besides the program itself: known launchers, and `#!/usr/bin/env NAME`."""
    names = STARTS.get(plain_name(argv[0]), ())
    interpreter = _env_interpreter(program) if program else ""
    return (*names, interpreter) if interpreter and interpreter not in names else names


def _names(argv: Sequence[str], environ: Mapping[str, str], cwd: str) -> Iterator[str]:
    """The names of all that is started: the program, what a shell or wrapper goes on to start, what each looks up."""
    seen: set[str] = set()
    for command in commands_in(argv):
        for name in (command[0], *needed(command, resolve(command[0], environ, cwd))):
            if name not in seen:
                seen.add(name)
                yield name


def programs(argv: Sequence[str], environ: Mapping[str, str], cwd: str) -> tuple[str, ...]:
    """Every file that the command and what it starts can mean now: what a migration records.

    Files inside `cwd` count only when they are first in line, that is when they are really used today.
    """
    found: dict[str, None] = {}
    for name in _names(argv, environ, cwd):
        for position, path in enumerate(candidates(name, environ, cwd)):
            if position == 0 or not in_project(path, cwd):
                found[path] = None
    return tuple(found)


def foreign_program(argv: Sequence[str], environ: Mapping[str, str], cwd: str, known: Sequence[str]) -> str | None:
    """The first program that the command would start from a place that is neither trusted nor known, or None."""
    for name in _names(argv, environ, cwd):
        path = resolve(name, environ, cwd)
        if path is None or path in known:
            continue
        if in_project(path, cwd) or not trusted_place(path):
            return path
    return None


def path_without_project(path: str, cwd: str, known: Sequence[str]) -> str:
    """PATH without the folders in which the open project could have put a program of any name.

    A server started for all projects may itself start `git` or `sh`, with the key in its environment: which names it
    looks up cannot be known. Folders of programs that were found at migration stay, as do those of other places.
    """
    used = {os.path.dirname(program) for program in known}
    kept = [
        folder
        for folder in path.split(os.pathsep)
        if folder in used or (os.path.isabs(folder) and not in_project(os.path.normpath(folder), cwd))
    ]
    return os.pathsep.join(kept)


def trusted_place(path: str) -> bool:
    """Whether the absolute `path` lies where programs are installed, and not in a project that lies there too."""
    lexical = os.path.normpath(path)
    home = os.path.expanduser("~")
    # The home is asked first: a service user's may lie under /opt or /usr.
    if any(_under(lexical, os.path.join(home, *folder.split("/"))) for folder in NOT_UNDER_HOME):
        return False
    roots = [os.path.join(home, folder) for folder in UNDER_HOME] if _under(lexical, home) else SYSTEM
    root = next((root for root in roots if _under(lexical, root)), None)
    return root is not None and not _cloned(lexical, root)


def in_project(path: str, cwd: str) -> bool:
    """Whether `path` or the file it links to lies in the folder that the server is started in.

    Hosts without a project start servers in `/` or the home folder: that says nothing.
    """
    here, home = os.path.realpath(cwd), os.path.realpath(os.path.expanduser("~"))
    if _under(home, here):
        return False
    return _under(path, here) or _under(path, cwd) or _under(os.path.realpath(path), here)


def _under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _cloned(path: str, root: str) -> bool:
    """Whether a folder between `root` and `path` is a git work tree other than a package manager's own."""
    folder = os.path.dirname(path)
    while folder != root and folder != os.path.dirname(folder):
        if folder not in CLONED and os.path.exists(os.path.join(folder, ".git")):
            return True
        folder = os.path.dirname(folder)
    return False


def _executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _env_interpreter(path: str) -> str:
    try:
        with open(path, "rb") as file:
            line = file.readline(256)
    except OSError:
        return ""
    if not line.startswith(b"#!"):
        return ""
    words = [word for word in line[2:].decode("utf-8", "replace").split() if word != "-S"]
    if len(words) < 2 or os.path.basename(words[0]) != "env":
        return ""
    return next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
