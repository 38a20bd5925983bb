"""What silences a finding, what does not, and that everything silenced is counted with its reason."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from random import Random

import pytest

from unsprawl.rules.samples import expand
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.model import Confidence, Severity, Silence
from unsprawl.scanner.options import ScanOptions
from unsprawl.scanner.scan import ScanResult, run_scan
from unsprawl.scanner.suppress import Limits, tally, tellable
from unsprawl.scanner.surroundings import Surroundings

KEY = "q7Rk2VdX9mTz4Lb" + "Hc8Nw1Yp5Jf3Gs6A"
RULE = "github-pat-classic"


def token(seed: int) -> str:
    return expand("ghp_{an:30}{chk}", Random(seed), Checksum("crc32-base62", 6, 4))


TOKEN = token(1)


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def config(value: str = TOKEN, name: str = "GITHUB_TOKEN") -> str:
    return json.dumps({"mcpServers": {"x": {"command": "npx", "env": {name: value}}}}, indent=2)


def scan(cwd: Path, *paths: str, limits: Limits | None = None) -> ScanResult:
    home = os.environ["HOME"]
    around = Surroundings(home, str(cwd), {}, real_home=os.path.realpath(home))
    options = ScanOptions(paths) if limits is None else ScanOptions(paths, limits=limits)
    result = run_scan(options, around)
    everything = run_scan(ScanOptions(paths, limits=Limits(ignore=False)), around)
    assert everything.silenced == ()
    both = [*result.findings, *(each.finding for each in result.silenced)]
    assert sorted(f.fingerprint for f in both) == sorted(f.fingerprint for f in everything.findings)  # none is lost
    return result


def by(result: ScanResult) -> list[Silence]:
    return [each.reason for each in result.silenced]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


JSONC = """{
  // %s
  "mcpServers": { // %s
    "x": { "command": "npx",
      "env": {
        // %s
        "GITHUB_TOKEN": "%s" // %s
        // %s
      }
    }
  }
}
"""
NONE = ["-"] * 5


def jsonc(where: int, comment: str, value: str = TOKEN) -> str:
    words = list(NONE)
    words[where] = comment
    return JSONC % (*words[:3], value, *words[3:])


@pytest.mark.parametrize(
    ("where", "silences"), [(0, False), (1, False), (2, True), (3, True), (4, False)],
    ids=["top", "above, not alone", "line before", "same line", "line after"],
)  # fmt: skip
def test_where_a_comment_counts(repo: Path, where: int, silences: bool) -> None:
    put(repo / ".vscode/x.json", jsonc(where, "unsprawl:allow"))
    result = scan(repo, ".vscode/x.json")
    assert by(result) == ([Silence.ALLOWED] if silences else [])
    assert len(result.findings) == (not silences)


@pytest.mark.parametrize(
    ("comment", "silences"),
    [
        ("unsprawl:allow", True),
        ("unsprawl:allow a test key", True),
        ("fixture; unsprawl:allow", True),
        ("unsprawl:allow, fixture", True),
        (f"unsprawl:allow[{RULE}]", True),
        (f"unsprawl:allow[jwt, {RULE}] two rules", True),
        (f"unsprawl:allow[jwt {RULE}]", True),
        ("unsprawl:allow[github-oauth]", False),
        ("unsprawl:allow[github]", False),
        ("unsprawl:allow[]", False),
        (f"unsprawl:allow[{RULE}", False),
        (f"unsprawl:allow [{RULE}]", True),  # a reason in brackets
        ("unsprawl:allowed", False),
        ("unsprawl:allow-all", False),
        ("not-unsprawl:allow", False),
        ("UNSPRAWL:ALLOW", False),
        ("unsprawl: allow", False),
    ],
)
def test_what_a_comment_says(repo: Path, comment: str, silences: bool) -> None:
    for where in (2, 3):
        put(repo / ".vscode/x.json", jsonc(where, comment))
        assert bool(scan(repo, ".vscode/x.json").silenced) == silences


def test_the_reason_and_the_place_are_kept(repo: Path) -> None:
    path = put(repo / ".vscode/x.json", jsonc(2, f"unsprawl:allow[{RULE}] only a test key"))
    (each,) = scan(repo, ".vscode/x.json").silenced
    assert (each.path, each.line, each.note) == (str(path), 6, "only a test key")
    put(path, jsonc(3, "x").replace("// x", "/* unsprawl:allow why */"))
    (each,) = scan(repo, ".vscode/x.json").silenced
    assert (each.line, each.note) == (7, "why")


@pytest.mark.parametrize(
    "text",
    [
        config().replace('"npx"', '"npx // unsprawl:allow"').replace("\n", " "),
        config().replace('"npx",', '"npx", "note": "// unsprawl:allow",').replace("\n", ""),
        config(f"{TOKEN} // unsprawl:allow"),
        config().replace('"GITHUB_TOKEN"', '"// unsprawl:allow": "",\n      "GITHUB_TOKEN"'),
        "{ // a comment\n" + config().replace('"env"', '"n": "/* unsprawl:allow */", "env"')[1:].replace("\n", " "),
        config().replace('"\n', '" # unsprawl:allow\n'),
    ],
    ids=["command", "key beside", "the value itself", "a key on the line before", "a string among comments", "hash"],
)  # fmt: skip
def test_the_words_inside_a_string_are_no_comment(repo: Path, text: str) -> None:
    put(repo / ".mcp.json", text)
    result = scan(repo, ".")
    assert by(result) == []
    assert len(result.findings) == 1


@pytest.mark.parametrize(
    ("line", "silences"),
    [
        ('GITHUB_TOKEN = "{t}" # unsprawl:allow', True),
        ("# unsprawl:allow\nGITHUB_TOKEN = '{t}'", True),
        ("# unsprawl:allow\n\nGITHUB_TOKEN = '{t}'", False),
        ('A = "# unsprawl:allow"\nGITHUB_TOKEN = "{t}"', False),
        ("A = '''\n# unsprawl:allow\n'''\nGITHUB_TOKEN = '{t}'", False),
        ("A = '''\n# unsprawl:allow'''\nGITHUB_TOKEN = '{t}'", False),
        ('A = 1 # unsprawl:allow\nGITHUB_TOKEN = "{t}"', False),
        ("GITHUB_TOKEN = '''\n{t}''' # unsprawl:allow", True),
    ],
)
def test_toml(repo: Path, line: str, silences: bool) -> None:
    put(repo / ".codex/config.toml", f"[mcp_servers.x.env]\n{line.format(t=TOKEN)}\n")
    result = scan(repo, ".")
    assert bool(result.silenced) == silences
    assert bool(result.findings) != silences


def test_only_the_value_beside_it(repo: Path) -> None:
    pairs = f'"GITHUB_TOKEN": "{TOKEN}", // unsprawl:allow\n "GH_TOKEN": "{token(2)}"'
    put(repo / ".vscode/mcp.json", '{"servers": {"x": {"command": "x", "env": {' + pairs + "}}}}")
    result = scan(repo, ".")
    assert [f.secret.reveal() for f in result.findings] == [token(2)]
    assert by(result) == [Silence.ALLOWED]


def test_a_repositorys_list(repo: Path) -> None:
    put(repo / "fixtures/.mcp.json", config(token(1)))
    put(repo / "a/.mcp.json", config(token(2)))
    put(repo / "b/.mcp.json", config(token(3)))
    (name,) = [f.fingerprint for f in scan(repo, "a").findings]
    put(repo / ".unsprawlignore", f"# ours\nfixtures/** # test keys\n{name} # rotated\n")
    for folder, paths in (
        (repo, ()),
        (repo, (".",)),
        (repo.parent, ("repo",)),
        (repo.parent, (".",)),
        (repo / "a", ()),
    ):
        result = scan(folder, *paths)
        assert [f.secret.reveal() for f in result.findings] == [token(3)]
        told = [(each.reason, os.path.basename(each.path), each.line, each.note) for each in result.silenced]
        assert sorted(told) == [
            (Silence.IGNORED, ".unsprawlignore", 2, "test keys"), (Silence.IGNORED, ".unsprawlignore", 3, "rotated"),
        ]  # fmt: skip
    assert by(scan(repo, "a")) == [Silence.IGNORED]
    assert by(scan(repo / "fixtures", ".mcp.json")) == [Silence.IGNORED]


@pytest.mark.parametrize(
    "lines",
    ["**", "*", "../**", "/**", "/", "{home}/**", "{home}/.claude.json", "/../../**", "~/**", "**/.claude.json",
     "{other}", "../other/**", "..", "*/../../**"],
)  # fmt: skip
def test_a_hostile_repository_silences_nothing_but_its_own(home: Path, repo: Path, lines: str) -> None:
    """Neither the user's own files, nor another repository, nor a folder beside it."""
    put(home / ".claude.json", config(token(1)))
    put(repo.parent / "other/.mcp.json", config(token(2)))
    put(repo.parent / "repo2/.mcp.json", config(token(3)))
    put(repo / ".mcp.json", config(token(4)))
    prints = [f.fingerprint for f in scan(repo.parent, ".").findings]
    lines = lines.format(home=home, other=repo.parent / "other")
    put(repo / ".unsprawlignore", "\n".join([lines, *prints]))
    for paths in ((".",), ("repo", "other", "repo2", "home/.claude.json"), ("repo/.mcp.json", ".")):
        result = scan(repo.parent, *paths)
        assert {f.secret.reveal() for f in result.findings} == {token(1), token(2), token(3)}
        assert [each.finding.secret.reveal() for each in result.silenced] == [token(4)]
    assert {f.secret.reveal() for f in scan(repo).findings} == {token(1)}


