"""References in place of the value: `${NAME}`, `{env:NAME}`."""

from __future__ import annotations

import string

from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.scanner.formats.node import Kind
from unsprawl.scanner.model import Finding

_PLAIN = frozenset(string.ascii_letters + string.digits + "_./+=-")
"""What means nothing of its own to YAML, wherever it stands."""
_NO_NUMBER = frozenset(string.ascii_letters) - frozenset("abcdefoxtzABCDEFOXTZ")
"""Letters that are in no number, of whatever base, and in no date."""


def inline(draft: Draft, finding: Finding) -> None:
    """Add what moves one finding. Raises `Refused` for a value that the host would not hand on as it is."""
    value, format_id = finding.secret.reveal(), draft.situation.examined.document.codec.id
    if draft.way.raw and not _stays_as_it_is(value, format_id):
        raise Refused(f"the value holds characters that this host would read as {format_id.upper()}", "Use `--to run`.")
    if draft.way.expands_twice and "$" in value:
        raise Refused("the value holds a `$`, which this host would expand once more", "Use `--to run`.")
    name = draft.claim(finding)
    draft.replace(finding, draft.way.spell(name))
    if draft.way.env_names:
        draft.list_name(name)


def _stays_as_it_is(value: str, format_id: str) -> bool:
    """Whether a value means itself when the host puts it into the text of the file, before that is parsed."""
    if format_id == "json":  # always between quotes
        return not set(value) & set('"\\') and value.isprintable()
    from unsprawl.scanner.formats.yaml_scalars import plain_value

    texts = value[:1].isalpha() or bool(set(value) & _NO_NUMBER)
    return texts and set(value) <= _PLAIN and plain_value(value)[0] is Kind.STRING
