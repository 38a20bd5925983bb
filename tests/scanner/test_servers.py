"""Entries in all the shapes in which hosts and people write them."""

from __future__ import annotations

import json
import time

import pytest

from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.model import Entry, Transport
from unsprawl.scanner.packages import package_of
from unsprawl.scanner.programs import base_name
from unsprawl.scanner.servers import entries

STDIO = {"command": "npx", "args": ["-y", "@x/server"]}
REMOTE = {"type": "http", "url": "https://mcp.example.com/mcp"}


def read(text: str, *servers: KeyPath, format_id: str = "json", hosts: tuple[str, ...] = ("cursor",)) -> list[Entry]:
    document = parse("/p/mcp.json", text.encode(), format_id)
    assert isinstance(document, Document)
    file = ConfigFile("/p/mcp.json", tuple(Reading(host, format_id, servers, "project", True) for host in hosts))
    return [server.entry for server in entries(document, file)]


def one(entry: object) -> Entry:
    (found,) = read(json.dumps({"mcpServers": {"x": entry}}), ("mcpServers",))
    return found


def test_map() -> None:
    found = read(
        json.dumps({"mcpServers": {"a": STDIO, "b/c": REMOTE}, "other": {"d": STDIO}}, indent=1), ("mcpServers",)
    )
    assert [(entry.name, pointer(entry.key_path), entry.line) for entry in found] == [
        ("a", "/mcpServers/a", 3),
        ("b/c", "/mcpServers/b~1c", 10),
    ]
    assert [entry.transport for entry in found] == [Transport.STDIO, Transport.HTTP]
    assert found[0].command == ("npx", "-y", "@x/server")
    assert found[0].package == "@x/server"
    assert found[1].url == "https://mcp.example.com/mcp"


def test_list() -> None:
    found = read(json.dumps({"servers": [{"name": "a", **STDIO}, REMOTE, {"name": "no entry"}, "x", 1]}), ("servers",))
    assert [(entry.name, pointer(entry.key_path)) for entry in found] == [("a", "/servers/0"), ("1", "/servers/1")]


def test_every_document_of_a_yaml_file() -> None:
    text = "mcpServers:\n  a: {command: x}\n---\n# none\n---\nmcpServers:\n  b:\n    url: https://h/mcp\n"
    found = read(text, ("mcpServers",), format_id="yaml")
    assert [(entry.name, pointer(entry.key_path), entry.line) for entry in found] == [
        ("a", "/mcpServers/a", 2),
        ("b", "/document/2/mcpServers/b", 8),
    ]
    document = parse("/p/x.yaml", text.encode(), "yaml")
    assert isinstance(document, Document)
    for entry in found:
        assert document.at(entry.key_path) is not None
    assert document.at(("document", 3)) is None


def test_below_any_key() -> None:
    text = json.dumps({"projects": {"/a": {"mcpServers": {"x": STDIO}}, "/b": {"mcpServers": {"x": REMOTE}}, "/c": {}}})
    found = read(text, ("mcpServers",), ("projects", "*", "mcpServers"))
    assert [pointer(entry.key_path) for entry in found] == [
        "/projects/~1a/mcpServers/x",
        "/projects/~1b/mcpServers/x",
    ]


def test_flat_map_takes_only_what_looks_like_an_entry() -> None:
    text = json.dumps(
        {"x": STDIO, "y": {"cmd": "x"}, "z": {"serverUrl": "u"}, "mcpServers": {"w": STDIO}, "n": {"a": 1}}
    )
    found = read(text, ())
    assert [(entry.name, entry.marks) for entry in found] == [("x", ()), ("y", ()), ("z", ()), ("w", ("misplaced",))]


def test_dotted_key() -> None:
    assert [
        entry.name for entry in read(json.dumps({"mcp.servers": {"x": STDIO}}), ("mcp", "servers"), ("mcp.servers",))
    ] == ["x"]


def test_an_entry_that_several_patterns_and_hosts_reach_comes_once() -> None:
    found = read(
        json.dumps({"mcpServers": {"x": STDIO}}), ("mcpServers",), ("*",), hosts=("cursor", "vscode", "cursor")
    )
    assert [entry.hosts for entry in found] == [("cursor", "vscode")]


