"""Environment variables that decide what code runs or where a key is sent: as data, each with its reason.

An entry of a hostile repository can set any of them beside `unsprawl run`. They must be as they were at migration.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from unsprawl.vault.machine_key import digest
from unsprawl.vault.programs import trusted_place

NAMES: dict[str, frozenset[str]] = {
    "loads code into the shell that a wrapper script is run by": frozenset(
        {"BASH_ENV", "ENV", "ZDOTDIR", "SHELLOPTS", "BASHOPTS", "PS4", "IFS", "CDPATH", "PROMPT_COMMAND"}
    ),
    "loads code into Python, or takes its modules from elsewhere": frozenset(
        {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONINSPECT", "PYTHONPLATLIBDIR"}
        | {"PYTHONBREAKPOINT", "PYTHONWARNINGS", "PYTHONEXECUTABLE", "PYTHONPYCACHEPREFIX"}
    ),
    "loads code into Node, or takes its modules from elsewhere": frozenset(
        {"NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "NODE_COMPILE_CACHE", "TSX_TSCONFIG_PATH"}
    ),
    "loads code into another language's run time": frozenset(
        {"PERL5OPT", "PERL5LIB", "PERL5DB", "PERLLIB", "RUBYOPT", "RUBYLIB", "GEM_HOME", "GEM_PATH", "BUNDLE_GEMFILE"}
        | {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH", "JAVA_HOME", "PHPRC"}
        | {"PHP_INI_SCAN_DIR", "LUA_INIT", "LUA_PATH", "LUA_CPATH", "DOTNET_STARTUP_HOOKS", "DOTNET_ROOT"}
        | {"CORECLR_PROFILER", "CORECLR_PROFILER_PATH", "GOFLAGS", "GOPROXY", "GOROOT", "CARGO_HOME", "RUSTC_WRAPPER"}
    ),
    "is a program that others start, to ask, to show or to open something": frozenset(
        {"BROWSER", "GIT_ASKPASS", "SSH_ASKPASS", "SUDO_ASKPASS", "GIT_EDITOR", "GIT_PAGER", "GIT_EXTERNAL_DIFF"}
        | {"GIT_PROXY_COMMAND", "GIT_TEMPLATE_DIR", "GIT_SEQUENCE_EDITOR", "CHROME_PATH", "PUPPETEER_EXECUTABLE_PATH"}
        | {"PUPPETEER_CACHE_DIR", "PLAYWRIGHT_BROWSERS_PATH"}
    ),
    "is the shell that others start, or says where the system's own programs are": frozenset(
        {"SHELL", "COMSPEC", "SYSTEMROOT", "WINDIR", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432"}
    ),
    "moves the folder that a version manager takes programs from": frozenset(
        {"VOLTA_HOME", "ASDF_DIR", "ASDF_DATA_DIR", "ASDF_CONFIG_FILE", "MISE_DATA_DIR", "PYENV_ROOT", "RBENV_ROOT"}
        | {"NODENV_ROOT", "JENV_ROOT", "FNM_DIR", "PROTO_HOME", "SDKMAN_DIR", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"}
        | {"PIPX_HOME", "PIPX_DEFAULT_PYTHON"}
    ),
    "loads code into any program": frozenset({"GCONV_PATH", "GLIBC_TUNABLES", "OPENSSL_CONF", "OPENSSL_MODULES"}),
    "changes whose certificates are believed, or writes session keys to a file": frozenset(
        {"SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE", "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED"}
        | {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "DENO_CERT", "AWS_CA_BUNDLE"}
        | {"DENO_TLS_CA_STORE", "PYTHONHTTPSVERIFY", "CARGO_HTTP_CAINFO", "UNSPRAWL_EXTRA_CA"}
    ),
    "moves the folder that programs read their settings from": frozenset(
        {"HOME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CONFIG_DIRS", "XDG_DATA_HOME", "XDG_CACHE_HOME"}
        | {"CURL_HOME", "NETRC", "AWS_CONFIG_FILE", "BOTO_CONFIG", "KUBECONFIG"}
    ),
    "sends what a container is given to another machine": frozenset(
        {"DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "CONTAINER_HOST", "CONTAINER_CONNECTION"}
    ),
    "may send the key to another server": frozenset(
        {"PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "DD_SITE", "HOSTALIASES"}
    ),
}
"""Exact names, by reason. Compared in upper case: npm and Windows do not distinguish."""

PREFIXES: dict[str, str] = {
    "LD_": "loads code into any program",
    "DYLD_": "loads code into any program",
    "BASH_FUNC_": "defines a function in the shell that a wrapper script is run by",
    "GIT_CONFIG": "makes git run other programs",
    "GIT_EXEC": "makes git run other programs",
    "GIT_SSH": "makes git run other programs",
    "PIP_": "changes where packages come from",
    "UV_": "changes where packages come from",
    "YARN_": "changes where packages come from",
    "PNPM_": "changes where packages come from",
    "BUN_": "changes where packages come from",
    "DENO_": "changes where packages come from",
    "COREPACK_": "changes where packages come from",
    "TS_NODE_": "loads code into Node, or takes its modules from elsewhere",
    "NPM_CONFIG_": "changes where packages come from",
}

SUFFIXES = (
    *("URL", "URI", "HOST", "HOSTNAME", "ENDPOINT", "ENDPOINTS", "PROXY", "DOMAIN", "_SERVER", "_ADDR"),
    *("_BASE", "_BASE_PATH", "_ORIGIN", "_GATEWAY", "_INSTANCE", "_WEBHOOK"),
)
SENDING_WORDS = frozenset({"URL", "URI", "ENDPOINT", "PROXY"})
"""The same anywhere in a name: `AWS_ENDPOINT_URL_S3`."""
SENDS_ELSEWHERE = "may send the key to another server"

# The last one is set to 0 by Claude Code for every server: corepack then leaves `packageManager` alone.
HARMLESS = frozenset({"NO_PROXY", "XDG_SESSION_HOST", "LD_COLORS", "COREPACK_ENABLE_AUTO_PIN"})
"""Fit a pattern, but decide nothing."""
HARMLESS |= {
    f"NPM_CONFIG_{name}"
    for name in ("USER_AGENT", "NPM_VERSION", "LOCAL_PREFIX", "LOGLEVEL", "YES", "COLOR", "PROGRESS")
}
HARMLESS |= {f"NPM_CONFIG_{name}" for name in ("NOPROXY", "FUND", "AUDIT", "UPDATE_NOTIFIER", "UNICODE", "HEADING")}
HARMLESS |= {f"UV_{name}" for name in ("NO_PROGRESS", "OFFLINE", "HTTP_TIMEOUT", "NO_COLOR", "LINK_MODE")}
HARMLESS |= {f"PIP_{name}" for name in ("DISABLE_PIP_VERSION_CHECK", "NO_INPUT", "NO_CACHE_DIR", "QUIET")}
HARMLESS_PREFIXES = ("VSCODE_", "JPY_", "DBUS_", "WSL_", "WT_")

DEFAULTS = {
    "NPM_CONFIG_USERCONFIG": "~/.npmrc",
    "NPM_CONFIG_CACHE": "~/.npm",
    "NPM_CONFIG_INIT_MODULE": "~/.npm-init.js",
    "XDG_CONFIG_HOME": "~/.config",
    "XDG_DATA_HOME": "~/.local/share",
    "XDG_CACHE_HOME": "~/.cache",
    "RUSTUP_HOME": "~/.rustup",
    "PUPPETEER_CACHE_DIR": "~/.cache/puppeteer",
    "PLAYWRIGHT_BROWSERS_PATH": "~/.cache/ms-playwright",
    "COREPACK_HOME": "~/.cache/node/corepack",
}
"""Values that mean the same as no value. npm sets its own for all it starts, also for a host started with npx."""

PLACES = frozenset(
    {f"NPM_CONFIG_{name}" for name in ("PREFIX", "GLOBAL_PREFIX", "GLOBALCONFIG", "NODE_GYP")}
    | {"PNPM_HOME", "BUN_INSTALL", "DENO_INSTALL", "DENO_INSTALL_ROOT", "JAVA_HOME"}
    | {"GOROOT", "CARGO_HOME", "DOTNET_ROOT", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS"}
    | {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "AWS_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT", "NPM_CONFIG_CAFILE"}
    | {"UNSPRAWL_EXTRA_CA"}
    | {
        "SHELL",
        "COMSPEC",
        "XDG_CONFIG_DIRS",
        "LD_LIBRARY_PATH",
        "BROWSER",
        "GIT_ASKPASS",
        "SSH_ASKPASS",
        "SUDO_ASKPASS",
        "CHROME_PATH",
    }
    | {"PUPPETEER_EXECUTABLE_PATH", "VOLTA_HOME", "ASDF_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR", "PYENV_ROOT"}
    | {"RBENV_ROOT", "NODENV_ROOT", "JENV_ROOT", "FNM_DIR", "PROTO_HOME", "SDKMAN_DIR", "PIPX_HOME", "COREPACK_ROOT"}
)
"""Paths (or lists of them) that are fine where no repository can write: see `programs.trusted_place`."""
_ELSEWHERE = ("/etc/", "/tmp/.mount_")  # the second: an AppImage, whose folder has another name at every start

_REASON_OF = {name: reason for reason, names in NAMES.items() for name in names}
_PREFIXES = tuple(PREFIXES)


@dataclass(frozen=True, slots=True)
class Guards:
    """Digests of guarded variables: those that the entry sets, and those of the user's own environment."""

    guarded: Mapping[str, str]
    ambient: Mapping[str, str]


