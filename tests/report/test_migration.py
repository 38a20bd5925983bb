"""What `migrate` shows of a plan on a terminal."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from tests.rewriters.support import Bench, github, write_json
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.migration import MigrationReport
from unsprawl.scanner.secret import Secret


def test_a_long_value_is_shown_around_its_change(home: Path) -> None:
    elsewhere = "plum-walnut-harbour-lantern-meadow-copper"  # known from another file; the cut goes through it
    before = f"https://mcp.example.com/mcp?note={'a' * 20}{elsewhere}{'b' * 3000}"
    url = f"{before}&api_key={github()}&page={'c' * 3000}"
    path = write_json(home / ".claude.json", {"remote": {"type": "http", "url": url}})
    [file] = Bench(home).plan(path, target="reference").files
    redactor, stream = Redactor(), io.StringIO()
    redactor.learn([Secret(github()), Secret(elsewhere)])
    console = Console(file=stream, width=1000, color_system=None)
    MigrationReport(console, redactor, str(home), str(home)).step(file, file.steps[0])
    removed, added = (line.strip() for line in stream.getvalue().splitlines() if line.strip()[:2] in ("- ", "+ "))
    assert "bbb&api_key=<hidden>&page=ccc" in removed
    assert "bbb&api_key=${" in added
    assert "}&page=ccc" in added
    for line in (removed, added):
        assert 'url: "https://mcp.example.com/mcp?note=aaa' in line
        assert line.endswith('ccc"')
        assert line.count(" ... ") == 2
        assert len(line) < 400
        assert elsewhere[:8] not in line


def test_what_stays_for_one_reason_is_told_together(home: Path) -> None:
    servers: dict[str, object] = {
        name: {"command": "npx", "env": {"GITHUB_TOKEN": github(number)}} for number, name in enumerate("ab", 1)
    }
    files = [write_json(home / path, servers) for path in (".claude/plugins/cache/x/.mcp.json", ".cursor/mcp.json.bak")]
    plan = Bench(home).plan(*files)
    assert not plan.steps
    stream = io.StringIO()
    report = MigrationReport(Console(file=stream, width=100, color_system=None), Redactor(), str(home), str(home))
    report.refusals(plan.refusals)
    assert stream.getvalue() == (
        "stays  a  ~/.claude/plugins/cache/x/.mcp.json:3\nstays  b  ~/.claude/plugins/cache/x/.mcp.json:9\n"
        "  a plugin in the cache is overwritten by its next update: change it where it comes from\n"
        "\n"
        "stays  a  ~/.cursor/mcp.json.bak:3\nstays  b  ~/.cursor/mcp.json.bak:9\n"
        "  the file is a copy that no host reads\n  Delete it, or name the real file.\n"
    )


def test_a_short_value_is_shown_whole(home: Path) -> None:
    url = f"https://mcp.example.com/mcp?note={'a' * 100}&api_key={github()}&page=2"
    path = write_json(home / ".claude.json", {"remote": {"type": "http", "url": url}})
    [file] = Bench(home).plan(path, target="reference").files
    stream = io.StringIO()
    console = Console(file=stream, width=1000, color_system=None)
    MigrationReport(console, Redactor(), str(home), str(home)).step(file, file.steps[0])
    assert f'- url: "{url.replace(github(), "<hidden>")}"\n' in stream.getvalue()
