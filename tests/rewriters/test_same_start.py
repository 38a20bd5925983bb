"""For any value in any shape: after the migration the server is started with the very same words and variables.

Both starts are real: the entry as it was, and what stands there afterwards through `unsprawl run`. The server writes
down what it got. Undo then brings back every byte.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.broker.test_run import START
from tests.rewriters.support import PROGRAM, Bench, last_journal, spellings
from unsprawl.rewriters.undo import undo
from unsprawl.vault.records import list_records

RECORDER = Path(__file__).parents[1] / "servers" / "recorder.py"
SERVER = f"{sys.executable} {RECORDER}"
DOCKER = """#!{python}
# As docker does it: a variable without a value is passed on, and the container sees no other ones.
import os, sys
words, given = sys.argv[2:], {{"RECORD_TO": os.environ["RECORD_TO"], "PATH": os.environ["PATH"]}}
while words and words[0].startswith("-"):
    flag = words.pop(0)
    if flag.startswith("--env=") or (flag.startswith("-e") and flag != "-e"):
        text = flag.removeprefix("--env=").removeprefix("-e")
    elif flag in ("-e", "--env"):
        text = words.pop(0)
    else:
        continue
    name, equals, value = text.partition("=")
    given[name] = value if equals else os.environ.get(name, "")
os.execve({python!r}, [{python!r}, {recorder!r}, *words[1:]], given)
"""
BRIDGE = """#!{python}
# As mcp-remote does it: references in headers are replaced from its environment.
import os, re, sys
words = [re.sub(r"\\$\\{{([^}}]+)\\}}", lambda m: os.environ.get(m[1], m[0]), word) for word in sys.argv[1:]]
os.execv({python!r}, [{python!r}, {recorder!r}, *words])
"""


def double_quoted(value: str) -> str:
    return '"' + re.sub(r'(["\\$`])', r"\\\1", value) + '"'


Shape = Callable[[str], dict[str, Any]]


def words(program: str, *rest: str, **env: str) -> dict[str, Any]:
    return {"command": program, "args": list(rest), **({"env": env} if env else {})}


SHAPES: dict[str, tuple[str, Shape]] = {
    "variable": ("run", lambda v: words(sys.executable, str(RECORDER), API_TOKEN=v, LOG="1")),
    "variable list": (
        "run",
        lambda v: {**words(sys.executable, str(RECORDER)), "env": [f"API_TOKEN={v}", "API_URL=https://a.example"]},
    ),
    "JSON in a variable": (
        "run",
        lambda v: words(sys.executable, str(RECORDER), HEADERS=json.dumps({"Authorization": f"Bearer {v}", "n": 1})),
    ),
    "URI in a variable": ("run", lambda v: words(sys.executable, str(RECORDER), DATABASE_URL=f"pg://me:{v}@h/db")),
    "docker -e": ("run", lambda v: words("docker", "run", "-i", "-e", f"API_TOKEN={v}", "-e", "A=1", "img", "x")),
    "docker --env=": ("run", lambda v: words("docker", "run", f"--env=API_TOKEN={v}", "img", "x")),
    "docker glued": ("run", lambda v: words("docker", "run", f"-eAPI_TOKEN={v}", "img", "x")),
    "env": ("run", lambda v: words("env", "A=1", f"API_TOKEN={v}", sys.executable, str(RECORDER), "x")),
    "bridge": ("run", lambda v: words("mcp-remote", "https://h.example/mcp", "--header", f"Authorization: Bearer {v}")),
    "single quotes": ("run", lambda v: words("bash", "-c", f"API_TOKEN={shlex.quote(v)} exec {SERVER} x")),
    "double quotes": ("run", lambda v: words("bash", "-c", f"A=1 API_TOKEN={double_quoted(v)} {SERVER} x")),
    "export": ("run", lambda v: words("sh", "-c", f"export API_TOKEN={shlex.quote(v)}; exec {SERVER} x")),
    "export in quotes": (
        "run",
        lambda v: words("sh", "-c", f"cd / && export API_TOKEN={double_quoted(v)} && {SERVER}"),
    ),
    "login shell": ("run", lambda v: words("sh", "-lc", f"API_TOKEN={double_quoted(v)} {SERVER} x")),
    "login shell, single": ("run", lambda v: words("bash", "-lc", f"export API_TOKEN={shlex.quote(v)}; {SERVER} x")),
    "assigned twice": (
        "run",
        lambda v: words("bash", "-c", f"API_TOKEN=a; export API_TOKEN={shlex.quote(v)}; {SERVER}"),
    ),
    "docker in a script": ("run", lambda v: words("bash", "-c", f"docker run -e API_TOKEN={shlex.quote(v)} img x")),
    "bridge in a script": (
        "run",
        lambda v: words("bash", "-c", f"mcp-remote https://h.example --header {double_quoted(f'X-Api-Key: {v}')}"),
    ),
    "argument": ("run-argv", lambda v: words(sys.executable, str(RECORDER), "--api-token", v, "--verbose")),
    "argument with its flag": ("run-argv", lambda v: words(sys.executable, str(RECORDER), f"--api-token={v}")),
    "URI as an argument": ("run-argv", lambda v: words(sys.executable, str(RECORDER), f"postgres://me:{v}@h/db")),
    "argument in a script": (
        "run-argv",
        lambda v: words("bash", "-c", f"exec {SERVER} --api-token {double_quoted(v)} --verbose"),
    ),
    "argument in single quotes": ("run-argv", lambda v: words("bash", "-c", f"{SERVER} --api-token '{v}'")),
}  # fmt: skip
HOSTS = [".config/Claude/claude_desktop_config.json", ".claude.json"]
"""One that is known to expand nothing, and one that expands `${NAME}` everywhere."""
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz0123456789"
ODD = "!#%&()*+,-./:;<=>?@[]^_{|}~\\\"'$` é"


@st.composite
def values(draw: st.DrawFn) -> str:
    """Random enough to be taken for a key, with signs in it that shells, JSON and URIs have a use for."""
    halves = [draw(st.text(LETTERS, min_size=14, max_size=20)) for _ in range(2)]
    return draw(st.text(ODD, max_size=3)).join(halves)


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a docker and a bridge in it, before those of the system."""
    folder = tmp_path_factory.mktemp("programs")
    for name, text in (("docker", DOCKER), ("mcp-remote", BRIDGE)):
        path = folder / name
        path.write_text(text.format(python=sys.executable, recorder=str(RECORDER)))
        path.chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


