"""A file for every place of every host, written the way that host writes it, with a secret in each kind of slot."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.model import SlotKind, Transport


def token(seed: int) -> str:
    return expand("ghp_{an:30}{chk}", Random(seed), Checksum("crc32-base62", 6, 4))


ENV, HEADER, ARG = token(101), token(102), token(103)
URL = "https://mcp.example.net/mcp"


class Planted(NamedTuple):
    """One entry that the file holds: where, how it is reached, and its secret."""

    pointer: str
    name: str
    transport: Transport
    secrets: tuple[tuple[SlotKind, str, str], ...]
    """(kind of slot, name, pointer within the entry) of each."""


class Written(NamedTuple):
    """A file's text and what is in it."""

    text: str
    entries: tuple[Planted, ...]


class Names(NamedTuple):
    """How a host calls the parts of an entry."""

    command: str = "command"
    args: str = "args"
    env: str = "env"
    url: str = "url"
    headers: str = "headers"
    local: dict[str, Any] = {}  # noqa: RUF012
    remote: dict[str, Any] = {"type": "http"}  # noqa: RUF012
    within: str = ""
    """The key of an object within the entry that holds all of them."""
    array: bool = False
    """Program and arguments are one array."""
    lines: bool = False
    """Headers are a list of `Name: value`."""


def local(names: Names) -> tuple[dict[str, Any], tuple[tuple[SlotKind, str, str], ...]]:
    """A server that is started, with a secret in its environment and in an argument."""
    words = ["-y", "tickets-mcp", "--token", ARG]
    env = {names.env: {"GITHUB_TOKEN": ENV, "LOG_LEVEL": "info"}}
    if names.array:
        body: dict[str, Any] = {names.command: ["npx", *words]}
        last = f"/{names.command}/4"
    else:
        body = {names.command: "npx", names.args: words}
        last = f"/{names.args}/3"
    inside = f"/{names.within}" if names.within else ""
    body = {**names.local, **({names.within: {**body, **env}} if names.within else {**body, **env})}
    return body, (
        (SlotKind.ENV, "GITHUB_TOKEN", f"{inside}/{names.env}/GITHUB_TOKEN"),
        (SlotKind.ARG, "token", inside + last),
    )


def remote(names: Names) -> tuple[dict[str, Any], tuple[tuple[SlotKind, str, str], ...]]:
    """A server that is called, with a secret in a header."""
    holder, _, key = names.headers.rpartition(".")
    value = f"Bearer {HEADER}"
    headers: Any = [f"Authorization: {value}"] if names.lines else {"Authorization": value}
    holders = {key: headers}
    if holder and holder != names.within:
        body: dict[str, Any] = {names.url: URL, holder: holders}
        where = f"/{holder}/{key}"
    else:
        body = {names.url: URL, **holders}
        where = f"/{key}"
    inside = f"/{names.within}" if names.within else ""
    body = {**names.remote, **({names.within: body} if names.within else body)}
    return body, ((SlotKind.HEADER, "Authorization", inside + where + ("/0" if names.lines else "/Authorization")),)


def _both(names: Names) -> list[tuple[str, dict[str, Any], Transport, tuple[tuple[SlotKind, str, str], ...]]]:
    first, first_secrets = local(names)
    second, second_secrets = remote(names)
    return [
        ("tickets", first, Transport.STDIO, first_secrets),
        ("wiki", second, Transport.HTTP, second_secrets),
    ]


def as_map(names: Names, path: tuple[str, ...]) -> tuple[dict[str, Any], tuple[Planted, ...]]:
    """Entries by name."""
    found = _both(names)
    at = "".join(f"/{step}" for step in path)
    planted = tuple(Planted(f"{at}/{name}", name, transport, secrets) for name, _, transport, secrets in found)
    return within(path, {name: entry for name, entry, _, _ in found}), planted


def as_list(names: Names, path: tuple[str, ...]) -> tuple[dict[str, Any], tuple[Planted, ...]]:
    """Entries one after the other, each with its name."""
    found = _both(names)
    at = "".join(f"/{step}" for step in path)
    planted = tuple(
        Planted(f"{at}/{index}", name, transport, secrets) for index, (name, _, transport, secrets) in enumerate(found)
    )
    return within(path, [{"name": name, **entry} for name, entry, _, _ in found]), planted


def within(path: tuple[str, ...], value: Any) -> Any:
    """`value` below keys; "*" becomes a key of its own."""
    for step in reversed(path):
        value = {step: value}
    return value


def to_toml(data: dict[str, Any]) -> str:
    """The data as inline values below its first keys: enough for a test, and written as people do."""

    def inline(value: Any) -> str:
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + " }"
        if isinstance(value, list):
            return "[" + ", ".join(map(inline, value)) + "]"
        return json.dumps(value)

    lines = []
    for key, value in data.items():
        if isinstance(value, dict):
            lines += [f"[{key}]", *(f"{name} = {inline(item)}" for name, item in value.items())]
        elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
            for item in value:
                lines += [f"[[{key}]]", *(f"{name} = {inline(part)}" for name, part in item.items())]
    return "\n".join(lines) + "\n"


