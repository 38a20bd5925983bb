"""The lines of an ignore list: what they cover, what is refused, and that they lead nowhere else."""

from __future__ import annotations

import time

import pytest

from unsprawl.scanner.ignore import IgnoreList, parse

PRINT = "0123456789abcdef01234567"


def listed(*lines: str, folder: str = "/r", homes: tuple[str, ...] = (), folded: bool = False) -> IgnoreList:
    found, problems = parse("\n".join(lines), f"{folder}/.unsprawlignore", folder, homes=homes, folded=folded)
    assert problems == []
    return found


def refused(line: str, homes: tuple[str, ...] = ()) -> str:
    found, (problem,) = parse(f"# first\n{line}\n", "/r/.unsprawlignore", "" if homes else "/r", homes=homes)
    assert not found.prints
    assert not found.globs
    assert problem.line == 2
    assert problem.code == "ignore-list"
    return problem.message


@pytest.mark.parametrize(
    ("pattern", "covered", "left"),
    [
        ("a.json", ["/r/a.json", "/r/x/a.json", "/r/x/y/a.json"], ["/r/a.json5", "/r/ba.json"]),
        ("/a.json", ["/r/a.json"], ["/r/x/a.json"]),
        ("./a.json", ["/r/a.json"], ["/r/x/a.json"]),
        ("x/a.json", ["/r/x/a.json"], ["/r/a.json", "/r/y/x/a.json"]),
        ("x/**", ["/r/x/a.json", "/r/x/y/z/a.json"], ["/r/xy/a.json", "/r/y/x/a.json", "/r/x"]),
        ("x/", ["/r/x/a.json", "/r/y/x/a.json"], ["/r/x"]),
        ("x", ["/r/x/a.json", "/r/y/x/b", "/r/x"], ["/r/xx/a"]),
        ("**/x/*.json", ["/r/x/a.json", "/r/p/q/x/a.json"], ["/r/x/a.toml"]),
        ("x/**/a.json", ["/r/x/a.json", "/r/x/y/z/a.json"], ["/r/a.json"]),
        ("*.json", ["/r/a.json", "/r/x/.mcp.json"], ["/r/a.toml"]),
        ("x/*", ["/r/x/a", "/r/x/y/a"], ["/r/y/a"]),
        ("x?.json", ["/r/xa.json"], ["/r/x.json", "/r/x/.json"]),
        ("[ab].json", ["/r/a.json"], ["/r/c.json"]),
        ("[!ab].json", ["/r/c.json"], ["/r/a.json"]),
        (r"a\*.json", ["/r/a*.json"], ["/r/ab.json"]),
        ("with blank.json", ["/r/with blank.json"], ["/r/with"]),
        ("a.json # why", ["/r/a.json"], ["/r/a.json # why"]),
        ("a#b.json", ["/r/a#b.json"], ["/r/a"]),
        ("**", ["/r/a", "/r/x/y/z"], []),
        ("*", ["/r/a", "/r/x/y/z"], []),
        ("**/", ["/r/x/y"], []),
    ],
)
def test_globs(pattern: str, covered: list[str], left: list[str]) -> None:
    found = listed(pattern)
    outside = ["/", "/r2/a.json", "/a.json", "/x/a.json", "/R/a.json", "/q/r/a.json"]
    assert [path for path in [*covered, *left, *outside] if found.silences("", path)] == covered


def test_case() -> None:
    assert listed("X/A.json", folded=True).silences("", "/r/x/a.json")
    assert not listed("X/A.json").silences("", "/r/x/a.json")


@pytest.mark.parametrize("line", [PRINT, f"{PRINT} # why", f"{PRINT}  why", f"  {PRINT}\t# why "])
def test_fingerprints(line: str) -> None:
    found = listed("", "# a comment", line)
    number, note = found.silences(PRINT, "/r/x") or (0, "")
    assert (number, note) == (3, "why" if "why" in line else "")
    assert found.silences(PRINT[::-1], "/r/x") is None
    assert found.silences(PRINT, "/other/x") is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!a.json", "taken back"),
        ("../**", "leads out"),
        ("a/../../b", "leads out"),
        ("..", "leads out"),
        ("/../etc", "leads out"),
        ("~/x", "for your own"),
        (PRINT[:-1], "24 hex"),
        (PRINT + "0", "24 hex"),
        (PRINT.upper(), "24 hex"),
        ("/", "no path"),
        ("./", "no path"),
        ("x" * 1001, "longer"),
        ("a/" * 65, "longer"),
    ],
)
def test_lines_that_are_refused(line: str, why: str) -> None:
    assert why in refused(line)


def test_an_absolute_path_begins_at_the_list() -> None:
    found = listed("/home/u/**", "/home/u/.claude.json")
    assert found.silences("", "/home/u/.claude.json") is None
    assert found.silences("", "/r/home/u/.claude.json")


def test_the_users_own_list() -> None:
    found = listed("~/a/**", "/srv/**", "name.json", "**/x/y", PRINT, folder="", homes=("/home/[u]", "/h"))
    for path in ("/home/[u]/a/b", "/h/a/b", "/srv/x", "/any/name.json", "/any/x/y"):
        assert found.silences("", path), path
        assert found.silences(PRINT, "/anywhere")
    for path in ("/home/u/a/b", "/home/[u]/b", "/x/srv/x", "/home/[u]/~/a/b"):
        assert found.silences("", path) is None, path
    assert listed("~/", folder="", homes=("/h",)).silences("", "/h/x")
    assert "begin with" in refused("a/b", ("/h",))
    assert "leads out" in refused("~/../x", ("/h",))


def test_a_list_of_nothing_but_nonsense_is_bounded() -> None:
    found, problems = parse("!x\n" * 30_000, "/r/l", "/r")
    assert (found.prints, found.globs) == ({}, ())
    assert len(problems) == 21
    assert "9981 more" in problems[-1].message


def test_hostile_patterns_take_no_time() -> None:
    steps = "/".join(["**", "*a" * 10 + "z"] * 20)
    text = "\n".join([steps, "*a" * 400 + "z", "**/" * 60 + "x", "[" * 900, "/".join(["*?" * 7] * 60) + "z"])
    found, _ = parse(text, "/r/l", "/r")
    start = time.process_time()
    assert found.silences("", "/r/" + "/".join(["a" * 200] * 20) + "/b") is None
    assert time.process_time() - start < 2.0
