"""References to an input that the host asks for once: `${input:id}`, with its description beside the servers."""

from __future__ import annotations

from unsprawl.rewriters.operations import Append
from unsprawl.rewriters.targets.draft import Draft, Refused
from unsprawl.scanner.formats.node import Path, Value, at
from unsprawl.scanner.model import Finding
from unsprawl.scanner.rotation import rotation_pages


def prompted(draft: Draft, finding: Finding) -> None:
    """Add what moves one finding. Raises `Refused` where no list of inputs can stand beside the entry."""
    base = draft.situation.found.entry.key_path
    holder = (*base[:-2], draft.way.inputs)
    if base[-2] != "servers":
        raise Refused("entries in this older place have no list of inputs beside them", "Use `--to run`.")
    name = _free_id(draft, holder, draft.claim(finding).lower().replace("_", "-"))
    draft.replace(finding, draft.way.spell(name))
    [[what, _]] = rotation_pages([finding])
    description = f"{draft.situation.found.entry.name}: {what}"
    item: Value = {"type": "promptString", "id": name, "description": description, "password": True}
    draft.operations.append(Append(holder, item))


def _free_id(draft: Draft, holder: Path, wanted: str) -> str:
    """`wanted`, numbered when the file has an input of that id already: whose value that is, nobody can tell."""
    node = at(draft.situation.examined.document.root, holder)
    ids = {item.get("id") for item in node.items} if node else set()
    taken = {text for known in ids if known is not None and (text := known.text()) is not None}
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name
