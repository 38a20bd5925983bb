"""The table of docs/stores.md, from rules/stores.yaml: `python -m tests.stores_page`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from unsprawl.vault.store_facts import known

PAGE = Path(__file__).parent.parent / "docs" / "stores.md"
_MARKS = re.compile(r"(<!-- stores -->\n).*?(<!-- /stores -->)", re.DOTALL)
_HEAD = "| store | what protects it | how it is unlocked | run | only read |\n| --- | --- | --- | --- | --- |\n"


def updated(page: str) -> str:
    """The page with a fresh table between its marks."""
    rows = (
        f"| `{facts.id}`: {facts.title} | {facts.protects} | {facts.opens} | {facts.run or 'no'} | {facts.read} |\n"
        for facts in known().values()
    )
    return _MARKS.sub(lambda found: found[1] + "\n" + _HEAD + "".join(rows) + "\n" + found[2], page)


def main() -> int:
    """Writes the page."""
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
