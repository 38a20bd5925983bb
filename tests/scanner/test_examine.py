"""One file to its findings: exact places, stable names, and all that a broken file still tells."""

from __future__ import annotations

import json
from random import Random

import pytest

from unsprawl.rules.samples import expand
from unsprawl.scanner.beside import INPUTS
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.discover import ConfigFile, Reading, named
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.node import Path as KeyPath
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.model import Finding, Problem
from unsprawl.scanner.surroundings import Surroundings

TOKEN = expand("ghp_{an:30}{chk}", Random(11), Checksum("crc32-base62", 6, 4))
KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
AROUND = Surroundings("/home/u", "/srv", {})


def file_at(path: str, *servers: KeyPath) -> ConfigFile:
    if servers:
        return ConfigFile(path, (Reading("cursor", "json", servers, "project", True),))
    found = named(path, AROUND)
    assert found is not None
    return found


def look(text: str, path: str = "/srv/.cursor/mcp.json", name: str = ".cursor/mcp.json") -> Examined:
    found = examine(file_at(path), text.encode("utf-8", "surrogateescape"), name)
    assert isinstance(found, Examined)
    return found


def one(text: str, path: str = "/srv/.cursor/mcp.json") -> Finding:
    (finding,) = look(text, path).findings
    return finding


def check_place(text: str, finding: Finding, secret: str) -> None:
    """The place, computed the simple way."""
    start = text.index(secret)
    before, within = text[:start], text[: start + len(secret)]
    place = finding.place
    assert (place.line, place.column) == (before.count("\n") + 1, start - before.rfind("\n"))
    assert (place.end_line, place.end_column) == (within.count("\n") + 1, len(within) - within.rfind("\n"))
    assert finding.secret.reveal() == secret


def entry(**parts: object) -> str:
    return json.dumps({"mcpServers": {"x": parts}}, indent=2)


@pytest.mark.parametrize(
    ("text", "pointer", "kind", "name"),
    [
        (entry(env={"GITHUB_TOKEN": TOKEN}), "/mcpServers/x/env/GITHUB_TOKEN", "env", "GITHUB_TOKEN"),
        (entry(env={"ünï 🎉": "é", "GITHUB_TOKEN": TOKEN}), "/mcpServers/x/env/GITHUB_TOKEN", "env", "GITHUB_TOKEN"),
        (
            entry(url="https://h", headers={"Authorization": f"Bearer {TOKEN}"}),
            "/mcpServers/x/headers/Authorization",
            "header",
            "Authorization",
        ),
        (entry(command="x", args=["-y", "--token", TOKEN]), "/mcpServers/x/args/2", "arg", "token"),
        (entry(command="x", args=[f"--token={TOKEN}"]), "/mcpServers/x/args/0", "arg", "token"),
        (entry(url=f"https://h.example.net/mcp?token={TOKEN}&x=1"), "/mcpServers/x/url", "url-query", "token"),
        (entry(url=f"https://{TOKEN}@h.example.net/mcp"), "/mcpServers/x/url", "url-userinfo", ""),
        (entry(url=f"https://h.example.net/{TOKEN}/mcp"), "/mcpServers/x/url", "url-path", ""),
        (
            entry(command="x", oauth={"clientSecret": TOKEN}),
            "/mcpServers/x/oauth/clientSecret",
            "other",
            "clientSecret",
        ),
    ],
    ids=["env", "unicode", "header", "argument", "glued argument", "query", "user", "path", "other"],
)
def test_place_in_json(text: str, pointer: str, kind: str, name: str) -> None:
    for version in (text, text.replace("\n", "\r\n"), text.replace("  ", "\t"), json.dumps(json.loads(text))):
        finding = one(version)
        check_place(version, finding, TOKEN)
        assert finding.place.pointer == pointer
        assert (finding.slot.context.kind, finding.slot.context.name) == (kind, name)
        assert finding.hosts == ("cursor", "visual-studio")
        assert finding.entry is not None
        assert finding.entry.name == "x"


def test_place_in_jsonc() -> None:
    text = f"""// {{"not": "this"}}
{{
  /* a "comment" */ "mcpServers": {{
    "x": {{"env": {{
      // "OLD": "1",
      "GITHUB_TOKEN": "{TOKEN}", // trailing
    }},}},
  }},
}}
"""
    check_place(text, one(text), TOKEN)


def test_place_of_a_value_with_escapes() -> None:
    text = (
        entry(url=f"https://h.example.net/ä?token={TOKEN}")
        .replace("/mcp", "\\/mcp")
        .replace("h.example", "h\\u002eexample")
    )
    check_place(text, one(text), TOKEN)
    spelled = TOKEN.replace("_", "\\u005f")
    text = entry(env={"GITHUB_TOKEN": TOKEN}).replace(TOKEN, spelled)
    place = one(text).place
    assert place.end_column - place.column == len(spelled)


