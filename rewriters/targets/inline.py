"""References in place of the value: `${NAME}`, `{env:NAME}`."""

from __future__ import annotations

from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.scanner.model import Finding


def inline(draft: Draft, finding: Finding) -> None:
    """Add what moves one finding. Raises `Refused` for a value that the host would not hand on as it is."""
    value = finding.secret.reveal()
    if draft.way.raw and (set(value) & set('"\\') or not value.isprintable()):
        raise Refused("the value holds characters that this host would read as JSON", "Use `--to run`.")
    if draft.way.expands_twice and "$" in value:
        raise Refused("the value holds a `$`, which this host would expand once more", "Use `--to run`.")
    draft.replace(finding, draft.way.spell(draft.claim(finding)))