def reason(name: str) -> str:
    """Why the variable `name` is guarded, or ""."""
    upper = name.upper()
    exact = _REASON_OF.get(upper)
    if exact:
        return exact
    if upper in HARMLESS or upper.startswith(HARMLESS_PREFIXES):
        return ""
    if upper.startswith(_PREFIXES):
        return next(why for prefix, why in PREFIXES.items() if upper.startswith(prefix))
    sends = upper.endswith(SUFFIXES) or not SENDING_WORDS.isdisjoint(upper.split("_"))
    return SENDS_ELSEWHERE if sends else ""


def value_digest(key: bytes, name: str, value: str) -> str:
    """A keyed name for one value of one variable; the value may be a secret itself, so never unkeyed."""
    return digest(key, "guarded", name, value)


def guards(entry_environ: Mapping[str, str], environ: Mapping[str, str], key: bytes) -> Guards:
    """Digests of the guarded variables.

    `entry_environ` is what the entry itself will set: these must be there at every start. `environ` is the environment
    of the person who migrates: these may be there, since a host started from a terminal passes them on.
    """
    return Guards(
        {name: value_digest(key, name, value) for name, value in entry_environ.items() if reason(name)},
        {name: value_digest(key, name, value) for name, value in environ.items() if reason(name)},
    )


def changed(known: Guards, environ: Mapping[str, str], key: bytes, ours: frozenset[str]) -> Iterator[tuple[str, bool]]:
    """Guarded variables that are not as recorded: (name, whether it is set now). `ours` are the record's own."""
    for name in known.guarded:
        if name not in environ and name not in ours:
            yield name, False
    for name, value in environ.items():
        if name in ours or not reason(name):
            continue
        wanted = known.guarded.get(name)
        if wanted is None:
            if _default(name, value):
                continue
            wanted = known.ambient.get(name)
        if wanted != value_digest(key, name, value):
            yield name, True


def _default(name: str, value: str) -> bool:
    upper = name.upper()
    if not value and upper.startswith("NPM_CONFIG_"):
        return True  # npm skips these
    if upper in DEFAULTS and value == os.path.expanduser(DEFAULTS[upper]):
        return True
    # An empty element of a list means the current folder, so it is not fine.
    return upper in PLACES and all(_no_repository(path) for path in value.split(os.pathsep))


def _no_repository(path: str) -> bool:
    plain = os.path.normpath(path)
    return os.path.isabs(path) and (trusted_place(plain) or (os.name == "posix" and plain.startswith(_ELSEWHERE)))