def test_place_behind_a_byte_order_mark() -> None:
    text = entry(env={"GITHUB_TOKEN": TOKEN})
    for encoding in ("utf-8-sig", "utf-16"):
        found = examine(file_at("/srv/.cursor/mcp.json"), text.encode(encoding), "x")
        assert isinstance(found, Examined)
        check_place(text, found.findings[0], TOKEN)


@pytest.mark.parametrize(
    "text",
    [
        f'[mcp_servers.x]\ncommand = "npx"\n\n[mcp_servers.x.env]\nGITHUB_TOKEN = "{TOKEN}"\n',
        f"# comment\nmcp_servers.x.env.GITHUB_TOKEN = '{TOKEN}'\n",
        f'[mcp_servers]\nx = {{ command = "npx", env = {{ GITHUB_TOKEN = "{TOKEN}" }} }}\n',
        f'[mcp_servers.x]\nurl = "https://h.example.net"\nhttp_headers = {{ Authorization = "Bearer {TOKEN}" }}',
        f'[mcp_servers.x]\ncommand = "x"\nargs = [\n  "--ü", # c\n  "--token={TOKEN}",\n]\n',
    ],
    ids=["tables", "dotted", "inline", "header", "argument"],
)
def test_place_in_toml(text: str) -> None:
    finding = one(text, "/srv/.codex/config.toml")
    check_place(text, finding, TOKEN)
    assert finding.place.pointer.startswith("/mcp_servers/x/")
    assert finding.hosts == ("codex", "warp")


def test_fingerprints_stay_when_lines_and_values_change() -> None:
    text = entry(env={"GITHUB_TOKEN": TOKEN})
    other = expand("ghp_{an:30}{chk}", Random(12), Checksum("crc32-base62", 6, 4))
    moved = json.dumps({"a": 1, "mcpServers": {"b": {}, "x": {"env": {"A": "1", "GITHUB_TOKEN": other}}}}, indent=8)
    assert one(text).fingerprint == one(moved).fingerprint
    assert len(one(text).fingerprint) == 24


def test_fingerprints_differ_by_place() -> None:
    entries = {"a": {"env": {"K_TOKEN": TOKEN, "L_TOKEN": TOKEN}}, "b": {"env": {"K_TOKEN": TOKEN}}}
    text = json.dumps({"mcpServers": entries})
    names = {finding.fingerprint for finding in look(text).findings}
    names |= {finding.fingerprint for finding in look(text, name="other/mcp.json").findings}
    assert len(names) == 6


def test_fingerprints_of_two_findings_in_one_field_differ() -> None:
    url = f"https://h.example.net/x?token={KEY}&token={KEY[::-1]}"
    first, second = look(entry(url=url)).findings
    assert first.place != second.place
    assert first.fingerprint != second.fingerprint


def test_a_key_that_is_written_twice_shows_both_values() -> None:
    other = expand("ghp_{an:30}{chk}", Random(12), Checksum("crc32-base62", 6, 4))
    pairs = f'{{"GITHUB_TOKEN": "{TOKEN}", "n": "1", "GITHUB_TOKEN": "{other}"}}'
    text = entry(env={}).replace("{}", pairs)
    first, second = look(text).findings
    check_place(text, first, TOKEN)
    check_place(text, second, other)
    assert first.fingerprint != second.fingerprint
    twice = f'{{"mcpServers": {{"x": {{"env": {{"GITHUB_TOKEN": "{TOKEN}"}}}}}}, "mcpServers": {{"x": {{}}}}}}'
    check_place(twice, one(twice), TOKEN)


@pytest.mark.parametrize("value", ["${GITHUB_TOKEN:-%s}", "${GITHUB_TOKEN-%s}"])
def test_the_default_of_a_reference(value: str) -> None:
    text = entry(env={"GITHUB_TOKEN": value % TOKEN})
    check_place(text, one(text), TOKEN)
    generic = entry(env={"API_KEY": value % KEY})
    finding = one(generic)
    check_place(generic, finding, KEY)
    assert finding.slot.context.role == "default"
    assert look(generic).entries[0].references
    assert not look(entry(env={"GITHUB_TOKEN": value % ""})).findings


def test_references_are_no_findings() -> None:
    found = look(entry(url="https://h/?k=${K}", headers={"Authorization": "Bearer ${TOKEN}"}))
    assert not found.findings
    assert {str(slot.context.kind) for slot, _ in found.entries[0].references} >= {"header"}