def test_generic_readings_have_no_host() -> None:
    assert read(json.dumps({"mcpServers": {"x": STDIO}}), ("mcpServers",), hosts=("",))[0].hosts == ()


def test_keys_written_twice_are_all_read() -> None:
    text = '{"mcpServers": {"x": {"command": "a"}, "x": {"command": "b"}}, "mcpServers": {"x": {"command": "c"}}}'
    assert [entry.command for entry in read(text, ("mcpServers",))] == [("a",), ("b",), ("c",)]


def test_toml() -> None:
    text = (
        '[mcp_servers.a]\ncommand = "npx"\nargs = ["-y", "@x/server"]\n[mcp_servers.b]\nurl = "https://x.example/mcp"\n'
    )
    found = read(text, ("mcp_servers",), format_id="toml")
    assert [(entry.name, entry.transport, entry.package) for entry in found] == [
        ("a", Transport.STDIO, "@x/server"),
        ("b", Transport.HTTP, ""),
    ]


@pytest.mark.parametrize(
    ("entry", "command"),
    [
        ({"command": "npx", "args": ["-y", 5, 1.5, None, True, ["x"]]}, ("npx", "-y", "5", "1.5", "", "", "")),
        ({"command": ["npx", "-y", "x"], "environment": {}}, ("npx", "-y", "x")),
        ({"cmd": "x", "args": ["y"]}, ("x", "y")),
        ({"command": {"path": "x", "args": ["y"], "env": {}}}, ("x", "y")),
        ({"transport": {"type": "stdio", "command": "x", "args": ["y"]}}, ("x", "y")),
        ({"command": "x", "args": "y"}, ("x",)),
        ({"command": ""}, ()),
        ({"command": None}, ()),
        ({"command": 5}, ()),
        ({"command": []}, ()),
        ({"args": ["x"]}, ()),
    ],
    ids=str,
)
def test_command_line(entry: object, command: tuple[str, ...]) -> None:
    assert one(entry).command == command


@pytest.mark.parametrize(
    ("entry", "transport", "url"),
    [
        ({"command": "x", "url": "", "headers": {}}, Transport.STDIO, ""),
        ({"command": "x", "url": "https://x"}, Transport.STDIO, "https://x"),
        ({"url": ""}, Transport.UNKNOWN, ""),
        ({"url": "", "serverUrl": "https://x"}, Transport.HTTP, "https://x"),
        ({"url": "https://x"}, Transport.HTTP, "https://x"),
        ({"url": "https://x", "type": "sse"}, Transport.SSE, "https://x"),
        ({"uri": "https://x", "type": "streamable_http"}, Transport.HTTP, "https://x"),
        ({"httpUrl": "https://x"}, Transport.HTTP, "https://x"),
        ({"baseUrl": "https://x"}, Transport.HTTP, "https://x"),
        ({"url": "https://x", "transport": "sse"}, Transport.SSE, "https://x"),
        ({"transport": {"type": "sse", "url": "https://x"}}, Transport.SSE, "https://x"),
        ({"type": "builtin", "name": "developer"}, Transport.BUILTIN, ""),
        ({"type": 5}, Transport.UNKNOWN, ""),
        ({}, Transport.UNKNOWN, ""),
    ],
    ids=str,
)
def test_transport(entry: object, transport: Transport, url: str) -> None:
    found = one(entry)
    assert (found.transport, found.url) == (transport, url)


@pytest.mark.parametrize(
    ("entry", "marks"),
    [
        ({**STDIO}, ()),
        ({**STDIO, "disabled": True}, ("disabled",)),
        ({**STDIO, "enabled": False}, ("disabled",)),
        ({**STDIO, "disabled": False, "enabled": True}, ()),
        ({**STDIO, "disabled": "yes"}, ()),
    ],
    ids=str,
)
def test_disabled(entry: object, marks: tuple[str, ...]) -> None:
    assert one(entry).marks == marks


@pytest.mark.parametrize("text", ["[]", "{}", '"x"', "1", "null", '{"mcpServers": []}', '{"mcpServers": {"x": 1}}'])
def test_no_entries(text: str) -> None:
    assert read(text, ("mcpServers",), ("mcp", "servers"), (), ("projects", "*", "mcpServers")) == []


