"""Documents with marked values, examined as a scan does, and what was found told by the marks."""

from __future__ import annotations

from typing import NamedTuple

from tests.corpus.expand import Planted, expand_text

from unsprawl.scanner.discover import named
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding
from unsprawl.scanner.surroundings import Surroundings

AROUND = Surroundings("/home/u", "/home/u/project", {})


class Read(NamedTuple):
    """A document as it was expanded, with what was found in it."""

    text: str
    planted: list[Planted]
    examined: Examined

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self.examined.findings

    def written(self, finding: Finding) -> str:
        """The text at the finding's place."""
        lines = self.text.replace("\r\n", "\n").split("\n")
        place = finding.place
        assert place.line == place.end_line
        return lines[place.line - 1][place.column - 1 : place.end_column - 1]

    @property
    def told(self) -> set[str]:
        """The texts that were taken for secrets."""
        return {self.written(finding) for finding in self.findings}

    @property
    def secrets(self) -> set[str]:
        """The texts that are marked as secrets."""
        return {self.text[each.start : each.end] for each in self.planted if each.mark == "S"}


def read(raw: str, name: str = "README.md", *, encoding: str = "utf-8") -> Read:
    """Examine a marked text as the content of a file called `name`; see tests/corpus/README.md for the marks."""
    text, planted = expand_text(raw, name, "1", {})
    file = named(f"/home/u/project/{name}", AROUND)
    assert file is not None
    data = text.encode(encoding)
    assert file.concerns(data)
    examined = examine(file, data, name)
    assert isinstance(examined, Examined)
    return Read(text, planted, examined)
