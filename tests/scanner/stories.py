"""Small git repositories for tests, told as commits with names and written by `git fast-import`."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

from tests.git import git

from unsprawl.rules.samples import expand


def key(number: int) -> str:
    """A made-up key that no rule knows by its format."""
    return expand("{an:40}", Random(number))


def config(value: str, note: str = "") -> str:
    """A configuration that holds the key."""
    server = {"command": "npx", "args": ["-y", "tickets-mcp"], "env": {"TICKETS_TOKEN": value, "NOTE": note}}
    return json.dumps({"mcpServers": {"tickets": server}}, indent=2) + "\n"


class Story:
    """A repository that grows commit by commit."""

    def __init__(self, folder: Path, *, object_format: str = "sha1", bare: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        options = [f"--object-format={object_format}", *(["--bare"] if bare else [])]
        git(folder, "init", "-q", "-b", "main", *options)
        self._length = 40 if object_format == "sha1" else 64
        self.ids: dict[str, str] = {}
        self._when = 1_700_000_000

    def commit(
        self, name: str, changes: dict[str | bytes, str | bytes | None], *parents: str, ref: str = "refs/heads/main"
    ) -> str:
        """A commit that changes these files (None: deletes) of its first parent; answers its id. Without parents: a
        first one. A content that begins with `link:` is a link, one with `module:` a submodule.
        """
        self._when += 3600
        lines = [f"commit {ref}\nmark :1\ncommitter T <t@example.com> {self._when} +0200\ndata {len(name)}\n{name}"]
        if not parents:
            lines = [f"reset {ref}\n", *lines]
        for word, parent in zip(("from", *["merge"] * 9), parents, strict=False):
            lines.append(f"{word} {self.ids[parent]}")
        stream = b"".join(line.encode() + b"\n" for line in lines)
        for path, content in changes.items():
            quoted = _quoted(path)
            if content is None:
                stream += b"D " + quoted + b"\n"
                continue
            data = content.encode() if isinstance(content, str) else content
            if data.startswith(b"module:"):
                stream += b"M 160000 " + data[7:] + b" " + quoted + b"\n"
                continue
            mode = b"120000" if data.startswith(b"link:") else b"100644"
            data = data.removeprefix(b"link:")
            stream += b"M %s inline %s\ndata %d\n%s\n" % (mode, quoted, len(data), data)
        marks = self.folder / "marks-of-the-test"
        git(self.folder, "fast-import", "--quiet", "--force", f"--export-marks={marks}", stdin=stream + b"\n")
        self.ids[name] = marks.read_text().split()[1]
        marks.unlink()
        return self.ids[name]

    def check_out(self, name: str = "main") -> None:
        """The files of a branch on disk."""
        git(self.folder, "reset", "-q", "--hard", name)

    def names(self, ids: tuple[str, ...]) -> list[str]:
        """What this test calls these commits."""
        known = {id_: name for name, id_ in self.ids.items()}
        return [known.get(id_, id_) for id_ in ids]


def _quoted(path: str | bytes) -> bytes:
    data = path.encode() if isinstance(path, str) else path
    odd = {byte for byte in range(256) if not 32 < byte < 127} | {*b'"\\'}
    return b'"%s"' % b"".join(b"\\%03o" % byte if byte in odd else b"%c" % byte for byte in data)
