"""Every value of an entry that can hold a credential, with its kind, name and exact part."""

from __future__ import annotations

import json

import pytest

from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.node import at, pointer
from unsprawl.scanner.servers import entries
from unsprawl.scanner.slots import SlotGroup, input_slots, slots

KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
FILE = ConfigFile("/p/mcp.json", (Reading("cursor", "json", (("mcpServers",),), "project", True),))


def groups(entry: object) -> list[SlotGroup]:
    document = parse("/p/mcp.json", json.dumps({"mcpServers": {"x": entry}}).encode(), "json")
    assert isinstance(document, Document)
    (server,) = entries(document, FILE)
    found = list(slots(server))
    for group in found:  # a part is always what its place says
        for slot in (group.whole, *(held.slot for held in group.held)):
            text = group.node.text()
            assert text is not None
            assert text[slot.start : slot.end] == slot.text.reveal()
            assert at(document.root, slot.key_path) is group.node
    return found


def told(entry: object) -> list[tuple[str, str, str]]:
    """(kind, name, text) of the wholes."""
    return [
        (str(group.whole.context.kind), group.whole.context.name, group.whole.text.reveal()) for group in groups(entry)
    ]


def pieces(entry: object) -> list[tuple[str, str, str, str]]:
    """(kind, name, role, text) of the parts."""
    return [
        (str(held.slot.context.kind), held.slot.context.name, held.slot.context.role, held.slot.text.reveal())
        for group in groups(entry)
        for held in group.held
    ]


def args(*words: object) -> dict[str, object]:
    return {"command": "npx", "args": list(words)}


@pytest.mark.parametrize("key", ["env", "environment", "envs"])
def test_env(key: str) -> None:
    assert told({key: {"A": KEY, "B": "", "C": 5, "D": None, "E": True, "F": {"G": "x"}, "H": ["y"]}}) == [
        ("env", "A", KEY),
        ("other", "G", "x"),
        ("other", "H", "y"),
    ]


@pytest.mark.parametrize("key", ["headers", "http_headers"])
def test_headers(key: str) -> None:
    entry = {"url": "https://api.example.com/mcp", key: {"Authorization": f"Bearer {KEY}", "X-Api-Key": KEY}}
    assert ("header", "Authorization", f"Bearer {KEY}") in told(entry)
    assert ("header", "X-Api-Key", KEY) in told(entry)
    assert pieces(entry) == [("header", "Authorization", "bearer", KEY)]
    assert {group.whole.context.host for group in groups(entry)} == {"api.example.com"}


ARGUMENTS: dict[str, tuple[list[object], list[tuple[str, str]]]] = {
    "pair": (["--api-key", KEY], [("api-key", KEY)]),
    "glued": ([f"--api-key={KEY}"], [("api-key", KEY)]),
    "glued with colon": ([f"--api-key:{KEY}"], [("api-key", KEY)]),
    "single dash": (["-token", KEY, "-a", "pw"], [("token", KEY), ("a", "pw")]),
    "bare": ([KEY], [("", KEY)]),
    "bare after a value": (["--x", "v", KEY], [("x", "v"), ("", KEY)]),
    "flag at the end": (["srv", "--api-key"], [("", "srv")]),
    "empty": (["", "--api-key", "", "--x="], []),
    "two flags": (["--verbose", "--api-key", KEY], [("api-key", KEY)]),
    "env": (["-e", f"K={KEY}"], [("K", KEY)]),
    "env long": (["--env", f"K={KEY}"], [("K", KEY)]),
    "env glued": ([f"--env=K={KEY}"], [("K", KEY)]),
    "env glued short": ([f"-eK={KEY}"], [("K", KEY)]),
    "env dotted": ([f"--env.K={KEY}=="], [("K", f"{KEY}==")]),
    "env name only": (["-e", "GITHUB_TOKEN", "--env", "B", "--env=C"], []),
    "env empty": (["-e", "K="], []),
    "assignment": ([f"API_KEY={KEY}"], [("API_KEY", KEY)]),
    "assignment behind a flag": (["--set", f"apiKey={KEY}"], [("apiKey", KEY)]),
    "no assignment behind a flag": (["--filter", "name=x"], [("filter", "name=x")]),
    "connection string": (["--dsn", "Password=x;Server=y"], [("dsn", "Password=x;Server=y")]),
    "padding is no assignment": ([f"{KEY}=", "--key", f"{KEY}=="], [("", f"{KEY}="), ("key", f"{KEY}==")]),
    "header": (["--header", f"X-Key: {KEY}"], [("X-Key", KEY)]),
    "header short": (["-H", f"X-Key:{KEY}"], [("X-Key", KEY)]),
    "header glued": ([f"--header=X-Key: {KEY}"], [("X-Key", KEY)]),
    "header glued short": ([f"-HX-Key: {KEY}"], [("X-Key", KEY)]),
    "header with equals": (["--header", f"X-Key={KEY}"], [("X-Key", KEY)]),
    "header without name": (["--header", "@file"], [("header", "@file")]),
    "windows": (["/c", "npx", "/key:" + KEY], [("c", "npx"), ("key", KEY)]),
    "folders are no flags": (["/data", KEY, "/usr/lib"], [("", "/data"), ("", KEY), ("", "/usr/lib")]),
    "folder as a value": (["--root", "/d", KEY], [("root", "/d"), ("", KEY)]),
    "value with a dash": (["--api-key", "-" + KEY], [("api-key", "-" + KEY)]),
    "value with a dash and digit": (["--offset", "-5"], [("offset", "-5")]),
    "numbers": (["--port", 8080, KEY], [("", KEY)]),
    "nested": (["--x", {"token": KEY}, [KEY]], [("token", KEY), ("", KEY)]),
    "url": ([f"https://h.example/?token={KEY}"], [("", f"https://h.example/?token={KEY}")]),
    "json": (["--config", '{"K": "v"}'], [("config", '{"K": "v"}')]),
}


