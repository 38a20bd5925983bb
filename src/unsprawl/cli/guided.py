"""One entry at a time: show it, ask, keep the answer. Changes nothing itself."""

from __future__ import annotations

from dataclasses import replace

import click

from unsprawl.rewriters.plan import FilePlan, Plan
from unsprawl.scanner.report.migration import MigrationReport


def choose_steps(plan: Plan, report: MigrationReport) -> Plan:
    """The plan with only the steps that the user said yes to."""
    files: list[FilePlan] = []
    everything = stopped = False
    for file in plan.files:
        steps = []
        for step in file.steps:
            if stopped:
                continue
            if not everything:
                report.step(file, step)
                report.pause()
                answer = click.prompt(
                    "Move it? [y]es, [n]o, [a]ll that follow, [q]uit asking (done after the last answer)",
                    type=click.Choice(["y", "n", "a", "q"]), default="y", show_choices=False,
                )  # fmt: skip
                everything, stopped = answer == "a", answer == "q"
                if answer in ("n", "q"):
                    continue
            steps.append(step)
        if steps:
            files.append(replace(file, steps=tuple(steps)))
    return replace(plan, files=tuple(files))