PACKAGES = {
    "": "",
    "npx": "",
    "npx -y @scope/name": "@scope/name",
    "npx -y @scope/name@1.2.3 --flag": "@scope/name",
    "npx name@latest": "name",
    "npx --yes --package=@scope/name cmd": "@scope/name",
    "npx -p @scope/name cmd": "@scope/name",
    "npx --registry https://r.example name": "name",
    "C:\\nodejs\\npx.CMD -y name": "name",
    "/usr/bin/npx name": "name",
    "npm exec -- name": "name",
    "pnpm dlx name@2": "name",
    "yarn dlx name": "name",
    "bunx name": "name",
    "bun x name": "name",
    "bun run server.ts": "server.ts",
    "deno run -A npm:name": "npm:name",
    "cmd /c npx -y name": "name",
    "cmd.exe /d /s /C npx -y name": "name",
    "cmd": "cmd",
    "env -i KEY=v npx name": "name",
    "/usr/bin/env KEY=v": "",
    "uvx name": "name",
    "uvx name==1.2": "name",
    "uvx name[extra]>=1.2": "name",
    "uvx -p 3.12 name": "name",
    "uvx --from name cmd": "name",
    "uvx --from=name==1 cmd": "name",
    "uvx --from git+https://github.com/o/r@v1 cmd": "git+https://github.com/o/r",
    "uv run --directory /x server.py": "server.py",
    "uv tool run name": "name",
    "pipx run --spec name cmd": "name",
    "python server.py": "server.py",
    "python3.11 -u /x/server.py": "server.py",
    "python -m pkg.server": "pkg.server",
    "python -m": "",
    "python -W ignore C:\\x\\server.py": "server.py",
    "node /x/index.js": "index.js",
    "node --import tsx -r dotenv/config index.js -m x": "index.js",
    "docker run -i --rm -e KEY ghcr.io/o/image": "ghcr.io/o/image",
    "docker run --rm -p 80:80 --gpus all --name=x image:tag sub": "image:tag",
    "podman run image": "image",
    "docker": "",
    "docker run": "",
    "unsprawl run ref -- npx -y name": "name",
    "unsprawl run ref": "unsprawl",
    "/opt/bin/my-server --x": "my-server",
    "my-server.exe": "my-server",
}


def test_a_command_that_starts_itself_over_and_over_ends() -> None:
    """A repository may hold it, and a scan or a commit must not end with it."""
    assert package_of(("unsprawl", "run", "x", "--") * 3000) == ""
    assert package_of((*("unsprawl", "run", "x", "--") * 3, "npx", "@x/y")) == "@x/y"


@pytest.mark.parametrize("line", PACKAGES)
def test_package(line: str) -> None:
    assert package_of(tuple(line.split())) == PACKAGES[line]


@pytest.mark.parametrize("program", ["npx", "/usr/bin/npx", "NPX.cmd", "C:\\x\\npx.exe", "./npx"])
def test_base_name(program: str) -> None:
    assert base_name(program) == "npx"


def test_an_entry_does_not_show_its_command() -> None:
    assert "secret" not in repr(one({"command": "x", "args": ["secret"], "url": "secret"}))


def places(text: str, *servers: KeyPath, **kwargs: object) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(entry.name, pointer(entry.key_path), entry.marks) for entry in read(text, *servers, **kwargs)]  # type: ignore[arg-type]


LEAKED = ("misplaced",)


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"servers": {"x": STDIO}, "inputs": [{"id": "k"}]}, [("x", "/servers/x", LEAKED)]),
        ({"mcpServers": {"x": STDIO}, "servers": {"y": REMOTE}},
         [("x", "/mcpServers/x", ()), ("y", "/servers/y", LEAKED)]),
        ({"servers": [{"name": "x", **STDIO}, REMOTE]}, [("x", "/servers/0", LEAKED), ("1", "/servers/1", LEAKED)]),
        ({"mcp": {"servers": {"x": STDIO}}}, [("x", "/mcp/servers/x", LEAKED)]),
        ({"mcp": {"x": {"type": "local", "command": ["npx"]}}}, [("x", "/mcp/x", LEAKED)]),
        ({"mcp.servers": {"x": STDIO}}, [("x", "/mcp.servers/x", LEAKED)]),
        ({"mcp_servers": {"x": STDIO}}, [("x", "/mcp_servers/x", LEAKED)]),
        ({"context_servers": {"x": STDIO}}, [("x", "/context_servers/x", LEAKED)]),
        ({"servers": {"x": {"host": "db", "port": 1}}, "mcp": {"allowed": ["x"]}}, []),  # no servers of ours
        ({"interface": {"mcpServers": {"use": True}}, "nativeMCPServers": {"x": {"url": "https://x"}}}, []),
    ],
    ids=str,
)  # fmt: skip
def test_formats_leak_into_the_files_of_other_hosts(data: object, found: list[object]) -> None:
    assert places(json.dumps(data), ("mcpServers",)) == found


