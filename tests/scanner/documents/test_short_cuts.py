"""What is left out before a document is taken apart holds nothing: all is found that is found without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.corpus.evaluate_documents import FOLDER
from tests.corpus.expand import expand_case, expand_text
from tests.corpus.figures import SETS
from tests.scanner.documents.reading import AROUND

from unsprawl.rules.bundle_code import CODE
from unsprawl.rules.load import load, made_of
from unsprawl.rules.samples import expand
from unsprawl.scanner.discover import document_file, named
from unsprawl.scanner.document_kinds import KINDS
from unsprawl.scanner.documents import code, telling
from unsprawl.scanner.documents.code_language import written_value
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.model import Finding, Problem

HERE = Path(__file__).parent
PROGRAMS = sorted(path for folder in ("code", "structure") for path in (HERE / folder).rglob("*") if path.is_file())
PYTHON = document_file("/home/u/project/a.py", KINDS["python"])
WORDS = [
    "env", "=", "{", "}", "(", ")", "[", "]", ",", ":", "\n", " ", "#", "//", "/*", "*/", "mcp", "TOKEN", "PASSWORD",
    "command", "args", "12345678", "123", "4711", "x9", "os.environ", "StdioServerParameters", "import", "'", '"',
    "hunter22!", "9fKJq2Lm8xW4vTz7Rb3N", expand("npm_{an:36}", Random(7)), expand("gsk_{an:52}", Random(7)),
]  # fmt: skip


class _Everything:
    """Rules that say of every line that it may hold something."""

    def held(self, text: str) -> list[tuple[str, int]]:
        return [("", 0)]


@pytest.fixture
def thorough(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Within its context nothing is left out."""
    with monkeypatch.context() as patched:
        yield patched


def _nothing_left_out(patched: pytest.MonkeyPatch) -> None:
    patched.setattr(code, "written_value", lambda name: re.compile(""))
    patched.setattr(telling, "layers", lambda: (_Everything(),))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in PROGRAMS:
        yield path.name, expand_text(path.read_text("utf-8"), path.name, "1", {})[0]
    for name in SETS:
        for case in sorted((FOLDER / name).iterdir()):
            for file in expand_case(case, folder / name / case.name, seed=1):
                yield Path(file.path).name, file.text


def _found(name: str, text: str) -> tuple[Finding, ...] | Problem | None:
    file = named(f"/home/u/project/{name}", AROUND)
    done = examine(file, text.encode(), name) if file is not None else None
    return done.findings if isinstance(done, Examined) else done


def test_the_labelled_set(thorough: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = list(_texts(tmp_path))
    # Without its quotes, most of a program is left out.
    texts += [(name, re.sub("[\"'`]", " ", text)) for name, text in texts]
    quick = [_found(name, text) for name, text in texts]
    _nothing_left_out(thorough)
    assert [_found(name, text) for name, text in texts] == quick
    assert sum(len(found) for found in quick if isinstance(found, tuple)) > 300


@given(st.lists(st.sampled_from(WORDS), min_size=3, max_size=60).map("".join))
def test_programs_of_any_words(text: str) -> None:
    text = f"import mcp\n{text}"
    quick = examine(PYTHON, text.encode(), "a.py")
    with pytest.MonkeyPatch.context() as patched:
        _nothing_left_out(patched)
        whole = examine(PYTHON, text.encode(), "a.py")
    assert isinstance(quick, Examined)
    assert isinstance(whole, Examined)
    assert quick.findings == whole.findings


@pytest.mark.parametrize("language", [entry["id"] for entry in CODE["languages"]])
def test_every_way_to_write_a_value_is_seen(language: str) -> None:
    table = next(entry for entry in CODE["languages"] if entry["id"] == language)
    seen = written_value(language)
    for form in table["strings"]:
        assert seen.search(f"x = {form['open']}hunter22{form.get('close', form['open'])}")
    assert seen.search("PASSWORD = 4711")
    assert not seen.search("import mcp; x = y + 123")


KEYWORDS = sorted({keyword for rule in load() for shape in rule.formats for keyword in shape.keywords})


@given(
    st.lists(st.sampled_from([*KEYWORDS, *"abc \n\t.-_/ ", "the words of a page ", "\u00a0"]), max_size=120),
    st.randoms(use_true_random=False),
)
def test_the_keywords_of_any_text(pieces: list[str], chosen: Random) -> None:
    known = {
        keyword for rule in load() for shape in rule.formats if shape.self_identifying for keyword in shape.keywords
    }
    for text in ("".join(pieces), " ".join(chosen.sample(pieces, len(pieces)))):
        assert {keyword for keyword, _ in load().held(text)} == {keyword for keyword in known if keyword in text}


def test_a_keyword_of_single_letters_is_found_in_a_long_text() -> None:
    from unsprawl.rules import build

    raw = build.raw_rule(
        {
            "id": "spaced", "name": "Spaced key", "provider": "Spaced", "severity": "high",
            "formats": [
                {"pattern": "a b c [0-9]{16}", "keywords": ["a b c "], "self_identifying": True, "length": {"min": 22}}
            ],
        }
    )  # fmt: skip
    text = "c a b " * 100 + "a b c 0123456789012345"
    assert [keyword for keyword, _ in made_of([raw]).held(text)] == ["a b c "]