def to_yaml(data: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "json": lambda data: json.dumps(data, indent=2),
    "toml": to_toml,
    "yaml": to_yaml,
}
PLAIN = Names()
CODEX = Names(headers="http_headers", remote={})
ARRAY = Names(env="environment", array=True, local={"type": "local"}, remote={"type": "remote"})
NESTED = Names(within="transport", remote={})
VOCABULARY = {
    "codex": CODEX,
    "gemini-cli": Names(url="httpUrl", remote={}),
    "qwen-code": Names(url="httpUrl", remote={}),
    "opencode": ARRAY,
    "kilo-code": ARRAY,
    "mcphost": ARRAY._replace(lines=True),
    "windsurf": Names(url="serverUrl", remote={}),
    "antigravity": Names(url="serverUrl", remote={}),
    "devin": Names(remote={"transport": "http"}, local={"transport": "stdio"}),
    "rovo-dev": Names(remote={"transport": "http"}, local={"transport": "stdio"}),
    "dive": Names(remote={"transport": "streamable"}, local={"enabled": True}),
    "sema4-studio": Names(local={"transport": "stdio"}),
    "cline-cli": NESTED,
    "grok-cli": NESTED,
    "cline-vscode": Names(remote={"type": "streamableHttp"}, local={"disabled": False}),
    "roo-code": Names(remote={"type": "streamable-http"}),
    "kilo-code-legacy": Names(remote={"type": "streamable-http"}),
    "continue": Names(headers="requestOptions.headers", remote={"type": "streamable-http"}),
    "zed": Names(local={"source": "custom"}, remote={}),
    "copilot-jetbrains": Names(headers="requestInit.headers", remote={}),
    "goose": Names(command="cmd", env="envs", url="uri", local={"type": "stdio"}, remote={"type": "streamable_http"}),
    "mistral-vibe": Names(local={"transport": "stdio"}, headers="auth.headers", remote={"transport": "http"}),
    "crush": Names(local={"type": "stdio"}),
    "librechat": Names(remote={"type": "streamable-http"}),
    "mcporter": Names(url="baseUrl", remote={}),
    "anythingllm": Names(remote={"type": "streamable"}),
    "docker-agent": Names(headers="remote.headers", local={"type": "mcp"}),
    "mux": Names(local={"transport": "stdio"}, remote={"transport": "http"}),
}
LISTS = frozenset({"mistral-vibe", "docker-agent"})
"""Hosts that keep a list whatever the file."""


def write(host: str, pattern: str, format_id: str, path: tuple[str, ...]) -> Written:
    """The text of a file with entries at one key path of its host."""
    names = VOCABULARY.get(host, PLAIN)
    listed = host in LISTS or (host == "continue" and (format_id == "yaml" or "experimental" in path))
    listed = listed or (host == "goose" and "recipe" in pattern) or path[-1:] == ("stdio_servers",)
    if host == "continue" and format_id == "json":
        names = NESTED if "experimental" in path else PLAIN
    if host == "docker-agent":
        data, planted = as_list(names, ("agents", "root", "toolsets"))
        toolsets = data["agents"]["root"]["toolsets"]
        toolsets[1] = {"name": "wiki", "type": "mcp", "remote": {"url": URL, **toolsets[1].pop("remote")}}
        return Written(WRITERS[format_id](data), planted)
    if path == ("server", "mcp_config"):
        entry, secrets = local(names)
        data = {"manifest_version": "0.3", "name": "tickets", **within(path, entry)}
        return Written(WRITERS[format_id](data), (Planted("/server/mcp_config", "tickets", Transport.STDIO, secrets),))
    if path[-1:] in (("sse_servers",), ("shttp_servers",)):
        address = f"{URL}?token={HEADER}"
        data = within(path, [address])
        at = "".join(f"/{step}" for step in path)
        secrets = ((SlotKind.URL_QUERY, "token", ""),)
        return Written(WRITERS[format_id](data), (Planted(f"{at}/0", "0", Transport.HTTP, secrets),))
    concrete = tuple("/home/me/project" if step == "*" else step for step in path)
    data, planted = (as_list if listed else as_map)(names, concrete)
    if "*" in path:
        planted = tuple(
            one._replace(pointer=one.pointer.replace("//home/me/project", "/~1home~1me~1project")) for one in planted
        )
    # What may stand beside the entries.
    if format_id == "json" and path:
        data = {"$schema": "https://json.example.net/schema", **data, "theme": "dark"}
    if host == "docker-mcp-gateway":
        data["registry"]["tickets"]["env"] = [{"name": "GITHUB_TOKEN", "value": ENV}]
        first = planted[0]
        moved = tuple(
            (kind, name, "/env/0/value" if kind is SlotKind.ENV else where) for kind, name, where in first.secrets
        )
        planted = (first._replace(secrets=moved), *planted[1:])
    return Written(WRITERS[format_id](data), planted)
