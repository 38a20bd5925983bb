"""Where this user's shells keep what was typed."""

from __future__ import annotations

from collections.abc import Iterator

from unsprawl.rules.bundle import DOCUMENTS
from unsprawl.scanner.discover import ConfigFile, Reading
from unsprawl.scanner.patterns import existing, leads_to
from unsprawl.scanner.surroundings import Surroundings


def shell_histories(around: Surroundings) -> Iterator[ConfigFile]:
    """The histories that exist, each once."""
    seen: set[str] = set()
    for item in DOCUMENTS["histories"]:
        anchor, _, below = item["path"].partition("/")
        for base in leads_to(anchor, around._replace(real_home="")):
            for path in existing(base, tuple(below.split("/")) if below else ()):
                if path not in seen:
                    seen.add(path)
                    yield ConfigFile(path, (Reading("", item["kind"], (), "user", True),))
