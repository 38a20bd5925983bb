"""Secrets in comments: switched-off entries, pairs and arguments are found at their place; sentences are quiet."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from unsprawl.rewriters.plan import Plan
from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.env_files import as_env_file, examine_env_file
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.formats.document import Document
from unsprawl.scanner.model import Entry, Finding, Silence, SlotKind, Transport
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.report.migration import migration_json
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.surroundings import Surroundings

KEY = "k3J9xQ7mZp2LtV8w" + "Yb4NcR6sD1fG"
PASSWORD = "Tr0ub4dor" + "&3xQ"
TOKEN = expand("ghp_{an:30}{chk}", Random(7), Checksum("crc32-base62", 6, 4))
ENV, HEADER, OTHER, ARG = SlotKind.ENV, SlotKind.HEADER, SlotKind.OTHER, SlotKind.ARG
QUERY, USERINFO, FILE = SlotKind.URL_QUERY, SlotKind.URL_USERINFO, SlotKind.FILE


def file(format_id: str, host: str = "claude-code") -> ConfigFile:
    return ConfigFile("/p/config", (Reading(host, format_id, (("mcpServers",), ("mcp_servers",)), "project", True),))


def examined(format_id: str, text: str, host: str = "claude-code") -> Examined:
    result = examine(file(format_id, host), text.encode(), "config")
    assert isinstance(result, Examined)
    return result


def at(document: Document, finding: Finding) -> str:
    """The text at the place of a finding."""
    lines = document.text.splitlines(keepends=True)
    assert finding.place.line == finding.place.end_line
    return lines[finding.place.line - 1][finding.place.column - 1 : finding.place.end_column - 1]


def found(result: Examined) -> list[tuple[SlotKind, str, str]]:
    """Of what was found in comments: kind, name, text."""
    findings = [finding for finding in result.loose if finding.commented]
    for finding in findings:
        assert finding.entry is None
        assert finding.place.pointer == ""
        assert finding.literal.reason.endswith(", in a comment")
        assert finding.secret.reveal() == at(result.document, finding)
        assert KEY not in repr(finding)
    assert len({finding.fingerprint for finding in result.findings}) == len(result.findings)
    return [(f.slot.context.kind, f.slot.context.name, f.secret.reveal()) for f in findings]


JSON = [
    (f'// "API_KEY": "{KEY}",', [(ENV, "API_KEY", KEY)]),
    (f'//"API_KEY":"{KEY}"', [(ENV, "API_KEY", KEY)]),
    (f'/* "API_KEY": "{KEY}" */', [(ENV, "API_KEY", KEY)]),
    (f'/*\n * "NEO4J_PASSWORD": "{PASSWORD}",\n */', [(ENV, "NEO4J_PASSWORD", PASSWORD)]),
    (f"// 'apiKey': '{KEY}'", [(OTHER, "apiKey", KEY)]),
    (f'// apiKey: "{KEY}", // the old one', [(OTHER, "apiKey", KEY)]),
    (f'// "Authorization": "Bearer {KEY}"', [(HEADER, "Authorization", KEY)]),
    (f'// "X-Api-Key": "{KEY}"', [(HEADER, "X-Api-Key", KEY)]),
    (f'// "args": ["-y", "x", "--api-key", "{KEY}"]', [(ARG, "api-key", KEY)]),
    (f'// "--api-key",\n// "{KEY}",', [(ARG, "api-key", KEY)]),
    (f'// "args": ["--api-key={KEY}"]', [(ARG, "api-key", KEY)]),
    (f'// "args": ["mcp-remote", "--header", "Authorization: Bearer {KEY}"]', [(ARG, "Authorization", KEY)]),
    (f'// "command": "npx -y x --api-key {KEY}"', [(ARG, "api-key", KEY)]),
    (f'// "url": "https://mcp.example.net/mcp?api_key={KEY}"', [(QUERY, "api_key", KEY)]),
    (
        f'// "b": {{"command": "x", "env": {{"A_KEY": "{KEY}", "B_TOKEN": "{KEY[::-1]}"}}}}',
        [(ENV, "A_KEY", KEY), (ENV, "B_TOKEN", KEY[::-1])],
    ),
    (f"// API_KEY={KEY}", [(ENV, "API_KEY", KEY)]),
    (f"// Authorization: Bearer {KEY}", [(HEADER, "Authorization", KEY)]),
    (f"// docker run -e API_KEY={KEY} image", [(ARG, "API_KEY", KEY)]),
    (f"// the old token was {TOKEN}, do not use it", [(OTHER, "", TOKEN)]),
    (f'// "GITHUB_TOKEN": "{TOKEN}"', [(ENV, "GITHUB_TOKEN", TOKEN)]),
    (f"// it was postgres://bob:{PASSWORD}@db.corp.internal/x", [(USERINFO, "", PASSWORD)]),
    (f'// A "quoted\\" word" and "API_KEY": "{KEY}"', [(ENV, "API_KEY", KEY)]),
    (f'// don\'t use "API_KEY": "{KEY}"; it\'s old', [(ENV, "API_KEY", KEY)]),
    (f'// ünï “ë” "API_KEY": "{KEY}"', [(ENV, "API_KEY", KEY)]),
]
HASH = [
    (f"# API_KEY = '{KEY}'", [(ENV, "API_KEY", KEY)]),
    (f'#API_KEY="{KEY}"', [(ENV, "API_KEY", KEY)]),
    (f"# export API_KEY={KEY}", [(ENV, "API_KEY", KEY)]),
    (f"# API_KEY: {KEY}  # old", [(ENV, "API_KEY", KEY)]),
    (f"# - API_KEY={KEY}", [(ENV, "API_KEY", KEY)]),
    (f'# env = {{ A = "b", API_KEY = "{KEY}" }}', [(ENV, "API_KEY", KEY)]),
    (f'# args = ["-y", "x", "--api-key", "{KEY}"]', [(ARG, "api-key", KEY)]),
    (f"# args:\n#   - --api-key\n#   - {KEY}", [(ARG, "api-key", KEY)]),
    (f'# http_headers = {{ "X-Api-Key" = "{KEY}" }}', [(HEADER, "X-Api-Key", KEY)]),
    (f"# Authorization: Bearer {KEY}", [(HEADER, "Authorization", KEY)]),
    (f'# bearer_token: "{KEY}"', [(OTHER, "bearer_token", KEY)]),
    (f"# see {TOKEN}", [(OTHER, "", TOKEN)]),
]
QUIET = [
    "the password: hunter2",
    "token: required",
    "password: see 1Password",
    "password is secret123!",
    "note: use API_KEY=abc to start",
    "see https://example.net/docs?token=abc123",
    "key: value",
    '"API_KEY": "YOUR_API_KEY"',
    '"API_KEY": "${API_KEY}"',
    '"GITHUB_TOKEN": "ghp_xxxxxxxxxxxxxxxxxxxx"',
    '"GITHUB_TOKEN": "<pat>"',
    "API_KEY=<your key>",
    "API_KEY=$(pass show key)",
    "apiKey: user_provided",
    "password: changeme",
    "auth: OAuth2",
    "token: 2024-01-01",
    '"token": "abc"',
    "commit 1b10cbd0a9c3e4f5a6b7c8d9e0f1a2b3c4d5e6f7",
    "SHA: 1b10cbd0a9c3e4f5a6b7c8d9e0f1a2b3c4d5e6f7",
    "id: 550e8400-e29b-41d4-a716-446655440000",
    "docker run -e TOKEN=$TOKEN image",
    "don't set 'API_KEY' here, it's bad",
    "Usage: npx foo --api-key your-key",
    "PORT=8080",
    "max_tokens: 4096",
    '"command": "npx", "args": ["-y", "@scope/server-x@1.2.3"]',
    '"url": "https://mcp.example.net/mcp"',
    "unsprawl:allow[generic-secret] token: secret1",
    'unsprawl:allow "API_KEY" is the demo key',
]


@pytest.mark.parametrize(("comment", "expected"), JSON)
def test_json(comment: str, expected: list[tuple[SlotKind, str, str]]) -> None:
    for text in (
        '{"mcpServers": {"a": {"command": "x", "env": {\n%s\n}}}}',
        '{"mcpServers": {"a": {"command": "x"} %s\n}}',
        "%s\n{}\n",
        '{\r\n  "mcpServers": {}\r\n  %s\r\n}\r\n',
    ):
        assert found(examined("json", text % comment)) == expected


@pytest.mark.parametrize(("comment", "expected"), HASH)
@pytest.mark.parametrize("format_id", ["toml", "yaml"])
def test_hashes(format_id: str, comment: str, expected: list[tuple[SlotKind, str, str]]) -> None:
    around = {"toml": '[mcp_servers.a]\ncommand = "x"\n%s\n', "yaml": "mcpServers:\n  a:\n    command: x\n%s\n"}
    for text in (around[format_id], "%s\n"):
        assert found(examined(format_id, text % comment)) == expected


@pytest.mark.parametrize("sentence", QUIET)
@pytest.mark.parametrize(
    ("format_id", "text"),
    [
        ("json", '{"mcpServers": {"a": {"command": "x"}} // %s\n}'),
        ("json", '{"mcpServers": {} /* %s */}'),
        ("toml", "[mcp_servers]\n# %s\n"),
        ("yaml", "mcpServers: {} # %s\n"),
    ],
)
def test_sentences_stand_ins_and_references_are_quiet(format_id: str, text: str, sentence: str) -> None:
    assert found(examined(format_id, text % sentence)) == []


@pytest.mark.parametrize(
    ("format_id", "text"),
    [
        ("json", '{"x": "// \\"API_KEY\\": \\"%s\\"", }'),
        ("json", '{"x": "https://a.example // API_KEY=%s", }'),
        ("toml", 'x = "# API_KEY=%s"\n'),
        ("toml", 'x = """\n# API_KEY=%s\n"""\n'),
        ("yaml", 'x: "# API_KEY=%s"\ny: 1 # a\n'),
        ("yaml", "y: 1 # a\nx: |\n  # API_KEY=%s\n"),
    ],
)
def test_only_comments_of_the_format_count(format_id: str, text: str) -> None:
    assert found(examined(format_id, text % KEY)) == []


