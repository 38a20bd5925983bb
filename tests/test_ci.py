"""The GitHub action and the GitLab template: their own scripts run for real, and no input is ever taken for code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.homes import github
from tests.cli.program import Program, program
from tests.git import git

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
TOKEN = github(240)
RECORDER = """#!/bin/sh
printf '%s\\n' "$@" ------ >>"$RUNNER_TEMP/calls"
exit "${ANSWER:-0}"
"""


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", "ci/gitlab.yml")]
)
def test_the_files_fit_their_schemas(schema: str, file: str) -> None:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_expression_stands_in_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert step.get("shell", "bash") == "bash"


def test_foreign_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert used
    assert all(re.fullmatch(r"github/codeql-action/[a-z-]+@[0-9a-f]{40}", each) for each in used)


def test_every_input_is_used_and_every_used_one_exists() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(ACTION["runs"])))
    assert used == set(ACTION["inputs"])


@pytest.mark.parametrize("step", [step["name"] for step in ACTION["runs"]["steps"] if "run" in step])
def test_the_scripts_are_bash(step: str) -> None:
    done = subprocess.run(["bash", "-n"], input=STEPS[step]["run"], text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


class Runner:
    """Runs one step of the action as GitHub would, in a repository."""

    def __init__(self, project: Path, temporary: Path, start: Program) -> None:
        self.project = project
        self.temporary = temporary
        self.start = start
        for name in ("output", "summary"):
            (temporary / name).touch()

    def install(self, text: str) -> None:
        """Put a program in the place where the action installs unsprawl."""
        path = self.temporary / "unsprawl-venv/bin/unsprawl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def step(
        self, name: str, event: dict[str, str] | None = None, answer: int = 0, **inputs: str
    ) -> subprocess.CompletedProcess[str]:
        given = {key: str(item.get("default", "")) for key, item in ACTION["inputs"].items()}
        given |= {key.replace("_", "-"): value for key, value in inputs.items()}
        environ = self.start.environ | {
            "RUNNER_TEMP": str(self.temporary), "GITHUB_OUTPUT": str(self.temporary / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary"), "ANSWER": str(answer),
            "PATH": os.environ["PATH"],
        }  # fmt: skip
        for key, expression in STEPS[name].get("env", {}).items():
            environ[key] = self._value(expression, given, event or {})
        # What the runner starts for `shell: bash`.
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]],
            cwd=self.project, env=environ, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def _value(self, expression: str, given: dict[str, str], event: dict[str, str]) -> str:
        inner = re.fullmatch(r"\$\{\{ (.*) \}\}", expression)
        assert inner, expression
        for part in inner[1].split(" || "):
            value = given.get(part.removeprefix("inputs.")) if part.startswith("inputs.") else event.get(part, "")
            if value:
                return value
        return ""

    @property
    def outputs(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in (self.temporary / "output").read_text().splitlines())

    @property
    def calls(self) -> list[list[str]]:
        path = self.temporary / "calls"
        text = path.read_text() if path.exists() else ""
        return [call.splitlines() for call in text.split("------\n") if call]


@pytest.fixture
def runner(home: Path, tmp_path: Path) -> Runner:
    project = home / "project"
    (project / "sub dir").mkdir(parents=True)
    git(project, "init", "-q")
    config = {"mcpServers": {"x": {"command": "npx", "env": {"GITHUB_TOKEN": TOKEN}}}}
    (project / "sub dir/.mcp.json").write_text(json.dumps(config, indent=2))
    temporary = tmp_path / "runner temp"
    temporary.mkdir()
    start = program(home, tmp_path / "bin")
    found = Runner(project, temporary, start)
    found.install(start.path.read_text())
    return found


def commit(project: Path) -> str:
    git(project, "add", ".")
    git(project, "commit", "-q", "--allow-empty", "-m", "x")
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True, check=True)
    return done.stdout.strip()


PUSH = {"github.event_name": "push"}


def test_a_scan_of_files(runner: Runner) -> None:
    done = runner.step("Scan", PUSH, summary="true")
    assert done.returncode == 0, done.stdout + done.stderr  # the report is sent first
    assert TOKEN not in done.stdout + done.stderr
    assert runner.outputs == {"exit-code": "1", "sarif-file": "unsprawl.sarif"}
    log = json.loads((runner.project / "unsprawl.sarif").read_text())
    assert len(log["runs"][0]["results"]) == 1
    assert "::error file=sub dir/.mcp.json,line=6," in done.stdout
    summary = (runner.temporary / "summary").read_text()
    assert summary.startswith("### unsprawl\n\n    1 secret in 1 place")
    assert all(line.startswith("    ") for line in summary.splitlines()[2:] if line)
    runner.step("Result")
    result = subprocess.run(
        ["bash", "-c", STEPS["Result"]["run"]], env={"CODE": runner.outputs["exit-code"]}, check=False
    )
    assert result.returncode == 1


def test_clean_files(runner: Runner) -> None:
    (runner.project / "sub dir/.mcp.json").unlink()
    done = runner.step("Scan", PUSH)
    assert done.returncode == 0
    assert runner.outputs["exit-code"] == "0"
    assert "::error" not in done.stdout
    assert (runner.temporary / "summary").read_text() == ""  # only if asked


def test_known_places_pass(runner: Runner) -> None:
    runner.start("scan", ".", "--update-baseline", cwd=runner.project)
    for baseline in ("true", ".unsprawl.baseline.json"):
        assert runner.step("Scan", PUSH, baseline=baseline).returncode == 0
        assert runner.outputs["exit-code"] == "0"
    assert runner.step("Scan", PUSH, baseline="false").returncode == 0
    assert runner.outputs["exit-code"] == "1"


def test_a_broken_baseline_stops_the_job(runner: Runner) -> None:
    (runner.project / ".unsprawl.baseline.json").write_text("{")
    done = runner.step("Scan", PUSH, baseline="true")
    assert done.returncode == 2
    assert runner.outputs == {}


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, ["--min-severity=low", "--strict", "--", "."]),
        ({"strict": "false", "min_severity": "high"}, ["--min-severity=high", "--", "."]),
        ({"paths": "a b\n\n-c\r\n$(x)"}, ["--min-severity=low", "--strict", "--", "a b", "-c", "$(x)"]),
        ({"policy": "team.yaml", "baseline": "b.json"},
         ["--min-severity=low", "--strict", "--policy=team.yaml", "--baseline=b.json", "--", "."]),
    ],
)  # fmt: skip
def test_the_words_of_the_command(inputs: dict[str, str], words: list[str], runner: Runner) -> None:
    runner.install(RECORDER)
    assert runner.step("Scan", PUSH, **inputs).returncode == 0
    options, asked = words[: words.index("--")], words[words.index("--") :]
    sarif, annotations = runner.calls
    assert sarif == ["scan", *options, "--format", "sarif", "--output", "unsprawl.sarif", *asked]
    assert annotations == ["scan", *options, "--format", "github", *asked]


@pytest.mark.parametrize("event", ["github.event.pull_request.base.sha", "github.event.merge_group.base_sha"])
def test_a_range(event: str, runner: Runner) -> None:
    runner.install(RECORDER)
    base = commit(runner.project)
    commit(runner.project)
    name = "merge_group" if "merge_group" in event else "pull_request"
    assert runner.step("Scan", {"github.event_name": name, event: base}).returncode == 0
    assert runner.calls[0][:5] == ["scan", "--min-severity=low", "--strict", "--history", f"--range={base}..HEAD"]
    assert runner.calls[0][-1] == "--"


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("", "no commit to start from"),
        ("--output=x", "no commit to start from"),
        ("HEAD", "no commit to start from"),
        ("0" * 40, "begins a branch"),
        ("1" * 40, "fetch-depth: 0"),
    ],
)
def test_a_range_that_is_none(base: str, said: str, runner: Runner) -> None:
    runner.install(RECORDER)
    commit(runner.project)
    done = runner.step("Scan", {**PUSH, "github.event.before": base}, mode="range")
    assert done.returncode == 2
    assert said in done.stdout
    assert runner.calls == []


@pytest.mark.parametrize("code", [2, 70, 130])
def test_what_is_no_result_stops_the_job(code: int, runner: Runner) -> None:
    runner.install(RECORDER)
    assert runner.step("Scan", PUSH, answer=code).returncode == code
    assert runner.outputs == {}


EVIL = ["$(touch marker)", "`touch marker`", "; touch marker", "' && touch marker #", '" && touch marker #', "x\nid=1"]


@pytest.mark.parametrize("name", sorted(ACTION["inputs"]))
def test_no_input_is_code(name: str, runner: Runner) -> None:
    runner.install(RECORDER)
    for evil in EVIL:
        for step in ("Install unsprawl", "Scan"):
            if step == "Scan" or name in ("python", "version"):
                runner.step(step, PUSH, **{name.replace("-", "_"): evil})
        written = (runner.temporary / "output").read_text().splitlines()
        assert all(line.startswith(("exit-code=", "sarif-file=")) for line in written)
    assert not list(runner.project.rglob("marker")) + list(runner.temporary.rglob("marker"))


def test_the_python_must_be_new_enough(runner: Runner) -> None:
    old = runner.temporary / "old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = runner.step("Install unsprawl", python=str(old))
    assert done.returncode == 2
    assert "Python 3.11 or later" in done.stdout


@pytest.mark.slow
@pytest.mark.external
def test_the_action_installs_its_own_checkout(runner: Runner) -> None:
    copy = runner.temporary / "action"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(copy)], check=True)
    subprocess.run(["rm", "-r", str(runner.temporary / "unsprawl-venv")], check=True)
    (runner.project / "venv.py").write_text("raise SystemExit('from the repository')")
    done = runner.step("Install unsprawl", {"github.action_path": str(copy)}, python=sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.step("Scan", PUSH).returncode == 0
    assert runner.outputs["exit-code"] == "1"


# --- GitLab -----------------------------------------------------------------------------------------------------------


def gitlab(runner: Runner, unsprawl: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The job's script, with unsprawl where it is told to be."""
    (script,) = GITLAB["unsprawl"]["script"]
    environ = runner.start.environ | {key: str(value) for key, value in GITLAB["variables"].items()} | variables
    environ |= {"RUNNER_TEMP": str(runner.temporary), "PATH": os.environ["PATH"]}
    script = script.replace("/tmp/unsprawl/bin/unsprawl", f"'{unsprawl}'")
    return subprocess.run(
        ["sh", "-c", script], cwd=runner.project, env=environ, capture_output=True, text=True, check=False
    )


