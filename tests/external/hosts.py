"""Starts real host programs on a throw-away home, and tells what their MCP servers received.

The server is `tests/servers/recorder.py`; write `recorder_argv(home)` into the configuration under test.
"""

import json
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.external import npm
from tests.external.model_stub import model_provider
from tests.external.processes import HostFailed, run

RECORDER = Path(__file__).parent.parent / "servers" / "recorder.py"
TIMEOUT_S = 60.0
HOLD_S = 15.0
SETTLE_S = 1.5
QUIET = {
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
    "DISABLE_ERROR_REPORTING": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
}
# With these four keys in ~/.claude.json, 2.1.329 leaves every byte of the file alone. Without one of them it writes
# the whole file anew on start (two-space indent, numbers and escapes normalised) and keeps a copy in ~/.claude/backups.
CLAUDE_SETTLED: dict[str, object] = {
    "firstStartTime": "2026-01-01T00:00:00.000Z",
    "machineID": "0" * 64,
    "migrationVersion": 15,
    "userID": "0" * 64,
}


@dataclass(frozen=True, slots=True)
class Start:
    """One start of the recording server. Values stay out of `repr`, so a failed assertion shows none."""

    argv: list[str] = field(repr=False)
    env: dict[str, str] = field(repr=False)
    cwd: str


def record_file(home: Path) -> Path:
    return home / "starts.jsonl"


def recorder_argv(home: Path) -> list[str]:
    """Command and arguments of a recording server; more arguments may follow, to tell servers apart."""
    return [sys.executable, str(RECORDER), "--record-to", str(record_file(home))]


def recorded_starts(home: Path) -> list[Start]:
    """All starts so far, in the order of their first line."""
    path = record_file(home)
    whole_lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return [Start(**json.loads(line)) for line in whole_lines]


def claude_code_starts(
    home: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    *,
    canaries: Iterable[str] = (),
    timeout_s: float = TIMEOUT_S,
) -> list[Start]:
    """What the servers received that `claude mcp list` started. It starts user, local and approved project entries."""
    argv = [*npm.command(npm.CLAUDE_CODE), "mcp", "list"]
    return _starts_of(argv, home, cwd, env, canaries, timeout_s)


def codex_starts(
    home: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    *,
    expect: int = 1,
    canaries: Iterable[str] = (),
    timeout_s: float = TIMEOUT_S,
) -> list[Start]:
    """What the servers received that one `codex exec` session started.

    Codex does not wait for its servers, and ends them with the session: the model's answer is therefore held back
    until `expect` of them have started. Give 0 where none should: then it is held back for a moment.
    """
    goal = len(recorded_starts(home)) + expect

    def hold() -> None:
        deadline = time.monotonic() + (HOLD_S if expect else SETTLE_S)
        while (not expect or len(recorded_starts(home)) < goal) and time.monotonic() < deadline:
            time.sleep(0.02)

    with model_provider(before_answer=hold) as base_url:
        overrides = {
            "model": "stub",
            "model_provider": "stub",
            "model_providers.stub.name": "stub",
            "model_providers.stub.base_url": base_url,
            "model_providers.stub.wire_api": "responses",
            "model_providers.stub.request_max_retries": 0,
            "model_providers.stub.stream_max_retries": 0,
        }
        # JSON strings and numbers are TOML values too.
        options = [text for key, value in overrides.items() for text in ("-c", f"{key}={json.dumps(value)}")]
        argv = [*npm.command(npm.CODEX), "exec", "--skip-git-repo-check", *options, "two words"]
        return _starts_of(argv, home, cwd, env, canaries, timeout_s)


def _starts_of(
    argv: list[str],
    home: Path,
    cwd: Path,
    env: Mapping[str, str] | None,
    canaries: Iterable[str],
    timeout_s: float,
) -> list[Start]:
    before = len(recorded_starts(home))
    finished = run(argv, cwd=cwd, env=host_environment(home, env or {}), timeout_s=timeout_s, canaries=canaries)
    if finished.exit_code:
        raise HostFailed(f"{Path(argv[1]).name} ended with {finished.exit_code}:\n{finished.output}")
    return recorded_starts(home)[before:]


def host_environment(home: Path, env: Mapping[str, str]) -> dict[str, str]:
    """HOME, PATH and what the caller gives; nothing of the real user, whose settings must not decide a test."""
    temporary = home / ".tmp"  # Claude Code keeps notes on its children there
    temporary.mkdir(exist_ok=True)
    path = f"{npm.installed(npm.NODE).parent}:/usr/bin:/bin"
    return {"HOME": str(home), "PATH": path, "TMPDIR": str(temporary)} | QUIET | dict(env)