def test_a_list_within_a_repository_or_beside_the_scan_does_not_count(repo: Path) -> None:
    put(repo / "a/.mcp.json", config())
    put(repo / "a/.unsprawlignore", "**")
    assert len(scan(repo, ".").findings) == 1
    assert by(scan(repo, "a")) == [Silence.IGNORED]  # the folder that the user named
    put(repo.parent / ".unsprawlignore", "**")
    assert len(scan(repo, ".").findings) == 1
    assert by(scan(repo.parent, ".")) == [Silence.IGNORED]


def test_a_link_out_of_the_repository_is_not_covered(home: Path, repo: Path) -> None:
    own = put(home / ".claude.json", config())
    (repo / ".mcp.json").symlink_to(own)
    put(repo / ".unsprawlignore", "**")
    assert len(scan(repo, ".mcp.json", str(own)).findings) == 1
    assert len(scan(repo).findings) == 1


def test_a_list_that_is_a_link_is_told_and_not_read(home: Path, repo: Path) -> None:
    put(repo / ".mcp.json", config())
    put(home / "elsewhere", "**")
    (repo / ".unsprawlignore").symlink_to(home / "elsewhere")
    result = scan(repo, ".")
    assert len(result.findings) == 1
    assert [(p.code, os.path.basename(p.path)) for p in result.problems] == [("ignore-list", ".unsprawlignore")]


