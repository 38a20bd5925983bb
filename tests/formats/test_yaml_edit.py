"""Edits on YAML: what they change, in whose style, and what they refuse."""

from __future__ import annotations

import re
from typing import Any

import generated_documents
import pytest
import yaml
from generated_documents import containers, dig, edited, paths, plain
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from unsprawl.scanner.formats.node import Edit, Node, Path, Span, apply_edits
from unsprawl.scanner.formats.yaml_codec import YAML

moderate = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])


def is_short(value: Any) -> bool:
    """Whether it has no number of more digits than are read as a number."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(map(is_short, inner)) and not (isinstance(value, (int, float)) and len(repr(value)) > 18)


OBJECTS = generated_documents.OBJECTS.filter(bool).filter(is_short)
VALUES = generated_documents.VALUES.filter(is_short)


class Indented(yaml.SafeDumper):
    """Dashes further in than the key, as most people write lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


@st.composite
def yaml_texts(draw: st.DrawFn, value: Any) -> str:
    """A value in one of many spellings, with comments where they cannot be taken for text."""
    text = yaml.dump(
        value,
        Dumper=draw(st.sampled_from([yaml.SafeDumper, Indented])),
        default_flow_style=draw(st.sampled_from([False, None, True])),
        default_style=draw(st.sampled_from([None, None, '"', "'", "|"])),
        indent=draw(st.sampled_from([2, 4])),
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
        allow_unicode=draw(st.booleans()),
        width=draw(st.sampled_from([20, 1000])),
        sort_keys=False,
        explicit_start=draw(st.booleans()),
    )
    if draw(st.booleans()):
        text = commented(draw, text, value)
    if draw(st.booleans()) and not text.endswith(("...\n", "...\r\n")):
        shorter = text.rstrip("\r\n")
        text = shorter if same(shorter, value) else text
    assume(not YAML.parse(text).flaws and same(text, value))
    assume(not re.search(r"(^|[\s{,\[-])\?(\s|$)", text))  # keys that are written so are refused, see below
    return text


def commented(draw: st.DrawFn, text: str, value: Any) -> str:
    lines = text.splitlines(keepends=True)
    for at in sorted(draw(st.sets(st.integers(0, len(lines)), max_size=4)), reverse=True):
        comment = draw(st.sampled_from(["# c", "  # - c: d", "      # {"]))
        longer = [*lines[:at], f"{comment}\n", *lines[at:]]
        if same("".join(longer), value):
            lines = longer
    for at in range(len(lines)):
        if draw(st.integers(0, 3)) == 0:
            stripped = lines[at].rstrip("\r\n")
            longer = [*lines[:at], f"{stripped} # e{lines[at][len(stripped) :]}", *lines[at + 1 :]]
            if same("".join(longer), value):
                lines = longer
    return "".join(lines)


def same(text: str, value: Any) -> bool:
    try:
        root = YAML.parse(text).root
        return root is not None and plain(root) == value and yaml.safe_load(text) == value
    except yaml.YAMLError:
        return False


def is_scalar(value: Any, path: Path) -> bool:
    """Whether no comment can stand within the value."""
    return not isinstance(dig(value, path), (dict, list))


def root_of(text: str) -> Node:
    parsed = YAML.parse(text)
    assert not parsed.flaws
    assert parsed.root is not None
    return parsed.root


def check(text: str, edits: tuple[Edit, ...], expected: Any, *, whole: bool = True) -> None:
    after = apply_edits(text, edits)
    assert plain(root_of(after)) == expected
    assert yaml.safe_load(after) == expected
    if whole:
        assert after.count("# c") == text.count("# c")  # on lines of their own, they are nobody's


@moderate
@given(st.data(), OBJECTS)
def test_remove(data: st.DataObject, value: Any) -> None:
    text = data.draw(yaml_texts(value))
    path = data.draw(st.sampled_from(paths(value)))
    check(
        text, YAML.remove_edits(text, root_of(text), path), edited(value, path, "remove"), whole=is_scalar(value, path)
    )


@moderate
@given(st.data(), OBJECTS, VALUES)
def test_replace(data: st.DataObject, value: Any, new: Any) -> None:
    text = data.draw(yaml_texts(value))
    path = data.draw(st.sampled_from(paths(value)))
    check(
        text,
        YAML.replace_edits(text, root_of(text), path, new),
        edited(value, path, "replace", new),
        whole=is_scalar(value, path),
    )


@moderate
@given(st.data(), OBJECTS, VALUES)
def test_insert(data: st.DataObject, value: Any, new: Any) -> None:
    text = data.draw(yaml_texts(value))
    parent = data.draw(st.sampled_from(containers(value)))
    inside = dig(value, parent)
    step = data.draw(st.integers(0, len(inside))) if isinstance(inside, list) else "NEW"
    edits = YAML.insert_edits(text, root_of(text), (*parent, step), new)
    check(text, edits, edited(value, (*parent, step), "insert", new))