def test_environment_file() -> None:
    entry = Entry("/p/config", ("mcpServers", "a"), "a", (), 1, Transport.STDIO, ("x",), "", "")
    text = f"A=b # old: {TOKEN}\n# API_KEY={KEY}\n#export DB_PASSWORD='{PASSWORD}'\n"
    text += f"# the key: ask Ann\nB='# C_KEY={KEY}'\n"
    result = examine_env_file(as_env_file("/p/.env", file("json")), text.encode(), ".env", entry)
    assert isinstance(result, Examined)
    assert found(result) == [(FILE, "old", TOKEN), (FILE, "API_KEY", KEY), (FILE, "DB_PASSWORD", PASSWORD)]


def test_a_file_of_no_host_is_read_only_when_it_has_entries() -> None:
    comment = f'// "API_KEY": "{KEY}"\n'
    assert found(examined("json", comment + '{"services": {}}', host="")) == []
    assert len(found(examined("json", comment + '{"mcpServers": {"a": {"command": "x"}}}', host=""))) == 1


def test_what_is_a_value_and_a_comment_in_broken_text_is_told_once() -> None:
    text = '{"mcpServers": {"a": {"command": "x", "env": {"API_KEY": \''
    text += f'{KEY} // "B_KEY": "{KEY[::-1]}"\n'
    places = [finding.place[:3] for finding in examined("json", text).findings]
    assert len(places) == len(set(places))