@pytest.mark.parametrize("odd", ["fifo", "folder", "huge", "binary", "broken", "not utf-8"])
def test_odd_lists(repo: Path, odd: str) -> None:
    put(repo / ".mcp.json", config())
    path = repo / ".unsprawlignore"
    if odd == "fifo":
        os.mkfifo(path)
    elif odd == "folder":
        path.mkdir()
    else:
        path.write_bytes(
            {"huge": b"**\n" * 100_000, "binary": b"**\n\0", "broken": b"!x\n", "not utf-8": b"\xff\xfe\xfa\n"}[odd]
        )
    result = scan(repo, ".")
    assert len(result.findings) == 1
    assert by(result) == []
    if odd != "not utf-8":
        (problem,) = result.problems
        assert problem.hint
        assert not result.complete


def test_a_list_is_told_to_be_broken_once(repo: Path) -> None:
    put(repo / "a/.mcp.json", config())
    put(repo / "b/.mcp.json", config(token(2)))
    put(repo / ".unsprawlignore", "!x\n")
    assert len(scan(repo, ".").problems) == 1


def test_no_finding_no_list(repo: Path) -> None:
    put(repo / ".mcp.json", config("${TOKEN}"))
    put(repo / ".unsprawlignore", "!x\n")
    assert scan(repo, ".").complete