@pytest.mark.parametrize("case", ARGUMENTS)
def test_arguments(case: str) -> None:
    words, expected = ARGUMENTS[case]
    found = [(name, text) for kind, name, text in told(args(*words))[1:]]
    assert found == expected


def test_arguments_are_args_or_what_is_nested_in_them() -> None:
    assert told(args("--x", "v"))[1:] == [("arg", "x", "v")]
    assert told({"command": ["npx", "--x", "v"]}) == [("arg", "", "npx"), ("arg", "x", "v")]


def test_a_header_argument_has_its_scheme_and_the_host_of_the_url_beside_it() -> None:
    entry = args("mcp-remote", "--header", f"Authorization: Bearer {KEY}", "https://api.example.com/mcp")
    assert ("arg", "Authorization", "bearer", KEY) in pieces(entry)
    (group,) = [group for group in groups(entry) if group.whole.context.name == "Authorization"]
    assert group.whole.context.host == "api.example.com"
    assert group.whole.context.package == "mcp-remote"


@pytest.mark.parametrize("key", ["url", "httpUrl", "serverUrl", "uri", "baseUrl"])
def test_url(key: str) -> None:
    entry = {key: f"https://user:pw{KEY}@h.example/{KEY}/mcp?a=1&token={KEY}"}
    assert pieces(entry) == [
        ("url-userinfo", "", "password", f"pw{KEY}"),
        ("url-path", "", "segment", KEY),
        ("url-query", "a", "query", "1"),
        ("url-query", "token", "query", KEY),
    ]


def test_a_url_within_a_variable_or_argument_keeps_its_kind() -> None:
    url = f"postgres://u:{KEY}@db/x"
    assert pieces({"env": {"DATABASE_URL": url}}) == [("env", "DATABASE_URL", "password", KEY)]
    assert pieces(args("--dsn", url)) == [("arg", "dsn", "password", KEY)]
    assert pieces(args(f"--dsn={url}")) == [("arg", "dsn", "password", KEY)]


def test_nested_transport_and_command() -> None:
    entry = {"transport": {"type": "http", "url": f"https://h/?k={KEY}", "headers": {"X": "y"}}}
    assert told(entry) == [("other", "type", "http"), ("url-path", "", f"https://h/?k={KEY}"), ("header", "X", "y")]
    entry = {"command": {"path": "x", "args": ["--k", "v"], "env": {"A": "b"}}}
    assert told(entry) == [("other", "path", "x"), ("arg", "k", "v"), ("env", "A", "b")]


def test_everything_else_is_seen_under_its_nearest_key() -> None:
    entry = {
        "oauth": {"clientSecret": KEY, "scopes": ["a", {"b": ["c"]}]},
        "note": "x",
        "env": "y",
        "headers": ["Z: z"],
    }
    assert told(entry) == [
        ("other", "clientSecret", KEY),
        ("other", "scopes", "a"),
        ("other", "b", "c"),
        ("other", "note", "x"),
        ("other", "env", "y"),
        ("header", "Z", "z"),
    ]


def test_keys_written_twice_are_both_seen() -> None:
    document = parse("/p/mcp.json", b'{"mcpServers": {"x": {"env": {"K": "one", "K": "two"}}}}', "json")
    assert isinstance(document, Document)
    (server,) = entries(document, FILE)
    assert [(group.whole.text.reveal(), group.node.text()) for group in slots(server)] == [
        ("one", "one"),
        ("two", "two"),
    ]


def test_inputs_are_named_by_their_id() -> None:
    text = {"inputs": [{"id": "github_token", "type": "promptString", "default": KEY}, {"default": "x"}, "odd"]}
    document = parse("/p/mcp.json", json.dumps(text).encode(), "json")
    assert isinstance(document, Document)
    node = at(document.root, ("inputs",))
    assert node is not None
    found = [
        (group.whole.context.name, pointer(group.whole.key_path), group.whole.text.reveal())
        for group in input_slots(node, ("inputs",))
    ]
    assert ("github_token", "/inputs/0/default", KEY) in found
    assert ("inputs", "/inputs/1/default", "x") in found


