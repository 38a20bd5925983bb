"""Patterns that could take for ever are refused by their form, and by measuring them."""

from __future__ import annotations

import re
import time
from random import Random

import pytest

from unsprawl.rules import patience, prose
from unsprawl.rules.load import load
from unsprawl.rules.patience import LENGTH, slow, texts
from unsprawl.rules.repeats import costly

EVIL = [
    r"(a+)+$",
    r"(a|a)*b",
    r"(.*a){12}",
    r"\d+\d+\d+x",
    r"([a-z]+)*\d",
    r"(?:a|aa)+$",
    r"(?:a?){30}a{30}",
    r"(?:x+x+)+y",
    r".*.*=.*",
    r"[a-z]*[a-z0-9]*[a-z]*-",
    r"(?:a{1,9}){1,30}b",
    "a?" * 25 + "a" * 25,
    r"(?:\w+-?)+x",
    r"(?:(?:ab)?(?:ab)?)+c",
    r"(?:a|b|ab)*c",
    r"[\w.]+\.\w+@x",
    r"(?:a{0,99}){2,9}",
    r"(?:\d+,?)+;",
    r"a{1,5000}a{1,5000}b",
    r"(?:ab|a)(?:b|)(?:a+|b)*",
    r"(?:[a-f0-9]{2}|[a-z]{2})+!",
    r"(?:a|b?){20}c",
    r"x(?:[a-z]{1,3}){40}",
    r"k_(?:[a-z]+(?:-[a-z]+)*)*!",
    r"(?i:a+A+)!",
    r"[^x]*[^y]*!",
    r"\s+\s+x",
    r"(?:é+|[à-ü]+)+x",
    r"k_(?:a*b?)*c",
    r"[a-z]+(?:-?[a-z]+)!",
]
FINE = [
    r"acme_[0-9a-z]{32}",
    r"[a-z]+-[a-z]+",
    r"k(?:-[a-z]{1,9})*",
    r"(?:[A-Za-z0-9]{4}-){3}[A-Za-z0-9]{4}",
    r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?",
    r"eyJ[\w-]+\.[\w-]+\.[\w-]+",
    r"k_[a-z]{80,120}",
    r"(?:live|test)_[a-z0-9]+",
    r"[a-z0-9]+s?x",
    r"(?:ab|cd)+",
    r"a+b+a+",
    r"https://[a-z0-9-]+\.(?:make|celonis)\.com/[0-9a-f-]{36}(?:/(?:sse|stream))?",
    r"(?:[a-z]|[0-9a-f])+X",  # one set
    r"[0-9]+[^0-9][0-9]+",
]


@pytest.mark.parametrize("pattern", EVIL)
def test_evil_forms_are_refused(pattern: str) -> None:
    assert costly(pattern)


@pytest.mark.parametrize("pattern", FINE)
def test_plain_forms_are_not(pattern: str) -> None:
    assert costly(pattern) == ""


def test_the_form_is_judged_in_no_time() -> None:
    start = time.process_time()
    for pattern in ("(?:" * 40 + "a" + ")?" * 40, "(?:(?:[a-z]{50}){50}){2}", "|".join(["a?"] * 300), "(?:a|b)" * 400):
        costly(pattern)
    assert costly("k(?:(?:ab?){300}c){50}")  # too large to follow is refused
    assert time.process_time() - start < 5


@pytest.mark.parametrize("pattern", EVIL[:5])
def test_evil_patterns_are_measured_to_be_slow(pattern: str) -> None:
    """The second net holds without the first."""
    start = time.monotonic()
    assert slow([pattern], patience_s=0.5) == {pattern}
    assert time.monotonic() - start < 10


def test_the_slow_ones_among_good_ones() -> None:
    good = [rf"k{number}_[a-z]{{20}}" for number in range(5)]
    merely_slow = "a(?:-?[a-z])+x"  # the square of the length
    assert costly(merely_slow) == ""
    assert slow([good[0], EVIL[0], *good[1:3], merely_slow, EVIL[1], *good[3:]], patience_s=2.0) == {
        EVIL[0], merely_slow, EVIL[1],
    }  # fmt: skip
    assert slow(good) == set()
    assert slow([]) == set()


def test_many_slow_ones_end_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_MOST_ENDED", 2)
    evil = [rf"(?:{letter}+)+\Z" for letter in "abcde"]
    assert slow(evil, patience_s=0.3) == set(evil)


def test_what_cannot_be_measured_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    for program in ("", "/nowhere/python", "/bin/false"):
        monkeypatch.setattr("sys.executable", program)
        with pytest.raises(OSError, match=r"."):
            slow(["a+"])


def test_the_texts_are_long_and_nearly_match() -> None:
    for before, unit, times, after in texts(r"k_(?:live|test)_[a-z]{20,}(?:-[0-9]+)*"):
        assert LENGTH // 2 < len(unit) * times <= LENGTH
        assert len(before) <= LENGTH
        assert after == "\0"
    assert {unit for _, unit, _, _ in texts("[a-c][c-e]+x")} >= {"a", "c", "x"}


def test_no_bundled_pattern_is_costly() -> None:
    patterns = {shape.pattern for rule in load() for shape in rule.formats}
    patterns |= {pattern for rule in load() for pattern in rule.not_secret}
    assert {pattern: why for pattern in patterns if (why := costly(pattern))} == {}


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("ghp_[0-9A-Za-z]{36}", '"ghp_", then 36 letters or digits'),
        (r"a\.b", '"a.b"'),
        ("(?:live|test)_[a-z]{2,3}", '"live" or "test", then "_", then 2 to 3 small letters'),
        ("k(?:a|b[0-9])x", '"k", then "a" or ("b", then one of digits), then "x"'),
        ("x?[0-9a-f_-]+", 'perhaps "x", then 1 or more hex digits or - _'),
        ("[A-L2-7][.]", 'one of 2-7 A-L, then "."'),
        ("(?:ab){3}", '3 times "ab"'),
        (r"\w{4}[^a]", "4 characters, then one of characters"),
        ("[a-zA-Z]", "one of letters"),
    ],
)  # fmt: skip
def test_patterns_in_words(pattern: str, words: str) -> None:
    assert prose.told(pattern) == words


def test_every_bundled_pattern_has_words() -> None:
    for rule in load():
        for shape in rule.formats:
            said = prose.told(shape.pattern)
            assert said


def test_random_patterns_never_hang_the_judge() -> None:
    random = Random(5)
    pieces = ["a", "[a-z]", "(?:a|b)", "+", "*", "?", "{2,5}", "(?:ab?)", "-", r"\d", "|"]
    start = time.process_time()
    tried = 0
    for _ in range(2000):
        pattern = "".join(random.choices(pieces, k=random.randint(1, 9)))
        try:
            re.compile(pattern)
        except (re.error, ValueError):
            continue
        if re.search(r"[+*?}]\+", pattern):
            continue  # possessive, which is refused before
        tried += 1
        costly(pattern)
    assert tried > 200
    assert time.process_time() - start < 10
