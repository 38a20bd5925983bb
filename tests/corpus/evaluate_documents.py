"""Counts what is found in documents and code: `python -m tests.corpus.evaluate_documents [--misses]`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from tests.corpus.evaluate import Outcome, compare, print_misses
from tests.corpus.expand import expand_case
from tests.corpus.figures import HERE, PAGE, SETS, between, options
from tests.git import git

FOLDER = HERE / "documents"
BEGIN, END = "<!-- documents -->", "<!-- /documents -->"
HOME = "home-"
"""Cases whose name begins so are a home, scanned as one; the others are a repository each."""
KINDS: Mapping[str, str] = {
    "permissions": "*/.claude/settings.json */.claude/settings.local.json",
    "notebook": "*.ipynb",
    "history": "*/.*_history */fish_history */.histfile */ConsoleHost_history.txt",
    "ci": "*/.github/workflows/* */action.y*ml */.gitlab-ci.yml */Jenkinsfile */*-pipelines.y*ml */.circleci/* "
    "*/.drone.yml */.woodpecker* */.buildkite/* */.travis.yml */buildspec.yml */cloudbuild.yaml */.forgejo/*",
    "compose": "*/compose*.y*ml */docker-compose*.y*ml */*stack.y*ml",
    "dockerfile": "*/Dockerfile* */Containerfile* *.[Dd]ockerfile",
    "manifest": "*/smithery.yaml */server.json */manifest.json */package.json */*-extension.json */devcontainer.json",
    "env file": "*/.env* *.env",
    "markdown": "*.md *.mdx *.mdc *.markdown",
    "python": "*.py *.pyi",
    "javascript": "*.[jt]s *.[jt]sx *.[mc][jt]s",
    "shell": "*.sh *.bash *.zsh *.fish */Makefile */*ustfile */Procfile */.*rc */.profile */.bash_* */.zshenv",
    "powershell": "*.ps1 *.psm1 *.bat *.cmd",
    "other code": "*.go *.rs *.java *.kt *.cs *.rb *.php *.swift *.scala *.exs *.dart *.r *.lua *.nix *.tf",
    "other text": "*.txt *.rst *.adoc *.html *.org *.tex *.log *.csv *.vue *.svelte",
    "other YAML": "*.yaml *.yml",
    "other": "*",
}
"""What kind of file a path is, the first that fits: for the table alone, no part of what is measured."""


class Row(NamedTuple):
    """Counts of one kind of file."""

    files: int
    right: int
    planted: int
    false: int


NOTHING = Row(0, 0, 0, 0)


def kind_of(path: str) -> str:
    """The first of `KINDS` that `path`, relative and with slashes, is of."""
    return next(kind for kind, globs in KINDS.items() if any(fnmatchcase(f"/{path}", glob) for glob in globs.split()))


def scan(paths: list[Path], home: Path) -> dict[str, Any]:
    """The JSON of `unsprawl scan` on `paths`, run as a process with `home` for its home; places become absolute."""
    environ = {"HOME": str(home), "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "unsprawl", "scan", *map(str, paths), "--format", "json"]
    done = subprocess.run(command, env=environ, cwd=home, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(f"unsprawl scan ended with {done.returncode}: {done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    for finding in report["findings"]:
        finding["place"]["path"] = os.path.join(report["root"], finding["place"]["path"])
    return report


def evaluate(folder: Path, seed: int = 1) -> list[Outcome]:
    """Expand every case of `folder`, commit those that are repositories, and compare the planted with the found."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        cases = {case.name: expand_case(case, root / case.name, seed) for case in sorted(folder.iterdir())}
        repositories = [root / name for name in cases if not name.startswith(HOME)]
        for repository in repositories:
            git(repository, "init", "-q")
            git(repository, "add", "--all", "--force")
            git(repository, "commit", "-q", "-m", "All of it")
        (root / "nobody").mkdir()
        findings = scan(repositories, root / "nobody")["findings"]
        for name in cases:
            if name.startswith(HOME):
                findings += scan([root / name], root / name)["findings"]
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        found.setdefault(os.path.relpath(finding["place"]["path"], root), []).append(finding)
    return [compare(case, files, found) for case, files in cases.items()]


def rows(outcomes: list[Outcome]) -> dict[str, Row]:
    """Counts by kind of file, in the order of `KINDS`, with the sum of all as `all`."""
    files = Counter(kind_of(file.path) for o in outcomes for file in o.files)
    right = Counter(kind_of(planted.path) for o in outcomes for planted in o.right)
    planted = right + Counter(kind_of(p.path) for o in outcomes for p in [*o.partial, *o.missed])
    false = Counter(kind_of(place.path) for o in outcomes for place in o.false)
    made = {kind: Row(files[kind], right[kind], planted[kind], false[kind]) for kind in KINDS if files[kind]}
    return made | {"all": Row(files.total(), right.total(), planted.total(), false.total())}


def precision(row: Row) -> float:
    return row.right / max(1, row.right + row.false)


def recall(row: Row) -> float:
    return row.right / max(1, row.planted)


def table(scores: Mapping[str, Mapping[str, Row]]) -> str:
    """The figures as docs/detection.md shows them: a line a kind of file, a column a set."""
    sums = [score["all"] for score in scores.values()]
    kinds = [kind for kind in KINDS if any(score.get(kind, NOTHING).planted for score in scores.values())]
    lines = [["kind of file", *scores], ["---"] * (len(scores) + 1)]
    lines += [[kind, *(_share(score.get(kind, NOTHING)) for score in scores.values())] for kind in kinds]
    lines += [
        ["**recall**", *(f"**{recall(row):.3f}**" for row in sums)],
        ["**precision**", *(f"**{precision(row):.3f}**" for row in sums)],
        ["false alarms", *(str(row.false) for row in sums)],
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _share(row: Row) -> str:
    return f"{row.right} of {row.planted}" if row.planted else ""


def shown(text: str, scores: Mapping[str, Mapping[str, Row]]) -> str:
    """The page with the figures put in."""
    return between(text, BEGIN, END, table(scores))


def main() -> None:
    given = options(__doc__)
    if given.write:
        scores = {name: rows(evaluate(FOLDER / name)) for name in SETS}
        PAGE.write_text(shown(PAGE.read_text("utf-8"), scores), "utf-8")
        return
    for name in given.sets:
        outcomes = evaluate(FOLDER / name, given.seed)
        if given.misses and name != "holdout":
            print_misses(outcomes)
        negatives = sum(p.mark == "N" for o in outcomes for file in o.files for p in file.planted)
        print(f"\n{name}: {negatives} marked negatives")
        print(f"  {'kind of file':24} {'files':>5} {'found':>10} {'recall':>7} {'false':>6} {'precision':>10}")
        for kind, row in rows(outcomes).items():
            found = f"{row.right} of {row.planted}"
            print(f"  {kind:24} {row.files:5} {found:>10} {recall(row):7.3f} {row.false:6} {precision(row):10.3f}")


if __name__ == "__main__":
    main()