@moderate
@given(st.data(), OBJECTS, st.text(alphabet="ab \\\"'#:-{},$\té", max_size=6))
def test_part(data: st.DataObject, value: Any, new: str) -> None:
    text = data.draw(yaml_texts(value))
    texts = [path for path in paths(value) if isinstance(dig(value, path), str)]
    assume(texts)
    path = data.draw(st.sampled_from(texts))
    old = dig(value, path)
    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    try:
        edits = YAML.part_edits(text, root_of(text), path, start, end, new)
    except ValueError:
        assert "|" in text or ">" in text  # blocks of lines cannot hold everything
        return
    changed = edited(value, path, "replace", old[:start] + new + old[end:])
    if plain(root_of_any(apply_edits(text, edits))) != changed:
        assert "|" in text or ">" in text  # what was planned is compared with what came out, and refused
        return
    check(text, edits, changed)


def root_of_any(text: str) -> Node:
    root = YAML.parse(text).root
    assert root is not None
    return root


GOOSE = """\
# mine
extensions:
  github: # of work
    cmd: npx
    args:
      - -y
      - '@scope/server'
    envs: {}
    env_keys: []
    timeout: 300

  # the other
  jira:
    envs:
      JIRA_TOKEN: hush # old
      # who
      JIRA_USER: me
    cmd: uvx
"""


@pytest.mark.parametrize(
    ("how", "path", "new", "old_lines", "new_lines"),
    [
        ("remove", ("extensions", "jira", "envs", "JIRA_TOKEN"), None, "      JIRA_TOKEN: hush # old\n", ""),
        ("remove", ("extensions", "jira", "cmd"), None, "    cmd: uvx\n", ""),
        ("remove", ("extensions", "github", "args", 0), None, "      - -y\n", ""),
        ("insert", ("extensions", "github", "args", 0), "run", "      - -y\n", "      - run\n      - -y\n"),
        ("insert", ("extensions", "github", "args", 0), "--", "      - -y\n", "      - '--'\n      - -y\n"),
        ("insert", ("extensions", "github", "args", 2), "a: b", "server'\n", "server'\n      - 'a: b'\n"),
        ("insert", ("extensions", "github", "new"), {"a": ["b"]}, ": 300\n", ": 300\n    new:\n      a:\n        - b\n"),  # noqa: E501
        ("insert", ("extensions", "github", "envs", "K"), "${V}", "envs: {}", 'envs: {K: \'${V}\'}'),
        ("insert", ("extensions", "github", "env_keys", 0), "K", "env_keys: []", "env_keys: [K]"),
        ("replace", ("extensions", "github", "cmd"), "/bin/x", "cmd: npx", "cmd: /bin/x"),
        ("replace", ("extensions", "github", "args", 1), "yes", "'@scope/server'", "'yes'"),
        ("replace", ("extensions", "jira", "envs"), {}, GOOSE[GOOSE.index("envs:\n") : GOOSE.index("    cmd: uvx")], "envs: {}\n"),  # noqa: E501
        ("replace", ("extensions", "github", "timeout"), "300", "timeout: 300", "timeout: '300'"),
    ],
)  # fmt: skip
def test_in_the_files_own_style(how: str, path: Path, new: Any, old_lines: str, new_lines: str) -> None:
    assert GOOSE.count(old_lines) == 1
    root = root_of(GOOSE)
    edits = {
        "remove": lambda: YAML.remove_edits(GOOSE, root, path),
        "insert": lambda: YAML.insert_edits(GOOSE, root, path, new),
        "replace": lambda: YAML.replace_edits(GOOSE, root, path, new),
    }[how]()
    assert apply_edits(GOOSE, edits) == GOOSE.replace(old_lines, new_lines)


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a:\n  b: 1\n", ("a", "b"), "a: {}\n"),
        ("a: # c\n  b: 1\n", ("a", "b"), "a: # c\n    {}\n"),
        ("a:\n- 1\n", ("a", 0), "a: []\n"),
        ("a: # c\n- 1\n", ("a", 0), "a: # c\n  []\n"),
        ("- a: 1\n  b: 2\n", (0, "a"), "- b: 2\n"),
        ("- a: 1 # x\n  # y\n  b: 2\n", (0, "a"), "- # y\n  b: 2\n"),
        ("- - 1\n  - 2\n- 3\n", (0, 0), "- - 2\n- 3\n"),
        ("- - 1\n- 3\n", (0, 0), "- []\n- 3\n"),
        ("a: |\n  x\n  y\n\nb: 1\n", ("a",), "\nb: 1\n"),
        ("a: 1\nb: 2", ("b",), "a: 1"),
        ("a: {b: 1, c: 2}\n", ("a", "b"), "a: {c: 2}\n"),
        ("a: [\n  1, # x\n  2\n]\n", ("a", 0), "a: [\n  2\n]\n"),
        ("b: 1\n", ("b",), "{}\n"),
    ],
)
def test_what_goes_with_a_removed_value(before: str, path: Path, after: str) -> None:
    assert apply_edits(before, YAML.remove_edits(before, root_of(before), path)) == after


