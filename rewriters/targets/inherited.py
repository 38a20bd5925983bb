"""No reference at all: the host hands its whole environment on, so the pair goes and the variable is exported."""

from __future__ import annotations

from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.rewriters.targets.situation import place_name
from unsprawl.scanner.entry_parts import ENV_KEYS
from unsprawl.scanner.model import Finding


def inherited(draft: Draft, finding: Finding) -> None:
    """Add what moves one finding. Raises `Refused` where the value is not one variable of a map."""
    path = finding.slot.key_path
    if path in draft.moved:
        return  # another part of the same value: the whole of it has moved already
    if not isinstance(path[-1], str) or path[-2] not in ENV_KEYS:
        raise Refused(f"{place_name(finding)} does not stand in a map of variables", "Use `--to run`.")
    draft.moved.add(path)
    draft.keep_variable(finding)
    draft.remove(path)
