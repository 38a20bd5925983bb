"""Files by which the current folder changes what a package runner runs.

A user-level entry starts `npx -y @scope/server` in whatever project is open. npx prefers a copy in the project's
`node_modules`, runs a `bin` that the project's own `package.json` names, and reads its `.npmrc`: a repository can have
its own code run with the user's key. So can a program or script that is named by a relative path.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

NPM_RUNNERS = frozenset({"npx", "npm", "pnpm", "pnpx", "bunx", "yarn"})
PYTHONS = frozenset({"python", "python3"})
_MANIFEST_BYTES = 1 << 20
_CODE = (".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".pyz", ".sh", ".rb", ".pl", ".php", ".lua", ".jar", ".wasm")
_NPMRC_HARMLESS = frozenset({"save-exact", "engine-strict", "fund", "audit", "loglevel", "progress", "save-prefix"})
_NPMRC_HARMLESS |= {"package-lock", "legacy-peer-deps", "auto-install-peers", "strict-peer-dependencies", "save"}


def trap(argv: Sequence[str], cwd: str) -> str:
    """The file or folder at or above `cwd` (below the home folder) that takes part in what `argv` runs, or "".

    For npm's runners a local copy of the package, a `package.json` that can give the name a meaning, or a `.npmrc` with
    settings that matter; for `python -m NAME` a module of that name in `cwd`; for all a script named relative to `cwd`.
    """
    script = next((word for word in argv[1:] if relative_script(word) and os.path.lexists(os.path.join(cwd, word))), "")
    if script:
        return os.path.normpath(os.path.join(cwd, script))
    runner = os.path.basename(argv[0]).lower().removesuffix(".cmd").removesuffix(".exe")
    if runner in NPM_RUNNERS:
        return _npm_trap(runner, _packages(argv[1:]), cwd)
    if runner.rstrip("0123456789.") in PYTHONS and "-m" in argv[1:-1] and not _isolated(argv):
        module = argv[argv.index("-m") + 1].split(".")[0]
        local = (os.path.join(cwd, module), os.path.join(cwd, f"{module}.py"))
        return next((path for path in local if os.path.lexists(path)), "")
    return ""


def relative_script(word: str) -> bool:
    """Whether a word names code by a path that means another file in each folder: `./server.js`, `dist/index.js`."""
    return word.lower().endswith(_CODE) and not os.path.isabs(word) and not word.startswith(("-", "~", "@"))


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


def _npm_trap(runner: str, packages: list[str], cwd: str) -> str:
    scripts = bool({"run", "run-script", "start", "test", "exec"} & set(packages[:2])) and runner not in ("npx", "bunx")
    for folder in _folders(cwd):
        manifest = os.path.join(folder, "package.json")
        if (scripts and os.path.lexists(manifest)) or _gives_names(manifest):
            return manifest
        for package in packages:
            local = os.path.join(folder, "node_modules", *package.split("/"))
            if os.path.lexists(local):
                return local
        if os.path.lexists(os.path.join(folder, "node_modules", ".bin")) and not packages:
            return os.path.join(folder, "node_modules", ".bin")
        settings = os.path.join(folder, ".npmrc")
        if _npmrc_matters(settings):
            return settings
        for name in ("bunfig.toml",) if runner == "bunx" else (".yarnrc.yml", ".yarnrc") if runner == "yarn" else ():
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


def _isolated(argv: Sequence[str]) -> bool:
    flags = argv[1 : argv.index("-m")]
    return any(flag.startswith("-") and not flag.startswith("--") and set(flag) & set("IP") for flag in flags)
