"""What git tells of a history, wherever its output is cut into pieces."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scanner.stories import Story, config

from unsprawl.scanner.history import log as logs
from unsprawl.scanner.history.listing import Listing
from unsprawl.scanner.history.process import Asker, Stream

IDS = [character * 40 for character in "abc0"]
PATHS = ["mcp.json", "a/mcp.json", "x", "with a blank/mcp.json", ":100644", "\x01"]
SIDES = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(PATHS))
COMMITS = st.lists(
    st.tuples(st.sampled_from(["1" * 40, "2" * 40, "3" * 40]), st.lists(SIDES, max_size=4)), max_size=6
)  # fmt: skip


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def _told(commits: list[tuple[str, list[tuple[str, str, str]]]]) -> bytes:
    text = ""
    for id_, sides in commits:
        text += f"\x01{id_}\0{'9' * 40} {'8' * 40}\x002026-01-02T03:04:05+01:00\0"
        text += "".join(f"\n:100644 100644 {before} {after} M\0{path}\0" for before, after, path in sides[:1])
        text += "".join(f":100644 100644 {before} {after} M\0{path}\0" for before, after, path in sides[1:])
    return text.encode()


@given(COMMITS, st.integers(1, 200), st.sets(st.sampled_from(IDS)), st.sets(st.sampled_from(PATHS)))
def test_a_log(
    commits: list[tuple[str, list[tuple[str, str, str]]]], size: int, ids: set[str], names: set[str]
) -> None:
    blobs, paths, asked = {id_.encode() for id_ in ids}, {name.encode() for name in names}, list[bytes]()

    def speaks(path: bytes) -> bool:
        asked.append(path)
        return path in paths

    found = logs.read(_pieces(_told(commits), size), speaks, blobs)
    told = [
        (path, change.commit.id, side)
        for path, each in found.changes.items()
        for change in each
        for side in change.sides
    ]
    wanted = [
        (path.encode(), id_.encode(), (before.encode(), after.encode()))
        for id_, sides in commits
        for before, after, path in sides
        if path in names or before in ids or after in ids
    ]
    assert sorted(told) == sorted(wanted)
    assert {change.commit.parents for each in found.changes.values() for change in each} <= {2}
    assert found.commits == sum(
        id_ != before for (id_, _), (before, _) in zip(commits, [("", []), *commits], strict=False)
    )
    assert len(asked) == len(set(asked))


@given(st.integers(1, 300), st.sampled_from([40, 64]))
def test_a_listing(size: int, length: int) -> None:
    commit, tree, blob, gone = ("1" * length, "2" * length, "3" * length, "4" * length)
    rows = [commit, commit, f"{tree} ", f"{tree} a", f"{blob} a/mcp.json", f"?{gone}", f"{tree} mcp.json and more"]
    rows += [f"{gone} a/mcp.json", f"{tree} b", f"{blob} x"]
    asked: list[bytes] = []

    def fits(path: bytes) -> bool:
        asked.append(path)
        return path.endswith(b"mcp.json")

    listing = Listing(fits)
    data = "".join(f"{row}\n" for row in rows).encode()
    found = [each for block in listing.read(_pieces(data, size)) for each in block]
    assert found == [(b"a/mcp.json", blob.encode()), (b"a/mcp.json", gone.encode())]
    assert (listing.commits, listing.blobs, listing.fitting) == (2, 2, [b"a/mcp.json"])
    assert len(asked) == len(set(asked))


def test_no_file_is_closed_under_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that is just about to read would read from whatever has the file's number next: from another git."""
    story = Story(tmp_path / "repo")
    story.commit("1", {".mcp.json": config("x")})
    closed = []

    def slowly(self: Stream, room: memoryview) -> int:
        number = self._output.fileno()
        time.sleep(0.05)
        closed.append(self._output.closed)
        return 0 if closed[-1] else os.readv(number, [room])

    monkeypatch.setattr(Stream, "readinto", slowly)
    git = Asker(str(story.folder), current=False)
    for wait_s in (0.0, 0.03, 0.08):
        stream = git.stream("log", "--format=%H")
        told = stream.ahead()
        time.sleep(wait_s)
        stream.close()
        assert list(told) == []  # what was not asked for is gone, and nobody waits for it
    assert not any(closed)
