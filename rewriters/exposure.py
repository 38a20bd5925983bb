"""Whether a secret of an entry also stands in a name: of the entry, a key, a file or a folder.

Names go into records, journals and messages as they are, so such an entry stays until its owner renames it.
"""

from __future__ import annotations

from unsprawl.rewriters.targets.situation import Situation

_TELLING_FROM = 6
"""Shorter values may be part of a name by chance."""


def named_by_a_secret(situation: Situation) -> bool:
    """Whether any found value is part of a name on the way to it, case aside."""
    entry = situation.found.entry
    names = [entry.path, *map(str, entry.key_path), *(str(f.slot.key_path[-1]) for f in situation.found.findings)]
    folded = [name.lower() for name in names]
    values = {finding.secret.reveal().lower() for finding in situation.examined.secrets}
    return any(value in name for value in values if len(value) >= _TELLING_FROM for name in folded)