def test_nothing_is_misplaced_where_no_host_is_known() -> None:
    assert places(json.dumps({"servers": {"x": STDIO}}), ("servers",), hosts=("",)) == [("x", "/servers/x", ())]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"x": {**STDIO, "y": REMOTE}}, [("x", "/mcpServers/x", ()), ("y", "/mcpServers/x/y", ("nested",))]),
        ({"x": {**STDIO, "y": {**STDIO, "z": REMOTE}}},
         [("x", "/mcpServers/x", ()), ("y", "/mcpServers/x/y", ("nested",)), ("z", "/mcpServers/x/y/z", ("nested",))]),
        ({"x": {**STDIO, "mcpServers": {"y": REMOTE}}},
         [("x", "/mcpServers/x", ()), ("y", "/mcpServers/x/mcpServers/y", ("nested",))]),
        ({"mcpServers": {"y": REMOTE}}, [("y", "/mcpServers/mcpServers/y", ())]),
        ({"x": {**REMOTE, "retry": {"command": "x"}, "reconnect": {"url": "https://x"}}}, [("x", "/mcpServers/x", ())]),
        ({"x": {**REMOTE, "auth": {"url": "https://x"}, "oauth": {"url": "https://x"}}}, [("x", "/mcpServers/x", ())]),
        ({"command": {"command": "npx"}, "url": {"url": "https://x"}},
         [("command", "/mcpServers/command", ()), ("url", "/mcpServers/url", ())]),  # servers may be called so
        ({"remote": REMOTE, "transport": STDIO},
         [("remote", "/mcpServers/remote", ()), ("transport", "/mcpServers/transport", ())]),
        ({**STDIO}, [("mcpServers", "/mcpServers", ())]),  # the map itself was taken for the entry
        ({"x": {"env": {"A": "b"}}}, [("x", "/mcpServers/x", ())]),
    ],
    ids=str,
)  # fmt: skip
def test_entries_where_a_bracket_is_missing(data: object, found: list[object]) -> None:
    assert places(json.dumps({"mcpServers": data}), ("mcpServers",)) == found


def test_key_paths_go_through_lists() -> None:
    data = {"agents": [{"toolsets": [{"type": "mcp", **STDIO}]}, {"toolsets": [{"type": "think"}, REMOTE]}]}
    assert places(json.dumps(data), ("agents", "*", "toolsets")) == [
        ("0", "/agents/0/toolsets/0", ()),
        ("1", "/agents/1/toolsets/1", ()),
    ]


def test_items_that_say_what_they_are() -> None:
    data = [{"type": "builtin", "name": "developer"}, {"type": "inline_python", "name": "x"}, {"type": "other"}]
    found = read(json.dumps({"extensions": data}), ("extensions",))
    assert [(entry.name, entry.transport) for entry in found] == [
        ("developer", Transport.BUILTIN),
        ("x", Transport.BUILTIN),
    ]


def test_items_are_named_by_what_they_have() -> None:
    data = [{"key": "a", **STDIO}, {"id": "b", **STDIO}, {"name": "c", "key": "no", **STDIO}, {"name": 5, **STDIO}]
    assert [entry.name for entry in read(json.dumps({"servers": data}), ("servers",))] == ["a", "b", "c", "3"]