def test_slots_show_no_value() -> None:
    shown = repr(groups({"url": f"https://h/?token={KEY}", "env": {"K": KEY}, **args(f"--x={KEY}")}))
    assert KEY not in shown


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"headers": [f"Authorization: Bearer {KEY}", "X-Team:  a"]},
         [("header", "Authorization", f"Bearer {KEY}"), ("header", "X-Team", "a")]),
        ({"headers": ["no pair"]}, [("other", "headers", "no pair")]),
        ({"env": [f"API_KEY={KEY}", "PATH", "", 5]}, [("env", "API_KEY", KEY)]),
        ({"env": [{"name": "API_KEY", "value": KEY}, {"key": "B", "value": "x"}]},
         [("env", "API_KEY", KEY), ("env", "B", "x")]),
        ({"env": [{"name": "API_KEY", "valueFrom": KEY}]}, [("other", "name", "API_KEY"), ("other", "valueFrom", KEY)]),
        ({"env_keys": ["API_KEY", f"OTHER={KEY}"]}, [("env", "OTHER", KEY)]),
        ({"requestOptions": {"headers": {"X-Key": KEY}}}, [("header", "X-Key", KEY)]),
        ({"requestInit": {"headers": {"X-Key": KEY}}}, [("header", "X-Key", KEY)]),
        ({"remote": {"url": "https://x", "headers": {"X-Key": KEY}}},
         [("url-path", "", "https://x"), ("header", "X-Key", KEY)]),
        ({"auth": {"type": "static", "headers": {"X-Key": KEY}, "CLIENT_SECRET": KEY}},
         [("other", "type", "static"), ("header", "X-Key", KEY), ("other", "CLIENT_SECRET", KEY)]),
        ({"oauth_headers": {"X-Key": KEY}}, [("header", "X-Key", KEY)]),
    ],
    ids=str,
)  # fmt: skip
def test_lists_and_holders(entry: object, found: list[tuple[str, str, str]]) -> None:
    assert told(entry) == found


def test_an_entry_within_another_has_its_own_slots() -> None:
    document = parse(
        "/p/mcp.json",
        json.dumps({"mcpServers": {"x": {"command": "a", "y": {"command": "b", "env": {"K": KEY}}}}}).encode(),
        "json",
    )
    assert isinstance(document, Document)
    found = {server.entry.name: list(slots(server)) for server in entries(document, FILE)}
    assert [group.whole.context.kind.value for group in found["x"]] == ["other"]
    assert [group.whole.context.name for group in found["y"] if group.whole.context.kind.value == "env"] == ["K"]


@pytest.mark.parametrize(
    ("host", "scope", "entry", "marked", "left"),
    [
        ("crush", "user", {"oauth_token": {"access_token": KEY}}, True, []),
        (
            "crush",
            "project",
            {"oauth_token": {"access_token": KEY}},
            False,
            ["access_token"],
        ),  # others get it through git
        ("cursor", "user", {"oauth_token": {"access_token": KEY}}, False, ["access_token"]),
        (
            "cline-cli",
            "user",
            {"oauth": {"tokens": {"access_token": KEY}, "clientSecret": KEY}},
            True,
            ["clientSecret"],
        ),
        ("cline-cli", "user", {"oauth": {"clientInformation": {"client_secret": KEY}}}, True, []),
        ("cline-cli", "user", {"oauth_token": KEY}, False, ["oauth_token"]),
    ],
    ids=str,
)
def test_what_the_host_itself_keeps_in_an_entry(
    host: str, scope: str, entry: object, marked: bool, left: list[str]
) -> None:
    document = parse("/p/mcp.json", json.dumps({"mcpServers": {"x": entry}}).encode(), "json")
    assert isinstance(document, Document)
    (server,) = entries(document, ConfigFile("/p/mcp.json", (Reading(host, "json", (("mcpServers",),), scope, True),)))
    assert [group.whole.context.name for group in slots(server)] == left
    assert ("host-tokens" in server.entry.marks) is marked


def test_an_entry_that_is_a_plain_string() -> None:
    text = json.dumps({"servers": {"a": f"npx x --token {KEY}", "b": f"https://x.example/mcp?key={KEY}"}})
    document = parse("/p/mcp.json", text.encode(), "json")
    assert isinstance(document, Document)
    reading = Reading("mux", "json", (("servers",),), "project", True, strings=True)
    first, second = (list(slots(server)) for server in entries(document, ConfigFile("/p/mcp.json", (reading,))))
    assert KEY in first[0].whole.text.reveal()
    assert [(held.slot.context.kind.value, held.slot.context.name) for held in second[0].held] == [("url-query", "key")]