def test_the_users_own_list(home: Path, repo: Path) -> None:
    put(home / ".claude.json", config(token(1)))
    put(repo / ".mcp.json", config(token(2)))
    name = scan(repo, ".").findings[0].fingerprint
    own = put(home / "dotfiles/ignore", f"~/.claude.json # known\n{name}\n")
    (home / ".config/unsprawl").mkdir(parents=True)
    (home / ".config/unsprawl/ignore").symlink_to(own)
    result = scan(repo)
    assert result.findings == ()
    assert {(each.line, each.note) for each in result.silenced} == {(1, "known"), (2, "")}
    assert {os.path.basename(each.path) for each in result.silenced} == {"ignore"}


@pytest.mark.parametrize(
    ("limits", "shown", "reasons"),
    [
        (Limits(), 2, []),
        (Limits(Severity.CRITICAL), 1, [Silence.SEVERITY]),
        (Limits(Severity.MEDIUM), 2, []),
        (Limits(confidence=Confidence.HIGH), 1, [Silence.CONFIDENCE]),
        (Limits(confidence=Confidence.MEDIUM), 2, []),
        (Limits(Severity.HIGH, Confidence.HIGH), 1, [Silence.SEVERITY]),  # one reason each
    ],
)
def test_limits(repo: Path, limits: Limits, shown: int, reasons: list[Silence]) -> None:
    put(repo / "a/.mcp.json", config())
    put(repo / "b/.mcp.json", config(KEY, "ACME_TOKEN"))
    severities = {(f.literal.severity, f.literal.confidence) for f in scan(repo, ".").findings}
    assert severities == {(Severity.CRITICAL, Confidence.HIGH), (Severity.MEDIUM, Confidence.MEDIUM)}
    result = scan(repo, ".", limits=limits)
    assert (len(result.findings), by(result)) == (shown, reasons)


def test_the_tally(repo: Path) -> None:
    put(repo / "a/.vscode/mcp.json", jsonc(2, "unsprawl:allow").replace("mcpServers", "servers"))
    put(repo / "b/.mcp.json", config(token(2)))
    put(repo / "c/.mcp.json", config(KEY, "ACME_TOKEN"))
    put(repo / ".unsprawlignore", "b")
    result = scan(repo, ".", limits=Limits(Severity.HIGH))
    assert tally(result.silenced) == (
        "3 secrets are not shown: 1 by a comment, 1 by an ignore list, 1 below the severity that was asked for"
    )
    assert tally(result.silenced[:1]) == "1 secret is not shown: 1 by a comment"
    assert tally(()) == ""


def test_silenced_secrets_do_not_show(repo: Path) -> None:
    put(repo / ".vscode/mcp.json", jsonc(2, "unsprawl:allow").replace("mcpServers", "servers"))
    result = scan(repo, ".")
    assert result.silenced
    assert TOKEN not in repr(result)


@pytest.mark.parametrize("word", [KEY, f"token={KEY}", f'"{KEY}",', f"({KEY})"])
@pytest.mark.parametrize("by_list", [True, False])
def test_a_note_is_told_without_what_may_be_a_key_of_its_own(repo: Path, word: str, by_list: bool) -> None:
    note = f"rotated after the test-run of 2024-05-01, was {word} before"
    mark = "" if by_list else f" // unsprawl:allow {note}"
    put(repo / ".mcp.json", config().replace(f'"{TOKEN}"', f'"{TOKEN}"{mark}\n'))
    if by_list:
        put(repo / ".unsprawlignore", f".mcp.json  # {note}\n")
    (each,) = scan(repo, str(repo)).silenced
    assert KEY not in each.note
    assert each.note.startswith("rotated after the test-run of 2024-05-01, was ")
    assert "<hidden>" in each.note