@pytest.mark.parametrize(
    ("before", "start", "end", "new", "after"),
    [
        ("k: Bearer hush\n", 7, 11, "${TOKEN}", "k: Bearer ${TOKEN}\n"),
        ("k: {a: Bearer hush}\n", 7, 11, "${TOKEN}", 'k: {a: "Bearer ${TOKEN}"}\n'),
        ("k: hush\n", 0, 4, "{env:T}", 'k: "{env:T}"\n'),
        ("k: hush\n", 0, 4, "${{ secrets.T }}", "k: ${{ secrets.T }}\n"),
        ("k: hush # c\n", 0, 4, "yes", 'k: "yes" # c\n'),
        ("k: 'hush'\n", 0, 4, "it's", "k: 'it''s'\n"),
        ('k: "hush"\n', 0, 4, '"\n', 'k: "\\"\\n"\n'),
        ("k: 'hush'\n", 0, 4, "\n", 'k: "\\n"\n'),
        ("k: >-\n  Bearer\n  hush\n", 7, 11, "${T}", "k: >-\n  Bearer\n  ${T}\n"),
        ('k: |\n  {"x": "hush"}\n', 7, 11, "${T}", 'k: |\n  {"x": "${T}"}\n'),
    ],
)
def test_parts(before: str, start: int, end: int, new: str, after: str) -> None:
    root = root_of(before)
    path: Path = ("k", "a") if "{a:" in before else ("k",)
    assert apply_edits(before, YAML.part_edits(before, root, path, start, end, new)) == after


@pytest.mark.parametrize("end", ["\x85", "\u2028", "\u2029"])
def test_a_block_with_line_ends_that_readers_differ_about_is_left_alone(end: str) -> None:
    text = f"k: |\n  ::{end}"
    with pytest.raises(ValueError, match="cannot hold"):
        YAML.part_edits(text, root_of(text), ("k",), 3, 3, ":")


SHARED = """\
base: &base
  TOKEN: hush
one:
  env: *base
two:
  env:
    <<: *base
    OTHER: x
three: &hush hush
four: *hush
"""


@pytest.mark.parametrize(
    "path", [("one", "env", "TOKEN"), ("two", "env", "TOKEN"), ("four",)], ids=lambda path: "-".join(map(str, path))
)
def test_what_an_alias_repeats_is_not_changed_through_it(path: Path) -> None:
    root = root_of(SHARED)
    with pytest.raises(ValueError, match="anchor"):
        YAML.part_edits(SHARED, root, path, 0, 4, "x")
    if path != ("four",):
        with pytest.raises(ValueError, match=r"anchor|own"):
            YAML.remove_edits(SHARED, root, path)


@pytest.mark.parametrize(
    ("path", "after"),
    [
        (("four",), SHARED.replace("four: *hush\n", "")),
        (("one", "env"), SHARED.replace("one:\n  env: *base\n", "one: {}\n")),
    ],
)
def test_an_alias_itself_can_go(path: Path, after: str) -> None:
    assert apply_edits(SHARED, YAML.remove_edits(SHARED, root_of(SHARED), path)) == after


def test_own_pairs_beside_a_merge() -> None:
    root = root_of(SHARED)
    added = apply_edits(SHARED, YAML.insert_edits(SHARED, root, ("two", "env", "NEW"), "z"))
    assert added == SHARED.replace("    OTHER: x\n", "    OTHER: x\n    NEW: z\n")
    with pytest.raises(ValueError, match="anchor"):
        YAML.remove_edits(SHARED, root, ("two", "env", "OTHER"))


@pytest.mark.parametrize("text", ["? a\n: 1\n", "{? a : 1}\n", "- ? a\n  : 1\n"])
def test_keys_with_a_question_mark_are_left_alone(text: str) -> None:
    path: Path = (0, "a") if text.startswith("-") else ("a",)
    with pytest.raises(ValueError, match="placed"):
        YAML.remove_edits(text, root_of(text), path)


@pytest.mark.parametrize("text", ["a: 1\n", "- 1\n"])
def test_no_place(text: str) -> None:
    root = root_of(text)
    for attempt in (
        lambda: YAML.insert_edits(text, root, (), 1),
        lambda: YAML.insert_edits(text, root, ("a",), 1),
        lambda: YAML.insert_edits(text, root, (7,), 1),
        lambda: YAML.remove_edits(text, root, ()),
        lambda: YAML.remove_edits(text, root, ("x",)),
        lambda: YAML.replace_edits(text, root, (7,), 1),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            attempt()


def test_spans_touch_nothing_else() -> None:
    root = root_of(GOOSE)
    for edit in YAML.part_edits(GOOSE, root, ("extensions", "jira", "envs", "JIRA_TOKEN"), 0, 4, "${J}"):
        assert edit.span == Span(GOOSE.index("hush"), GOOSE.index("hush") + 4)
