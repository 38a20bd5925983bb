"""Real comments of each format; nothing inside a string."""

from __future__ import annotations

import time

import pytest

from unsprawl.scanner.formats.comments import comments, line_end

CASES = [
    ("json", '{"a": "// no", /* yes */ "b": 1, // yes2\n "u": "http://x"}', ["/* yes */", "// yes2"]),
    ("json", "{'c': \"/* no */\" // yes\r\n}", ["// yes"]),
    ("json", '{"a": "\\" // no"} # no JSON', []),
    ("json", '{"a": /* open "x": 1\n // yes\n}', ["// yes"]),
    ("json", '{"a": "open // no\n, // yes\n}', ["// yes"]),
    ("json", "/* a\n b */{}", ["/* a\n b */"]),
    ("toml", 'a = "# no" # yes\n# alone', ["# yes", "# alone"]),
    ("toml", 'b = """\n# no\n"" "" # no """ # yes', ["# yes"]),
    ("toml", "c = '# no' # yes\nd = '''\n# no'''# yes2", ["# yes", "# yes2"]),
    ("toml", 'e = """x"""" # yes\n[t] # yes2\ng="\\"# no"#yes3', ["# yes", "# yes2", "#yes3"]),
    ("toml", 'f = "open # no\n# yes', ["# yes"]),
    ("toml", 'f = """open\n# no\n', []),
    ("yaml", "a: 1 # yes\n# alone\nd: x#no # yes2\n", ["# yes", "# alone", "# yes2"]),
    ("yaml", "b: |  # yes\n  # no\n  x\n# after\nc: 1\n", ["# yes", "# after"]),
    ("yaml", "e: >-\n  # no\n  y\nf: [1, # yes\n  2]\n", ["# yes"]),
    ("yaml", "c: \"q # no\" # yes\nd: 'it''s # no' # yes2\n", ["# yes", "# yes2"]),
    ("yaml", 'é😀: "x" # ü\n# \x07 bell \udcff\n', ["# ü", "# \x07 bell \udcff"]),
    ("yaml", "a: b\n c: # d\n", []),  # not YAML from there on
    ("dotenv", "# one\nA=b # two\n  # three\n", ["# one", "# two", "# three"]),
    ("dotenv", "B=\"x # no\" # yes\nC='# no'#no\nexport D=a#no # yes2\n", ["# yes", "# yes2"]),
    ("dotenv", 'E="multi\n# no\n" # yes\nF= # yes2\nG=a b c # yes3\n', ["# yes", "# yes2", "# yes3"]),
    ("dotenv", 'H="open # no\nI=`# no`\n', []),
    ("markdown", "# heading", []),
]


@pytest.mark.parametrize(("format_id", "text", "found"), CASES, ids=lambda value: repr(value)[:30])
def test_comments(format_id: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in comments(format_id, text)] == found


@pytest.mark.parametrize("format_id", ["json", "toml", "yaml", "dotenv"])
@pytest.mark.parametrize(
    "unit",
    ["/*", "//", '"', "'", "`", '"""', "'''", "''a", "#", " #", "# ", 'A="', 'A="\n', "A= ", "\\", "a", " ", "\n", "{",
     "[", "- ", "a: "],
)  # fmt: skip
def test_time_is_linear(format_id: str, unit: str) -> None:
    text = unit * (60_000 // len(unit))
    start = time.process_time()
    for _ in comments(format_id, text + "x"):
        pass
    assert time.process_time() - start < 2.0  # about 0.1 s at most


@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n"])
def test_the_end_of_a_line_is_looked_for_within_the_line(newline: str) -> None:
    class Watched(str):
        looked = 0

        def find(self, what: str, start: int = 0, stop: int | None = None) -> int:  # type: ignore[override]
            at = super().find(what, start, len(self) if stop is None else stop)
            Watched.looked += (len(self) if stop is None and at < 0 else stop if at < 0 else at) - start
            return at

    text = Watched(f"// a{newline}" * 300)
    ends = []
    at = 0
    while at < len(text):
        ends.append(line_end(text, at))
        at = ends[-1] + len(newline)
    assert ends == [number * (4 + len(newline)) + 4 for number in range(300)]
    if "\n" in newline:  # texts with `\r` alone are of another age, and short
        assert Watched.looked <= 3 * len(text)