@pytest.mark.parametrize("behind", [True, False])
def test_thousands_of_allow_comments_take_a_time_that_grows_with_their_number(repo: Path, behind: bool) -> None:
    """Each comment is looked up, not searched for among all: counted, since a clock would lie on a busy machine."""
    from unsprawl.scanner import allow

    looks = 0

    class Counted(list):  # type: ignore[type-arg]
        def __getitem__(self, at: object) -> object:
            nonlocal looks
            looks += 1
            return super().__getitem__(at)  # type: ignore[index]

        def __iter__(self) -> object:  # type: ignore[override]
            raise AssertionError("all comments were gone through for one")

    many = 300
    entry = '"a%d": {"command": "x", "env": {"T_TOKEN": "%s%d"}},%s'
    mark = " // unsprawl:allow\n" if behind else "\n// unsprawl:allow\n"
    rows = "".join(entry % (number, KEY, number, mark) for number in range(many))
    first = "" if behind else "// unsprawl:allow\n"
    put(repo / ".mcp.json", '{"mcpServers": {\n' + first + rows + '"z": {"command": "x"}}}')
    with pytest.MonkeyPatch.context() as patch:
        holding = allow._holding
        patch.setattr(allow, "_holding", lambda finding, top, end, found: holding(finding, top, end, Counted(found)))
        result = scan(repo, str(repo))
    assert len(result.silenced) == many
    assert result.findings == ()
    assert looks < many * 20


