"""What no commit of a ref holds: trees and blobs that tags name, and what no ref reaches any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from unsprawl.scanner.history.log import Tips
from unsprawl.scanner.history.process import Asker
from unsprawl.scanner.history.repository import Ref


def object_name(blob: bytes) -> bytes:
    """The path that a blob is told under which none is known of: that of a loose object."""
    return b".git/objects/" + blob[:2] + b"/" + blob[2:]


def lines(git: Asker, *words: str, given: Iterable[bytes] | None = None) -> Iterator[bytes]:
    """The output of a command line by line."""
    stream = git.stream(*words, feed=given)
    try:
        yield from stream.rows(b"\n")
    finally:
        stream.close()


def beside_commits(git: Asker, known: Sequence[Ref]) -> Iterator[tuple[bytes, bytes]]:
    """(path, blob) of what refs name that lead to no commit; such a blob alone has no path."""
    odd = [ref.target for ref in known if ref.kind != "commit"]
    if not odd:
        return
    given = ["".join(f"{target}\n" for target in odd).encode("ascii")]
    for row in lines(git, "rev-list", "--objects", "--no-walk", "--stdin", given=given):
        blob, space, path = row.partition(b" ")
        if space:
            yield path or object_name(blob), blob


def lost_commits(git: Asker, tips: Tips) -> list[str]:
    """The commits that are here and that `tips` do not reach: dropped stashes, amended and rebased ones."""
    listing = (
        "cat-file",
        "--batch-all-objects",
        "--unordered",
        "--buffer",
        "--batch-check=%(objecttype) %(objectname)",
    )
    every = {row[7:] for row in lines(git, *listing) if row.startswith(b"commit ")}
    refs = ("--all",) if tips.refs else ()
    given = ["".join(f"{tip}\n" for tip in tips.ids).encode("ascii")]
    every.difference_update(lines(git, "rev-list", *refs, "--stdin", given=given))
    return [commit.decode("ascii") for commit in sorted(every)]
