"""Writes what becomes of the cases now: `python -m tests.rewriters.write_cases [NAME…]`. Look at the difference first.

Only the targets' parts of a case are written, not what the entry is. Names are those of folders in `tests/cases`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from tests.rewriters.support import PROGRAM, TEMPLATES, Bench, filled, secret
from tests.rewriters.test_cases import CASES, bound_values, kept_values, told_of, without_refs
from unsprawl.rewriters.planner import TARGETS
from unsprawl.rewriters.stated import Stated

NUMBERS = range(1, 6)


def main(names: list[str]) -> None:
    """Write the named cases, or all."""
    for case in CASES:
        if not names or case.parent.name in names:
            rewrite(case)


def rewrite(case: Path) -> None:
    """Bring one case up to date."""
    known: dict[str, Any] = yaml.safe_load(case.read_text())
    told = dict(known)
    wanted = told_of(case)
    for key in ("refused", "kept", "same", "sent"):
        told.pop(key, None)
    (before,) = case.parent.glob("before.*")
    for old in case.parent.glob("after-*"):
        old.unlink()
    found: dict[str, tuple[str, dict[str, str | list[str]], dict[str, str]]] = {}
    for target in sorted(wanted, key=list(TARGETS).index):
        after, kept, refused, bound = outcome(told, before.read_bytes().decode(), target)
        if refused:
            told.setdefault("refused", {})[target] = refused
        if not kept and refused:
            continue
        alike = next((name for name, other in found.items() if other[:2] == (after, kept)), None)
        if alike is not None:
            told.setdefault("same", {})[target] = alike
            continue
        found[target] = (after, kept, refused)
        if kept:
            told.setdefault("kept", {})[target] = kept
        if bound:
            told.setdefault("sent", {})[target] = bound
        (case.parent / f"after-{target}{before.suffix}").write_bytes(after.encode())
    if told != known:  # which order its author wrote it in is no news
        case.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=120))


def outcome(
    told: dict[str, Any], text: str, target: str
) -> tuple[str, dict[str, str | list[str]], dict[str, str], list[str]]:
    """The file after one target, what was kept, the refusals, and where the proxy may put the values in."""
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith(("XDG_", "UNSPRAWL"))]:
            del os.environ[name]
        home = Path(folder, "home")
        home.mkdir()
        exported = {name: filled(value) for name, value in told.get("exported", {}).items()}
        os.environ.update({"HOME": str(home), **exported})
        path = home / told["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(filled(text).encode())
        bench = Bench(home)
        bench.system = told.get("system", "linux")
        plan = bench.plan(path, target=target, stated=Stated(told.get("remotes", {})))
        bench.apply(plan)
        kept: dict[str, str | list[str]] = {}
        for name, value in sorted(kept_values()):
            known = kept.get(name)
            here = named(value)
            kept[name] = here if known is None else [*(known if isinstance(known, list) else [known]), here]
        after = named(without_refs(path.read_bytes().decode())).replace(PROGRAM, "@@UNSPRAWL@@")
        for name in exported:
            del os.environ[name]
        refused = {refusal.found.entry.name: refusal.reason for refusal in plan.refusals}
        return after, kept, refused, bound_values()


def named(text: str) -> str:
    """The text with the values' names in their places, as it is written into a case."""
    for name in TEMPLATES:
        for number in NUMBERS:
            text = text.replace(secret(name, number), f"@@{name}{number if number > 1 else ''}@@")
    return text


if __name__ == "__main__":
    main(sys.argv[1:])