def test_plain_strings_where_the_host_takes_them() -> None:
    def strings(data: object) -> list[Entry]:
        document = parse("/p/mcp.jsonc", json.dumps(data).encode(), "json")
        assert isinstance(document, Document)
        reading = Reading("mux", "json", (("servers",),), "project", True, strings=True)
        return [server.entry for server in entries(document, ConfigFile("/p/mcp.jsonc", (reading,)))]

    found = strings({"servers": {"a": "npx -y @x/server --flag", "b": "https://x.example/mcp", "c": "", "d": 1}})
    assert [(entry.name, entry.transport, entry.command, entry.url) for entry in found] == [
        ("a", Transport.STDIO, ("npx", "-y", "@x/server", "--flag"), ""),
        ("b", Transport.HTTP, (), "https://x.example/mcp"),
    ]
    assert [pointer(entry.key_path) for entry in strings({"servers": ["https://x.example/mcp", ""]})] == ["/servers/0"]
    assert read(json.dumps({"mcpServers": {"a": "npx -y x"}}), ("mcpServers",)) == []


def test_one_entry_alone_is_called_by_its_file() -> None:
    assert places(json.dumps(STDIO), ()) == [("mcp", "", ())]
    assert places(json.dumps({"name": "github", **STDIO}), ()) == [("github", "", ())]


@pytest.mark.parametrize(
    ("entry", "transport"),
    [
        ({"command": "x", "transportType": "stdio"}, Transport.STDIO),
        ({"url": "https://x", "transportType": "sse"}, Transport.SSE),
        ({"remote": {"url": "https://x", "transport_type": "sse"}}, Transport.SSE),
        ({"type": "mcp", "remote": {"url": "https://x", "transport_type": "streamable"}}, Transport.HTTP),
        ({"url": "wss://x", "type": "ws"}, Transport.HTTP),
        ({"url": "https://x", "type": "streamableHttp"}, Transport.HTTP),
        ({"url": "https://x", "command": "", "args": [], "type": "http"}, Transport.HTTP),
        ({"url": "https://x", "command": "left over", "type": "http"}, Transport.HTTP),
        ({"type": "platform"}, Transport.BUILTIN),
        ({"type": "frontend", "url": "https://x"}, Transport.BUILTIN),
        ({"type": "inline_python", "code": "x"}, Transport.BUILTIN),
    ],
    ids=str,
)
def test_ways_to_say_the_transport(entry: object, transport: Transport) -> None:
    assert one(entry).transport is transport


@pytest.mark.parametrize(
    ("entry", "marks"),
    [
        ({**STDIO, "isActive": False}, ("disabled",)),
        ({**STDIO, "active": False, "disabled": True}, ("disabled",)),
        ({**STDIO, "envFile": ".env"}, ("env-file",)),
        ({"transport": {**STDIO, "envFile": ".env"}}, ("env-file",)),
    ],
    ids=str,
)
def test_marks(entry: object, marks: tuple[str, ...]) -> None:
    assert one(entry).marks == marks


def test_owners_are_those_whose_file_it_is() -> None:
    document = parse("/p/.mcp.json", json.dumps({"mcpServers": {"x": STDIO}}).encode(), "json")
    assert isinstance(document, Document)

    def owners(*also: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        all_readings = tuple(
            Reading(f"h{number}", "json", (("mcpServers",),), "project", True, also=each)
            for number, each in enumerate(also)
        )
        (server,) = entries(document, ConfigFile("/p/.mcp.json", all_readings))
        return server.entry.hosts, server.entry.owners

    assert owners(False, True) == (("h0", "h1"), ("h0",))
    assert owners(True, False, False) == (("h0", "h1", "h2"), ("h1", "h2"))
    assert owners(True, True) == (("h0", "h1"), ("h0", "h1"))


def test_many_misplaced_entries_take_no_longer_than_many_others() -> None:
    both = {"mcpServers": {f"a{n}": STDIO for n in range(4000)}, "servers": {f"b{n}": STDIO for n in range(4000)}}
    text = json.dumps(both)
    start = time.perf_counter()
    assert len(read(text, ("mcpServers",))) == 8000
    assert time.perf_counter() - start < 10


def test_many_entries_within_one_another_take_no_longer_than_beside_one_another() -> None:
    text = '{"command": "x"}'
    for number in range(180):
        text = f'{{"command": "x", "n{number}": {text}}}'
    start = time.perf_counter()
    found = read(f'{{"mcpServers": {{"x": {text}}}}}', ("mcpServers",))
    assert [len(entry.key_path) for entry in found] == list(range(2, 183))
    assert {entry.marks for entry in found[1:]} == {("nested",)}
    assert time.perf_counter() - start < 5