def test_gitlab_files(runner: Runner) -> None:
    done = gitlab(runner, runner.start.path)
    assert done.returncode == 1
    assert TOKEN not in done.stdout + done.stderr
    report = GITLAB["unsprawl"]["artifacts"]["reports"]["codequality"]
    (issue,) = json.loads((runner.project / report).read_text())
    assert issue["location"]["path"] == "sub dir/.mcp.json"
    assert [(runner.project / path).is_file() for path in GITLAB["unsprawl"]["artifacts"]["paths"]] == [True]
    runner.start("scan", ".", "--update-baseline", cwd=runner.project)
    assert gitlab(runner, runner.start.path, UNSPRAWL_BASELINE="true").returncode == 0


def test_gitlab_merge_requests_scan_their_range(runner: Runner) -> None:
    runner.install(RECORDER)
    path = runner.temporary / "unsprawl-venv/bin/unsprawl"
    base = "1" * 40
    assert gitlab(runner, path, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, UNSPRAWL_POLICY="p;x").returncode == 0
    options = ["--min-severity=low", "--strict", "--policy=p;x", "--history", f"--range={base}..HEAD"]
    assert runner.calls[-1] == ["scan", *options]
    assert runner.calls[0] == ["scan", "--format", "gitlab", "--output", "gl-code-quality-report.json", *options]
    assert gitlab(runner, path, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, UNSPRAWL_MODE="files").returncode == 0
    assert runner.calls[-1] == ["scan", "--min-severity=low", "--strict", "."]


def test_a_pull_request_for_real(runner: Runner) -> None:
    """A key that a later commit takes out again is found in the range."""
    path = runner.project / "sub dir/.mcp.json"
    dirty = path.read_text()
    path.write_text("{}")
    base = commit(runner.project)
    path.write_text(dirty)
    commit(runner.project)
    path.write_text("{}")
    commit(runner.project)
    event = {"github.event_name": "pull_request", "github.event.pull_request.base.sha": base}
    done = runner.step("Scan", event, summary="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.outputs["exit-code"] == "1"
    assert "::error file=sub dir/.mcp.json" in done.stdout
    assert TOKEN not in done.stdout + done.stderr + (runner.temporary / "summary").read_text()