@contextmanager
def fresh_home(path: str) -> Iterator[Bench]:
    """A machine of its own for each example."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", folder)
        patch.setenv("PATH", path)
        yield Bench(Path(folder))


def recorded(command: list[str], environ: dict[str, str], home: Path) -> tuple[list[str], dict[str, str], str]:
    """Words and variables that the server got, and what was said on the way."""
    record = home / "record"
    record.unlink(missing_ok=True)
    given = {"HOME": str(home), "PATH": os.environ["PATH"], "RECORD_TO": str(record), **environ}
    done = subprocess.run(command, env=given, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert record.exists(), done.stderr.decode()
    start = json.loads(record.read_text())
    record.unlink()
    return start["argv"], start["env"], (done.stdout + done.stderr).decode()


def environment(entry: dict[str, Any]) -> dict[str, str]:
    env = entry.get("env", {})
    return dict(text.split("=", 1) for text in env) if isinstance(env, list) else dict(env)


@pytest.mark.parametrize("host", HOSTS, ids=["plain", "expands"])
@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(value=values())
def test_the_server_gets_the_same(shape: str, host: str, value: str, programs: str) -> None:
    target, make = SHAPES[shape]
    assume("'" not in value or shape != "argument in single quotes")
    entry = make(value)
    with fresh_home(programs) as bench:
        path = bench.home / host
        path.parent.mkdir(parents=True, exist_ok=True)
        others = {"command": "npx", "args": ["a"]}
        text = json.dumps({"mcpServers": {"before": others, "x": entry, "behind": others}}, indent=2)
        path.write_text(text)
        plan = bench.plan(path, target=target)
        # Not taken for a key, or nobody can tell (a `${` that the host would expand): then it must say so.
        assume(bool(plan.steps))
        outcomes, _ = bench.apply(plan)
        assert {outcome.status for outcome in outcomes} == {"done"}, [outcome.reason for outcome in outcomes]
        after = path.read_text()
        new = json.loads(after)["mcpServers"]["x"]
        assert not bench.examined(path)[0].findings
        assert text.partition('"x"')[0] == after.partition('"x"')[0]
        assert text.rpartition('"behind"')[2] == after.rpartition('"behind"')[2]
        kept = {name for record in list_records() for name, _ in record.variables}
        secret = plan.steps[0].keeps[0].secret.reveal()
        moved = value if value in secret else secret

        before_argv, before_env, _ = recorded([entry["command"], *entry["args"]], environment(entry), bench.home)
        assert new["command"] == PROGRAM
        command = [sys.executable, "-I", "-c", START, *new["args"][1:]]
        argv, env, said = recorded(command, environment(new), bench.home)

        assert argv == before_argv
        ours = {name for name in kept if name not in before_env} | {"_"}
        assert {k: v for k, v in env.items() if k not in ours} == {k: v for k, v in before_env.items() if k != "_"}
        assert value not in said
        assert not any(form in after.encode() for form in spellings(moved))
        undo(last_journal())
        assert path.read_text() == text