def test_a_long_comment_takes_linear_time() -> None:
    for piece in ('"a": ', "'", '"a", ', "- a ", "a://", "x=", "[", '\\"', "Bearer "):
        text = "{}//" + piece * (100_000 // len(piece))
        assert found(examined("json", text)) == []


def test_a_migration_leaves_it_and_says_why() -> None:
    (finding,) = examined("json", f'{{"mcpServers": {{}}}} // "A_KEY": "{KEY}"').loose
    shown = migration_json("migrate", Plan((), ()), (), (), None, (), "/p", [finding])
    refusals = shown["plan"]["refusals"]
    assert [item["reason"] for item in refusals] == ["it stands in a comment, which nothing reads"]
    assert KEY not in repr(shown)


def scan(path: Path) -> ScanResult:
    home = os.environ["HOME"]
    return run_scan(ScanOptions((str(path),)), Surroundings(home, str(path.parent), {}, real_home=home))


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (['// "A_KEY": "{0}", // unsprawl:allow test'], 0),
        (['// "A_KEY": "{0}" unsprawl:allow'], 0),
        (['// "A_KEY": "{0}" unsprawl:allow[generic-secret] old'], 0),
        (['// "A_KEY": "{0}" unsprawl:allow[other-rule]'], 1),
        (["// unsprawl:allow test", '// "A_KEY": "{0}"'], 0),
        (["/* unsprawl:allow test", '  "A_KEY": "{0}" */'], 0),
        (['// "A_KEY": "{0}" unsprawl:allow', '// "B_KEY": "{1}"'], 1),
        (['// "A_KEY": "{0}"', "// unsprawl:allow"], 1),
        (["// unsprawl:allow", "// a word", '// "A_KEY": "{0}"'], 1),
        (['/* "A_KEY": "{0}"', '"B_KEY": "{1}"', "unsprawl:allow */"], 2),
    ],
)  # fmt: skip
def test_allow_comments(tmp_path: Path, lines: list[str], kept: int) -> None:
    body = "\n".join(lines).replace("{0}", KEY).replace("{1}", KEY[::-1])
    path = tmp_path / ".mcp.json"
    path.write_text(f'{{"mcpServers": {{}}\n\n{body}\n\n}}')
    result = scan(path)
    assert len(result.findings) == kept
    assert len(result.findings) + len(result.silenced) == body.count("_KEY")
    assert all(each.reason is Silence.ALLOWED for each in result.silenced)


def test_what_is_beyond_the_limit_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unsprawl.scanner.commented._MOST", 100)
    text = '{\n// short\n"servers": {},\n' + "/* " + "long " * 40 + f"{TOKEN} */\n" + '"inputs": []}\n'
    (tmp_path / ".vscode").mkdir()
    (tmp_path / ".vscode/mcp.json").write_text(text)
    around = Surroundings(str(tmp_path / "home"), str(tmp_path), {})
    result = run_scan(ScanOptions((str(tmp_path),)), around)
    assert [(problem.code, problem.line) for problem in result.problems] == [("comments-unread", 4)]
    assert not result.complete
