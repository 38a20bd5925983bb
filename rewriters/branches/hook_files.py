"""Our commit hook in a repository's own files, so that everybody gets it with the commit: by the program that owns the
hooks there, or in a hook that git tracks. Nothing goes into `.git/hooks`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from unsprawl.rewriters.branches.new_file import Placed, inserted
from unsprawl.rewriters.branches.tracked import TrackedFiles
from unsprawl.rewriters.hook_install import Way, plan_install
from unsprawl.rewriters.operations import Append, Insert, Operation, carry_out, changed, plain
from unsprawl.rules.bundle import HOOK_MANAGERS
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.formats.document import editing_codec_for
from unsprawl.scanner.formats.node import Kind, Node, at
from unsprawl.scanner.formats.text import decode
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.sources.hook_place import Manager, hook_place, manager_of
from unsprawl.scanner.sources.plumbing import Silent
from unsprawl.scanner.sources.worktree import read

_NAME = re.compile(rb"\bunsprawl\b")


class HookFile(NamedTuple):
    """How commits will be checked."""

    file: Placed | None
    """What is put into the repository; None where nothing is."""
    then: str = ""
    """What everybody types once; "" where there is nothing to do."""
    told: str = ""
    """Why the repository's own files stay as they are; "" where nothing keeps them from being edited."""


def hook_file(tracked: TrackedFiles, top: str) -> HookFile:
    """What becomes of the hook in the repository at `top`. Never raises for what stands in its files."""
    manager = manager_of(top)
    if manager is not None:
        return _managed(tracked, top, manager)
    try:
        place = hook_place(top, current=False)
        name = tracked.name_of(place.path) if place.tracked else None
        if name is not None and not place.shared and os.path.isdir(place.folder):
            plan = plan_install(place, "")
            if plan.way is Way.NOTHING:
                return HookFile(None)
            known = tracked.get(name)
            mode = known.mode if known is not None else "100755"
            if plan.way is Way.CREATE or (plan.way is Way.INSERT and known is not None and plan.before is not None):
                return _checked(tracked, Placed(name, plan.before, plan.after, mode, "the hook"), "")
    except (Silent, NotApplied):
        pass  # then everybody installs it for themselves
    return HookFile(None, "unsprawl hook --install")


def _managed(tracked: TrackedFiles, top: str, manager: Manager) -> HookFile:
    path = os.path.join(top, *manager.file.split("/"))
    name = tracked.name_of(path)
    known = tracked.get(name) if name is not None else None
    content = read(path)
    by_hand = HookFile(None, manager.then, f"add the check to {manager.file} by hand: unsprawl hook --staged")
    if known is None or name is None or not isinstance(content, bytes) or tracked.why_not(path, content) is not None:
        return by_hand
    if _NAME.search(content):
        return HookFile(None, manager.then)
    edit = _edit_of(manager)
    after = _edited(content, edit) if edit is not None else None
    if after is None:
        return by_hand
    made = _checked(tracked, Placed(name, content, after, known.mode, "the hook"), manager.then)
    return made if made.file is not None else by_hand


def _edit_of(manager: Manager) -> Mapping[str, Any] | None:
    for raw in HOOK_MANAGERS["managers"]:
        if raw["name"] == manager.name:
            edit: Mapping[str, Any]
            for edit in raw.get("edits", ()):
                if manager.file in edit["files"]:
                    return edit
    return None


def _edited(content: bytes, edit: Mapping[str, Any]) -> bytes | None:
    """The file with the edit; None where it does not fit, or where more than one piece would change."""
    codec = editing_codec_for(edit["format"])
    decoded = decode(content)
    if codec is None or decoded.binary or not decoded.valid:
        return None
    parsed = codec.parse(decoded.text)
    if parsed.root is None or parsed.flaws or parsed.others:
        return None
    operation = _operation(parsed.root, edit)
    if operation is None:
        return None
    try:
        text = carry_out(codec, decoded.text, [operation]).text
    except NotApplied:
        return None
    again = codec.parse(text)
    if again.root is None or again.flaws or plain(again.root) != changed(plain(parsed.root), [operation]):
        return None
    return decoded.encode(text)


def _operation(root: Node, edit: Mapping[str, Any]) -> Operation | None:
    path, value = tuple(edit["path"]), edit["value"]
    if edit.get("append"):
        node = at(root, path)
        return Append(path, value) if node is not None and node.kind is Kind.ARRAY else None
    depth = 0
    while depth < len(path) and at(root, path[: depth + 1]) is not None:
        depth += 1
    above = at(root, path[:depth])
    if depth == len(path) or above is None or above.kind is not Kind.OBJECT:
        return None
    for step in reversed(path[depth + 1 :]):
        value = {step: value}
    return Insert(path[: depth + 1], value)


def _checked(tracked: TrackedFiles, file: Placed, then: str) -> HookFile:
    """Only what can be taken back by cutting one piece out, and goes through no filter."""
    if tracked.filter_of(file.name) or (file.before is not None and inserted(file.before, file.after) is None):
        return HookFile(None, "unsprawl hook --install")
    return HookFile(file, then)