def test_inputs() -> None:
    text = json.dumps({"inputs": [{"id": "github_token", "password": True, "default": TOKEN}], "servers": {}}, indent=1)
    finding = one(text, "/srv/.vscode/mcp.json")
    check_place(text, finding, TOKEN)
    assert finding.place.pointer == "/inputs/0/default"
    assert finding.entry is None
    assert finding.hosts == ("vscode", "visual-studio")
    text = json.dumps({"inputs": [{"id": "api_key", "default": KEY}, {"id": "x", "default": "${env:X}"}]})
    check_place(text, one(text, "/srv/.vscode/mcp.json"), KEY)


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/srv/.vscode/settings.json", ("mcp", "inputs")),
        ("/srv/x.code-workspace", ("settings", "mcp", "inputs")),
        ("/srv/.devcontainer.json", ("customizations", "vscode", "mcp", "inputs")),
    ],
)
def test_inputs_lie_beside_servers(path: str, keys: tuple[str, ...]) -> None:
    value: object = [{"id": "x_token", "default": TOKEN}]
    for key in reversed(keys):
        value = {key: value}
    assert one(json.dumps(value), path).place.pointer == f"/{'/'.join(keys)}/0/default"


def test_inputs_are_looked_for_beside_every_place_of_servers() -> None:
    places = {path for each in hosts() if each.id == "vscode" for file in each.files for path in file.servers}
    assert {(*path[:-1], "inputs") for path in places} <= set(INPUTS)


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_broken_file_still_gives_what_can_be_read(cut: int) -> None:
    text = f'{{"mcpServers": {{"a": {{"env": {{"GITHUB_TOKEN": "{TOKEN}"}}}}, "b": {{"env": {{"X": "y"}}}}}}}}'[:-cut]
    found = look(text)
    assert [finding.secret.reveal() for finding in found.findings] == [TOKEN]
    check_place(text, found.findings[0], TOKEN)
    (problem,) = found.document.problems[:1]
    assert problem.code == "broken"
    assert problem.line == 1
    assert problem.hint
    assert TOKEN not in repr(found.document.problems)


def test_a_broken_toml_file() -> None:
    text = f'[mcp_servers.x.env]\nGITHUB_TOKEN = "{TOKEN}"\n[mcp_servers.y\n'
    found = look(text, "/srv/.codex/config.toml")
    assert [finding.secret.reveal() for finding in found.findings] == [TOKEN]
    assert found.document.problems[0].code == "broken"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b" \n", "empty"), (b"\xef\xbb\xbf", "empty"), (b"\x00\x01", "binary"), (b"{\x00}", "binary")],
)
def test_no_document(data: bytes, code: str) -> None:
    found = examine(file_at("/srv/.cursor/mcp.json"), data, "x")
    assert isinstance(found, Problem)
    assert (found.code, found.path) == (code, "/srv/.cursor/mcp.json")


def test_bytes_that_are_not_utf8_are_told() -> None:
    text = entry(env={"A": "\udcff", "GITHUB_TOKEN": TOKEN}).replace("\\udcff", "\udcff")
    found = look(text)
    assert [problem.code for problem in found.document.problems] == ["encoding"]
    check_place(text, found.findings[0], TOKEN)


def test_a_file_of_no_host() -> None:
    finding = one(entry(env={"GITHUB_TOKEN": TOKEN}), "/srv/some.json")
    assert finding.hosts == ()
    text = json.dumps({"inputs": [{"id": "x_token", "default": TOKEN}]})
    assert one(text, "/srv/some.json").hosts == ()


def test_nothing_shows_a_value() -> None:
    found = look(
        entry(url=f"https://h.example.net/?token={TOKEN}", env={"K_TOKEN": TOKEN}, command="x", args=[f"--k={TOKEN}"])
    )
    assert found.findings
    assert TOKEN not in repr(found)


def test_what_is_too_long_to_be_judged_is_told() -> None:
    text = json.dumps({"mcpServers": {"a": {"command": "x", "env": {"NOTE": "word " * 4000, "B": "c"}}}})
    result = look(text)
    assert [(problem.code, problem.line) for problem in result.problems] == [("value-too-long", 1)]
    assert result.document.problems == ()  # which would keep it from being edited


def test_a_large_toml_is_told_and_not_read() -> None:
    large = ("# " + "x" * (1 << 20)).encode()
    found = examine(file_at("/srv/.codex/config.toml"), large, ".codex/config.toml")
    assert isinstance(found, Problem)
    assert found.code == "too-large"
