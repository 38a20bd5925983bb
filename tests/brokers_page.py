"""The tables of docs/brokers.md, from rules/brokers.yaml: `python -m tests.brokers_page`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from unsprawl.broker.external.facts import BrokerFacts, known

PAGE = Path(__file__).parent.parent / "docs" / "brokers.md"
_MARKS = re.compile(r"(<!-- brokers -->\n).*?(<!-- /brokers -->)", re.DOTALL)
_HEAD = (
    "| `--to` | what it is | better than our own when | what it needs | how well it is known |\n"
    "| --- | --- | --- | --- | --- |\n"
)


def updated(page: str) -> str:
    """The page with fresh tables between its marks."""
    return _MARKS.sub(lambda found: found[1] + "\n" + _tables() + "\n" + found[2], page)


def _tables() -> str:
    rows = "".join(
        f"| {_target(facts)} | {facts.name} | {facts.good_for} | {facts.needs} | {_evidence(facts)} |\n"
        for facts in known().values()
    )
    flaws = "".join(
        f"- **{facts.name}**: {'; '.join(facts.flaws)}. Look for: {', '.join(f'`{name}`' for name in facts.docs)}.\n"
        for facts in known().values()
    )
    return f"{_HEAD}{rows}\nWhat they do badly, as far as we saw or read:\n\n{flaws}"


def _target(facts: BrokerFacts) -> str:
    return f"`{facts.id}`" if facts.slots else "(instructions only)"


def _evidence(facts: BrokerFacts) -> str:
    return f"run, {facts.tested}" if facts.ran else f"only read, {facts.tested}; tested with stand-ins (fake)"


def main() -> int:
    """Writes the page."""
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