FENCED = "# x\n\nAn MCP server:\n\n```json\n{%s\n}\n```\n"
ENTRY = '"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": "⟦T⟧"}}}'
ADD = "claude mcp add x -e GITHUB_TOKEN=⟦T⟧ -- npx x"
DOCUMENTS: dict[str, tuple[str, str, bool]] = {
    "Markdown": ("a.md", f"mcp: `{ADD}` <!-- unsprawl:allow a sample -->\n", True),
    "Markdown, no blank": ("a.md", f"mcp: `{ADD}` <!--unsprawl:allow-->\n", True),
    "Markdown, before": ("a.md", f"- <!-- unsprawl:allow a sample -->\n  mcp: `{ADD}`\n", True),
    "Markdown, fenced": ("a.md", FENCED % f"\n// unsprawl:allow\n{ENTRY}", True),
    "Markdown, fenced, beside": ("a.md", FENCED % f"{ENTRY} // unsprawl:allow[{RULE}] don't care", True),
    "Markdown, another rule": ("a.md", FENCED % f"{ENTRY} // unsprawl:allow[slack-bot] no", False),
    "Markdown, shown as code": ("a.md", f"mcp: `{ADD}`, and write `# unsprawl:allow` beside it\n", False),
    "shell": ("a.sh", f"# it's for mcp\n{ADD} # unsprawl:allow it's a sample\n", True),
    "shell, before": ("a.sh", f"# unsprawl:allow a sample\n{ADD}\n", True),
    "shell, beside another": ("a.sh", f"ls # unsprawl:allow\n{ADD}\n", False),
    "shell, long before": ("a.sh", f"# unsprawl:allow a sample\n\n{ADD}\n", False),
    "shell, over lines": ("a.sh", "# unsprawl:allow\n" + ADD.replace(" -e", " \\\n  -e"), True),
    "shell, a string over lines": ("a.sh", f"claude mcp add-json x '{{{ENTRY[15:-1]}\n' # unsprawl:allow\n", False),
    "shell, end of a string": ("a.sh", f"claude mcp add-json x '\n{ENTRY[19:-1]}' # unsprawl:allow\n", True),
    "shell, in a string": ("a.sh", f"{ADD} '# unsprawl:allow this'\n", False),
    "shell, no comment": ("a.sh", f"{ADD} unsprawl:allow\n", False),
    "shell, commented out": ("a.sh", f"# {ADD} # unsprawl:allow old\n", True),
    "shell, itself": ("a.sh", "# mcp\n# unsprawl:allow ⟦T⟧\n", False),
    "Python": ("a.py", 'import mcp\nGITHUB_TOKEN = "⟦T⟧"  # unsprawl:allow x\n', True),
    "Python, before": ("a.py", 'import mcp\n# unsprawl:allow x\nGITHUB_TOKEN = "⟦T⟧"\n', True),
    "Python, in a string": ("a.py", 'import mcp\nf("⟦T⟧", "# unsprawl:allow x")\n', False),
    "Python, end of a text": ("a.py", 'import mcp\nx = """\n⟦T⟧""")  # unsprawl:allow x\n', True),
    "JavaScript": ("a.js", 'import "mcp";\nconst GITHUB_TOKEN = "⟦T⟧"; // unsprawl:allow "x"\n', True),
    "JavaScript, block": ("a.js", 'import "mcp";\nconst GITHUB_TOKEN = "⟦T⟧"; /* unsprawl:allow */\n', True),
    "JavaScript, before": ("a.js", 'import "mcp";\n// unsprawl:allow\nconst GITHUB_TOKEN = "⟦T⟧";\n', True),
    "JavaScript, an address": ("a.js", 'import "mcp";\nf("⟦T⟧", "https://unsprawl:allow x");\n', False),
    "Dockerfile": ("Dockerfile", "FROM mcp/x\n# unsprawl:allow x\nENV GITHUB_TOKEN=⟦T⟧\n", True),
    "Lua": ("a.lua", 'require "mcp"\nGITHUB_TOKEN = "⟦T⟧" -- unsprawl:allow\n', True),
    "batch": ("a.bat", "REM unsprawl:allow x\nset GITHUB_TOKEN=⟦T⟧\nnpx -y x-mcp\n", True),
    "notebook": ("a.ipynb", NOTEBOOK := (
        '{"cells": [{"cell_type": "code", "source": [\n"import mcp\\n",\n'
        '"GITHUB_TOKEN = \\"⟦T⟧\\"  # unsprawl:allow x\\n",\n"pass"\n'
        ']}], "metadata": {"language_info": {"name": "python"}}, "nbformat": 4}'
    ), True),
    "notebook, before": ("a.ipynb", NOTEBOOK.replace("  # unsprawl:allow x", "").replace(
        '"GITHUB', '"# unsprawl:allow\\n",\n"GITHUB'), True),
    "notebook, a string": ("a.ipynb", NOTEBOOK.replace("# unsprawl:allow x", ' \\"# unsprawl:allow x\\"'), False),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "allowed"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_allow_comments_in_documents(tmp_path: Path, name: str, text: str, allowed: bool) -> None:
    put(tmp_path / name, text.replace("⟦T⟧", TOKEN))
    result = scan(tmp_path, str(tmp_path / name))
    assert by(result) == ([Silence.ALLOWED] if allowed else [])
    assert len(result.findings) == (0 if allowed else 1)  # and none is lost


def test_allow_marks_in_a_document_take_no_long_time(tmp_path: Path) -> None:
    odd = '\\"' * 50_000 + "'" * 50_001 + ' "' * 50_001 + "`" * 50_001 + "<!--" * 50_000
    put(tmp_path / "a.sh", f"{ADD} {odd} # unsprawl:allow\n".replace("⟦T⟧", TOKEN) * 2)
    began = time.process_time()
    result = scan(tmp_path, str(tmp_path / "a.sh"))
    assert time.process_time() - began < 10
    assert len(result.findings) + len(result.silenced) == 2


@pytest.mark.parametrize("template", ["{an:32}", "{h:40}", "{an:12}/{an:9}+{an:9}=", "{an:16}-{an:16}"])
def test_a_note_tells_no_key(template: str) -> None:
    keys = [expand(template, Random(seed)) for seed in range(200)]
    told = [tellable(f"mine: {key}") for key in keys]
    assert [note for note, key in zip(told, keys, strict=True) if key.rstrip("=") in note] == []


@pytest.mark.parametrize(
    "note",
    [
        "see https://jira.example.com/browse/ABC-1234",
        "sample of docs/reference/ConfigurationFiles.md",
        "rotated 2026-11-28T10:11:12Z by @somebody",
        "internationalization tests of github-pat-classic",
    ],
)
def test_a_note_stays_as_it_is(note: str) -> None:
    assert tellable(note) == note
