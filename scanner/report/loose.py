"""Why no command moves a finding that stands beside the server entries, and what to do about it."""

from __future__ import annotations

from unsprawl.scanner.model import Finding

_LOOSE = "it stands beside the server entries, and only entries are moved"
_LOOSE_HINT = "Take it out by hand."
_DOCUMENT = "it stands in a document or a command line, which is never edited"
_DOCUMENT_HINT = "Take it out by hand, write a reference such as $NAME there, and revoke it where it was issued."
_COMMENTED = "it stands in a comment, which nothing reads"
_COMMENTED_HINT = "Delete it by hand, and revoke it where it was issued unless it is in use elsewhere."
_IN_FILE = "it stands in an environment file that the entry names"
_IN_FILE_HINT = "Keep that file out of git and readable by you alone, or let the entry take the value from the vault."


def why_loose(finding: Finding) -> tuple[str, str]:
    """Why it stays, and what to do about it."""
    if finding.document:
        return _DOCUMENT, _DOCUMENT_HINT
    if finding.commented:
        return _COMMENTED, _COMMENTED_HINT
    return (_LOOSE, _LOOSE_HINT) if finding.entry is None else (_IN_FILE, _IN_FILE_HINT)
