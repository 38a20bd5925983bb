"""The hosts that can be installed here: how each writes its entries, and how it is made to start them without a login.

One record a host. Nothing of it leaves this machine: a model that a host asks for is on loopback, and everything else
goes to a proxy that is not there.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from tests.external import npm
from tests.external.hosts import CLAUDE_SETTLED, host_environment, recorded_starts, recorder_argv
from tests.external.model_stub import model_provider
from tests.external.processes import HostFailed, end_leftovers, run
from tests.servers.remote import Remote

TIMEOUT_S = 60.0
SECRETS = {
    slot: "".join(["sk_acme", "-", start, "Lr9TnW4hYc1Kd8"])
    for slot, start in {"env": "7fQ2mZ0xVb", "arg": "3hT8pL5wQs", "header": "9kB4nV1yRd", "url": "2gM6cX7zJf"}.items()
}
"""One for each kind of slot, so that none can be taken for another."""
NAMES = {"env": "tickets", "arg": "shell", "header": "wiki", "url": "site"}
"""The server whose secret is in that slot."""
VARIABLE = "TICKETS_TOKEN"
_DEAD = "http://127.0.0.1:9"
OFFLINE = {"HTTP_PROXY": _DEAD, "HTTPS_PROXY": _DEAD, "NO_PROXY": "127.0.0.1,localhost", "npm_config_registry": _DEAD}

Entry: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Servers:
    """What the entries of one file are to start and to call."""

    home: Path
    remote: Remote
    slots: tuple[str, ...]

    def stdio(self) -> dict[str, tuple[list[str], dict[str, str]]]:
        """Command line and environment of each local server."""
        made: dict[str, tuple[list[str], dict[str, str]]] = {}
        if "env" in self.slots:
            made[NAMES["env"]] = recorder_argv(self.home), {"LOG_LEVEL": "info", VARIABLE: SECRETS["env"]}
        if "arg" in self.slots:
            made[NAMES["arg"]] = [*recorder_argv(self.home), "--api-key", SECRETS["arg"]], {}
        return made

    def http(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Address and headers of each remote server."""
        made: dict[str, tuple[str, dict[str, str]]] = {}
        if "header" in self.slots:
            headers = {"Authorization": f"Bearer {SECRETS['header']}", "X-Team": "core"}
            made[NAMES["header"]] = f"{self.remote.url}/wiki", headers
        if "url" in self.slots:
            made[NAMES["url"]] = f"{self.remote.url}/site?api_key={SECRETS['url']}", {}
        return made


Write: TypeAlias = Callable[[Servers], str]


def in_json(
    key: str = "mcpServers",
    *,
    stdio: Mapping[str, Any] | None = None,
    remote: Mapping[str, Any] | None = None,
    url: str = "url",
    env: str = "env",
    one_list: bool = False,
    holder: str = "",
    beside: Mapping[str, Any] | None = None,
) -> Write:
    """A writer of JSON. `stdio` and `remote` are what every such entry says besides; `holder` the object it is in."""

    def write(servers: Servers) -> str:
        entries: dict[str, Entry] = {}
        for name, ([command, *args], variables) in servers.stdio().items():
            start: Entry = {"command": [command, *args]} if one_list else {"command": command, "args": args}
            entries[name] = {**(stdio or {}), **start, env: variables}
        for name, (address, headers) in servers.http().items():
            entries[name] = {**(remote or {}), url: address, "headers": headers}
        if holder:
            entries = {name: {holder: entry} for name, entry in entries.items()}
        return json.dumps({**(beside or {}), key: entries}, indent=2) + "\n"

    return write


def codex_toml(servers: Servers) -> str:
    lines = ["# my servers"]
    for name, ([command, *args], variables) in servers.stdio().items():
        lines += [f"[mcp_servers.{name}]", f"command = {json.dumps(command)}", f"args = {json.dumps(args)}   # mine"]
        lines += [f"[mcp_servers.{name}.env]", *(f"{key} = {json.dumps(text)}" for key, text in variables.items()), ""]
    for name, (address, headers) in servers.http().items():
        pairs = ", ".join(f"{json.dumps(key)} = {json.dumps(text)}" for key, text in headers.items())
        lines += [f"[mcp_servers.{name}]", f"url = {json.dumps(address)}", f"http_headers = {{ {pairs} }}", ""]
    return "\n".join(lines)


def continue_yaml(servers: Servers) -> str:
    """Its strings are JSON's, which YAML has too."""
    lines = ["name: mine", "version: 0.0.1", "schema: v1", "models:", "  - name: none", "    provider: openai"]
    lines += ["    model: none", f"    apiBase: {_DEAD}/v1", "    apiKey: none", "    roles: [chat]", "mcpServers:"]
    for name, ([command, *args], variables) in servers.stdio().items():
        lines += [f"  - name: {name}  # mine", f"    command: {command}", f"    args: {json.dumps(args)}"]
        lines += ["    env:" if variables else "    env: {}"]
        lines += [f"      {key}: {text}" for key, text in variables.items()]
    for name, (address, headers) in servers.http().items():
        lines += [f"  - name: {name}", "    type: streamable-http", f"    url: {address}"]
        if headers:
            lines += ["    requestOptions:", "      headers:", *(f"        {key}: {headers[key]}" for key in headers)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class HostProgram:
    """One host. In its words and variables `{home}` stands for the home, `{model}` for the address of a model and
    `{port}` for a free port."""

    host: str
    """As the rules of hosts call it."""
    program: npm.Program
    path: str
    """Its file, under the home."""
    write: Write
    words: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    slots: tuple[str, ...] = ("env", "arg", "header", "url")
    """Where a reference can stand."""

    def received(
        self, servers: Servers, cwd: Path, exported: Mapping[str, str], timeout_s: float = TIMEOUT_S
    ) -> dict[str, str]:
        """What the servers got from one start of the host, by slot. Ends it as soon as all have got something."""
        starts, calls = len(recorded_starts(servers.home)), len(servers.remote.calls)

        def so_far() -> dict[str, str]:
            return _received(servers, starts, calls)

        def enough() -> bool:
            return len(so_far()) == len(servers.slots)

        def hold() -> None:
            """The model answers when the servers are there: Codex ends them with the session."""
            deadline = time.monotonic() + timeout_s
            while not enough() and time.monotonic() < deadline:
                time.sleep(0.05)

        with model_provider(before_answer=hold) as model:
            names = {"home": str(servers.home), "model": model, "port": str(_free_port())}
            words = [_filled(word, names) for word in self.words]
            variables = {name: _filled(text, names) for name, text in self.variables.items()}
            done = run(
                [*npm.command(self.program), *words],
                cwd=cwd,
                env=host_environment(servers.home, OFFLINE | variables | dict(exported)),
                timeout_s=timeout_s,
                canaries=SECRETS.values(),
                enough=enough,
            )
        end_leftovers(servers.home)
        if not enough():
            missing = sorted(set(servers.slots) - set(so_far()))
            raise HostFailed(f"{self.host} ended with {done.exit_code}, without {missing}:\n{done.output}")
        return so_far()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _received(servers: Servers, starts: int, calls: int) -> dict[str, str]:
    got: dict[str, str] = {}
    for start in recorded_starts(servers.home)[starts:]:
        if start.argv[-2:-1] == ["--api-key"]:
            got["arg"] = start.argv[-1]
        else:
            got["env"] = start.env.get(VARIABLE, "")
    for call in servers.remote.calls[calls:]:
        path, _, query = call.path.partition("?")
        if call.method != "POST":
            continue  # Droid also looks for a login server, without any credential
        if path == "/wiki":
            got["header"] = call.headers.get("authorization", "").removeprefix("Bearer ")
        elif path == "/site":
            got["url"] = query.removeprefix("api_key=")
    return got


def planted(slots: Iterable[str]) -> dict[str, str]:
    """What the servers must get."""
    return {slot: SECRETS[slot] for slot in slots}


_CODEX_MODEL = tuple(
    f"-c{name}={json.dumps(value)}"  # JSON strings and numbers are TOML values too
    for name, value in {
        "model": "none",
        "model_provider": "none",
        "model_providers.none.name": "none",
        "model_providers.none.base_url": "{model}",
        "model_providers.none.wire_api": "responses",
        "model_providers.none.request_max_retries": 0,
        "model_providers.none.stream_max_retries": 0,
    }.items()
)
_HTTP = {"type": "http"}

PROGRAMS = (
    HostProgram(
        "claude-code",
        npm.CLAUDE_CODE,
        ".claude.json",
        in_json(stdio={"type": "stdio"}, remote=_HTTP, beside=CLAUDE_SETTLED),
        ("mcp", "list"),
    ),
    HostProgram(
        "codex",
        npm.CODEX,
        ".codex/config.toml",
        codex_toml,
        ("exec", "--skip-git-repo-check", *_CODEX_MODEL, "two words"),
        slots=("env", "header"),
    ),
    HostProgram(
        "gemini-cli",
        npm.GEMINI,
        ".gemini/settings.json",
        in_json(url="httpUrl"),
        ("mcp", "list"),
        {"GEMINI_CLI_TRUST_WORKSPACE": "true"},
    ),
    HostProgram(
        "qwen-code",
        npm.QWEN,
        ".qwen/settings.json",
        # Without the version it takes the file for one of an older Qwen Code and writes it anew.
        in_json(url="httpUrl", beside={"$version": 4}),
        ("mcp", "list"),
    ),
    HostProgram(
        "opencode",
        npm.OPENCODE,
        ".config/opencode/opencode.json",
        # Without the schema it writes the file anew, with it.
        in_json(
            "mcp",
            stdio={"type": "local"},
            remote={"type": "remote", "oauth": False},
            env="environment",
            one_list=True,
            beside={"$schema": "https://opencode.ai/config.json"},
        ),
        ("mcp", "list"),
    ),
    HostProgram(
        "copilot-cli",
        npm.COPILOT,
        ".copilot/mcp-config.json",
        in_json(stdio={"type": "local", "tools": ["*"]}, remote={"type": "http", "tools": ["*"]}),
        ("-p", "two words", "--allow-all-tools"),
        {"COPILOTOFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": "{model}", "COPILOT_MODEL": "none"},
    ),
    HostProgram(
        "droid",
        npm.DROID,
        ".factory/mcp.json",
        in_json(stdio={"type": "stdio"}, remote=_HTTP),
        ("mcp", "list"),
        slots=("env", "header"),
    ),
    HostProgram("qodercli", npm.QODER, ".qoder/settings.json", in_json(remote=_HTTP), ("mcp", "list")),
    HostProgram(
        "cline-cli",
        npm.CLINE,
        ".cline/data/settings/cline_mcp_settings.json",
        in_json(stdio={"type": "stdio"}, remote={"type": "streamableHttp"}, holder="transport"),
        ("-P", "openai", "-k", "none", "-m", "gpt-4o", "-t", "15", "two words"),
        # It hands its whole environment on, but the extension for VS Code reads the same file and does not.
        slots=(),
    ),
    HostProgram(
        "continue",
        npm.CONTINUE,
        ".continue/config.yaml",
        continue_yaml,
        ("-p", "two words", "--config", "{home}/.continue/config.yaml"),
    ),
    HostProgram("mcporter", npm.MCPORTER, ".mcporter/mcporter.json", in_json(url="baseUrl"), ("list", "--json")),
    HostProgram(
        "mcp-hub",
        npm.MCP_HUB,
        ".config/mcphub/servers.json",
        in_json(),
        ("--port", "{port}", "--config", "{home}/.config/mcphub/servers.json"),
    ),
)
