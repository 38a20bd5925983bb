"""The YAML codec: values as PyYAML reads them, exact places, and what is left of broken text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from generated_documents import OBJECTS, plain
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.scanner.formats import yaml_events, yaml_lines
from unsprawl.scanner.formats.json_strict import MAX_DEPTH
from unsprawl.scanner.formats.node import Codec, Kind, Node, Parsed, Path, at
from unsprawl.scanner.formats.yaml_codec import YAML, read
from unsprawl.scanner.formats.yaml_events import MAX_REPEATED

moderate = settings(deadline=None, max_examples=150)
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if yaml.__with_libyaml__ else [])]

GOOSE = """\
# goose
GOOSE_PROVIDER: openai
extensions:
  github: # of mine
    enabled: true
    type: stdio
    cmd: npx
    args: [-y, "@scope/server", '--it''s']
    envs:
      GITHUB_TOKEN: hush
      OTHER: "a\\tb\\u00e9"
    timeout: 300
  remote:
    enabled: false
    uri: https://x/mcp
    headers:
      Authorization: >-
        Bearer
        hush
"""


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def any_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(yaml_events, "loader", lambda: request.param)
    return request.param


def root_of(text: str) -> Node:
    parsed = YAML.parse(text)
    assert not parsed.flaws
    assert parsed.root is not None
    return parsed.root


def strings(node: Node) -> Iterator[Node]:
    """All string leaves."""
    if node.kind is Kind.STRING:
        yield node
    for child in [*(member.value for member in node.members), *node.items]:
        yield from strings(child)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in [*(member.value for member in node.members), *node.items]:
        yield from nodes(child)


def depth(root: Node) -> int:
    found, level = 0, [root]
    while level:
        found, level = found + 1, [c for n in level for c in [*(m.value for m in n.members), *n.items]]
    return found


def everything(parsed: Parsed) -> list[Node]:
    return [] if parsed.root is None else [parsed.root, *parsed.others]


def check_parts(codec: Codec, text: str, node: Node) -> None:
    """Each letter of a value stands where `part_span` says: another one put there is read in its place."""
    value = node.text()
    assert value is not None
    assert codec.part_span(text, node, 0, len(value)).start >= node.span.start
    assert codec.part_span(text, node, 0, len(value)).end <= node.span.end
    before = node.span.start
    for index, char in enumerate(value):
        span = codec.part_span(text, node, index, index + 1)
        assert before <= span.start < span.end <= node.span.end
        before = span.start
        if char.isascii() and char.isalnum() and text[span.start : span.end] == char:
            other = "z" if char != "z" else "y"
            changed = codec.parse(text[: span.start] + other + text[span.end :])
            assert value[:index] + other + value[index + 1 :] in [
                leaf.value for root in everything(changed) for leaf in strings(root) if leaf.span == node.span
            ]


@pytest.mark.usefixtures("any_loader")
@pytest.mark.parametrize(
    "text",
    [
        GOOSE,
        GOOSE.replace("\n", "\r\n"),
        GOOSE.removesuffix("\n"),
        "a: b",
        "- a\n- - b\n  - c\n-\n  d: e\n",
        "a:\n- b\n- c\nd: {e: [f, {g: h}], i: }\n",
        "? a\n: b\n? - c\n: d\n",
        "a: 'x\n\n  y  \n  z'\nb: \"x \\\n   y\\\n\n   z\n\n\n  w\\ \n  v\"\nc: x\n  y\n\n  z # c\n",
        "a: |\n  x\n   y\n\n  z\nb: |-\n  x\n\nc: |+\n  x\n\n\nd: |2\n    x\n   y\ne: |\n\n\nf: |\n \n\n  x\n",
        "a: >\n  x\n  y\n\n  z\n   more\n  indented\n\n\n  end\nb: >+\n  x\n\n\nc: >-\n\n  x\n  y\n\n",
        "a: |\n  x",
        "a: >\n  x\n  y",
        "a: |+2 # about\n   x\n\n",
        "- |\n x\n- >\n  y\n-\n",
        "a: é\nb: 😀 \"x\"\n'c 😀': \"\\U0001F600é\"\n",
        "a: &x b\nc: !!str 1\nd: &y !t\n  e: f\ng: !<t> &z [h]\ni: !!str\nj: &w\nk: &v >-\n  text\n",
        '{"a": {"b": ["c", 1, true, null], "d": ""}}',
        "a: 'x'\n...\n",
        "%YAML 1.1\n---\na: b\n",
        "a: x#y\nb: '#'\nc: \"# no\"\n",
        "<<: x\na: b\n",
        "a: {<<: [1], b: c}\n",
    ],
)  # fmt: skip
def test_reads_as_pyyaml(text: str) -> None:
    parsed = YAML.parse(text)
    assert parsed.flaws == ()
    assert [base(root) for root in everything(parsed)] == list(as_text(text))
    for root in everything(parsed):
        for leaf in strings(root):
            check_parts(YAML, text, leaf)


def as_text(text: str) -> Iterator[Any]:
    """The documents with all scalars as text, no merging, keys that are no scalars as ""."""

    def value(node: yaml.Node) -> Any:
        if isinstance(node, yaml.MappingNode):
            return [(k.value if isinstance(k, yaml.ScalarNode) else "", value(v)) for k, v in node.value]
        return [value(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else node.value

    return map(value, yaml.compose_all(text, Loader=yaml.SafeLoader))


def base(node: Node) -> Any:
    """A tree in the same form; what is no string is compared elsewhere."""
    if node.kind is Kind.OBJECT:
        return [(member.key, base(member.value)) for member in node.members]
    if node.kind is Kind.ARRAY:
        return [base(item) for item in node.items]
    return node.value if node.kind is Kind.STRING else Whatever()


class Whatever:
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True), ("False", False), ("ON", True), ("no", False), ("y", "y"), ("~", None), ("Null", None),
        ("", None),
        ("12", 12), ("-1_000", -1000), ("0x1F", 31), ("0o17", 15), ("017", 15), ("0b11", 3), ("+5", 5), ("0", 0),
        ("1.5", 1.5), ("-.5", -0.5), ("1.5e3", 1500.0), (".inf", float("inf")), ("-.INF", float("-inf")),
        ("1:30", "1:30"), ("2024-01-02", "2024-01-02"), ("1.2.3", "1.2.3"), ("0x", "0x"), ("12e5", "12e5"),
        ("08", "08"),
        ("1" * 20, int("1" * 20)), ("1" * 21, "1" * 21), ("0x" + "a" * 40, "0x" + "a" * 40), ("'true'", "true"),
        ('"12"', "12"), ("!!str 12", "12"), ("!x true", "true"), ("-", "-"), ("trUe", "trUe"), ("+", "+"),
    ],
)  # fmt: skip
def test_plain_scalars_have_the_core_types(written: str, value: Any) -> None:
    node = at(root_of(f"k: {written}" if written != "-" else "k: '-'"), ("k",))
    assert node is not None
    assert (type(node.value), node.value) == (type(value), value)


def test_places() -> None:
    root = root_of(GOOSE)
    token = at(root, ("extensions", "github", "envs", "GITHUB_TOKEN"))
    header = at(root, ("extensions", "remote", "headers", "Authorization"))
    entry = at(root, ("extensions", "github"))
    assert token is not None and header is not None and entry is not None  # noqa: PT018
    assert GOOSE[slice(*token.span)] == "hush"
    assert header.value == "Bearer hush"
    assert GOOSE[slice(*YAML.part_span(GOOSE, header, 7, 11))] == "hush"
    assert GOOSE[slice(*YAML.part_span(GOOSE, header, 0, 11))] == "Bearer\n        hush"
    assert GOOSE[slice(*header.span)].startswith(">-")
    assert GOOSE[entry.span.start :].startswith("enabled: true")
    assert GOOSE[: entry.span.end].endswith("timeout: 300")
    args = at(entry, ("args",))
    assert args is not None
    assert GOOSE[slice(*args.span)] == """[-y, "@scope/server", '--it''s']"""


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 5), (3, 2)])
def test_no_part_outside_the_value(start: int, end: int) -> None:
    node = at(root_of("k: 'abcd'"), ("k",))
    assert node is not None
    with pytest.raises(ValueError, match="not a part"):
        YAML.part_span("k: 'abcd'", node, start, end)


def test_no_part_of_what_is_no_string() -> None:
    with pytest.raises(ValueError, match="not a string"):
        YAML.part_span("k: 1", root_of("k: 1"), 0, 0)


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("a: b # c\n", True),
        ("# c\na: b", True),
        ("a: [x, # c\n y]", True),
        ("a: 'b # c'\n", False),
        ("a: b#c\n", False),
        ("a: |\n  # text\n", False),
        ("a: |\n  text\n# c\n", True),
        ("a: [\n", False),
        ("a: [\n# c", True),
        ("a: @x # c", True),
    ],
)
def test_comments_are_seen(text: str, comments: bool) -> None:
    assert YAML.parse(text).comments is comments


def test_only_comments_are_an_empty_file() -> None:
    assert YAML.parse("# nothing\n") == Parsed(None, (), True)


# --- aliases, merges, documents, names written twice


ANCHORED = """\
x-defaults: &defaults
  command: npx
  env: &env {TOKEN: hush}
mcpServers:
  a: *defaults
  b:
    <<: *defaults
    command: uvx
  c:
    <<: [{command: first, one: 1}, *defaults]
    env:
      <<: *env
      OWN: mine
"""


@pytest.mark.usefixtures("any_loader")
def test_aliases_and_merges_are_followed() -> None:
    root = root_of(ANCHORED)
    token = ANCHORED.index("hush")
    for path in [("a", "env", "TOKEN"), ("b", "env", "TOKEN"), ("c", "env", "TOKEN")]:
        node = at(root, ("mcpServers", *path))
        assert node is not None
        assert node.value == "hush"
        assert node.span.start == token
    servers = root.get("mcpServers")
    assert servers is not None
    found = plain(servers)
    assert found == {
        "a": {"command": "npx", "env": {"TOKEN": "hush"}},
        "b": {"command": "uvx", "env": {"TOKEN": "hush"}},
        "c": {"command": "first", "one": 1, "env": {"TOKEN": "hush", "OWN": "mine"}},  # the first named one wins
    }
    # What the entry's own pair covers stands in the file all the same.
    b = servers.get("b")
    assert b is not None
    assert [m.value.value for m in b.members if m.key == "command"] == ["npx", "uvx"]


def test_a_key_may_be_an_alias() -> None:
    assert plain(root_of("a: &k name\n*k : 1\nb: &n 12\n*n : 2\n")) == {"a": "name", "name": 1, "b": 12, "12": 2}


@pytest.mark.parametrize("text", ["a: *nobody\n", "a: &a [*a]\n", "a: &x 1\n---\nb: *x\n"])
def test_an_alias_without_its_anchor_is_told(text: str) -> None:
    parsed = YAML.parse(text)
    assert [flaw.message for flaw in parsed.flaws] == ["an alias without its anchor"]
    assert text[parsed.flaws[0].offset] == "*"


def test_an_anchor_may_be_set_again() -> None:
    assert plain(root_of("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")) == {"a": 1, "b": 1, "c": 2, "d": 2}


@pytest.mark.usefixtures("any_loader")
def test_aliases_cannot_blow_up() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]" for n in range(1, 30)]
    parsed = YAML.parse("\n".join(lines))
    assert parsed.root is not None
    assert sum(1 for _ in nodes(parsed.root)) < 2 * MAX_REPEATED
    assert {flaw.message for flaw in parsed.flaws} == {"aliases repeat too much"}
    assert len(parsed.flaws) <= 100


def test_aliases_cannot_nest_without_end() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 2 * MAX_DEPTH))]
    parsed = YAML.parse("\n".join(lines))
    assert {flaw.message for flaw in parsed.flaws} == {"aliases repeat too much"}
    assert parsed.root is not None
    assert sum(1 for _ in nodes(parsed.root)) > MAX_DEPTH  # recursion was deep, not too deep


@pytest.mark.usefixtures("any_loader")
@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "- " * 5000, "? " * 5000, "[" * 150 + "]" * 149])
def test_deep_nesting_is_a_flaw(text: str) -> None:
    parsed = YAML.parse(text)
    assert len(parsed.flaws) == 1
    for root in everything(parsed):
        assert depth(root) <= MAX_DEPTH + 1


def test_documents_are_kept_apart() -> None:
    parsed = YAML.parse("a: 1\n---\nb: 2\n...\n---\n- c\n")
    assert [plain(root) for root in everything(parsed)] == [{"a": 1}, {"b": 2}, ["c"]]


def test_a_key_written_twice_stays_twice() -> None:
    root = root_of("a: 1\nb: 2\na: 3\n")
    assert [(member.key, member.value.value) for member in root.members] == [("a", 1), ("b", 2), ("a", 3)]


# --- characters


@pytest.mark.usefixtures("any_loader")
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('k: "\\ud83d\\ude00 x"', "😀 x"),
        ('k: "\\ud83d x"', "\ud83d x"),
        ("k: x\u2028y\x85z", "x\u2028y\x85z"),
        ("k: 'x\u2029y'", "x\u2029y"),
        ("k: a\udc80b", "a\udc80b"),
        ("k: \\ud83d\\ude00", "\\ud83d\\ude00"),
        ('k: "\\\\ud83d"', "\\ud83d"),
        ("k: a\x07b", "a\x07b"),
        ("k: a\ufeffb", "a\ufeffb"),
        ("\ufeffk: ab", "ab"),
    ],
)
def test_characters_that_stop_the_parser_are_read(text: str, value: str) -> None:
    parsed = YAML.parse(text)
    assert parsed.root is not None
    node = at(parsed.root, ("k",))
    assert node is not None
    assert node.value == value
    check_parts(YAML, text, node)
    forbidden = [offset for offset, char in enumerate(text) if char in "\x07\ufeff\udc80"]
    assert [(flaw.offset, flaw.message) for flaw in parsed.flaws] == [
        (offset, "a character that YAML does not allow") for offset in forbidden
    ]


def test_a_key_may_be_long() -> None:
    long = "k" * 3000
    parsed = YAML.parse(f"a: b\n{long}: hush\n")
    assert parsed.flaws
    assert parsed.root is not None
    assert plain(parsed.root) == {"a": "b", long: "hush"}


# --- broken text


@pytest.mark.parametrize(
    ("text", "found", "line", "said"),
    [
        ("a:\n\tb: hush\n", {"a": {"b": "hush"}}, 2, "a tab where YAML wants spaces"),
        ("apiKey: @foo\nb: hush\n", {"apiKey": "@foo", "b": "hush"}, 1, "put the value in quotes"),
        ("a: `x`\nb: hush\n", {"a": "`x`", "b": "hush"}, 1, "put the value in quotes"),
        ("a: \"x\nb: hush\n", {"a": "x", "b": "hush"}, 3, "a quote is not closed"),
        ("a: 'x\nb: hush\n", {"a": "x", "b": "hush"}, 3, "a quote is not closed"),
        ("a:\n    b: x\n  c: hush\n", {"a": {"b": "x", "c": "hush"}}, 3, "wrong indentation"),
        ("  a: x\nb: hush\n", {"a": "x", "b": "hush"}, 2, ""),
        ("a: [x, ${{ secrets.S }}, 'hush']\n", {"a": ["x", "${{ secrets.S }}", "hush"]}, 1, "needs quotes"),
        ("a: [x, y\nb: hush\n", {"a": ["x", "y"], "b": "hush"}, 2, "a bracket is not closed"),
        ("a: {x: 1, y: hush\nb: 2\n", {"a": {"x": 1, "y": "hush"}, "b": 2}, 2, "a bracket is not closed"),
        ("a: b: hush\nc: d\n", {"a": "b: hush", "c": "d"}, 1, "needs quotes"),
        ("a: x\nKEY:hush\nc: d\n", {"a": "x", "KEY": "hush", "c": "d"}, 3, "a colon is missing"),
        ("a:\n- x\n- b: y\n   c: hush\n", {"a": ["x", {"b": "y", "c": "hush"}]}, 4, ""),
        ("a: \"\\q hush\"\n", {"a": "q hush"}, 1, "an escape that YAML does not have"),
        ("<<<<<<< HEAD\na: hush\n=======\na: other\n>>>>>>> x\n", {"a": "other", "": ">>>>>>> x"}, 2, ""),
        ("a: |\n  x\n  hush\n# c\nb: @c\n", {"a": "x\nhush\n", "b": "@c"}, 5, ""),
        ("a: >-\n  x\n  hush\nb: @c\n", {"a": "x hush", "b": "@c"}, 4, ""),
        ("a: '''\n  hush\n  ' x\nb: @c\n", {"a": "' hush ", "b": "@c"}, 3, ""),
        ("a: [\n  x, # c\n  \"hush\"\n]\nb: @c\n", {"a": ["x", "hush"], "b": "@c"}, 5, ""),
        ("- a: hush\n  b: @c\n- d\n-\n  e: f\n", [{"a": "hush", "b": "@c"}, "d", {"e": "f"}], 2, ""),
        ("- - a\n  - hush\n- @b\n", [["a", "hush"], "@b"], 3, ""),
        ("{\"a\": {\"b\": \"hush\",, }\n", {"a": {"b": "hush"}}, 1, ""),
        ("a: !!str hush\nb: &x @c\nd: &y\n  e: f\n", {"a": "hush", "b": "@c", "d": {"e": "f"}}, 2, ""),
        ("\"a b\": hush\n'c''d' : @e\n", {"a b": "hush", "c'd": "@e"}, 2, ""),
        ("a:\n  x\nb:\n  - hush\nc: @d\ne:\nf: 1\n", {"a": "x", "b": ["hush"], "c": "@d", "e": None, "f": 1}, 5, ""),
        ("a: {{ x }}\nb: {{ y }}-hush\n", {"a": "{{ x }}", "b": "{{ y }}-hush"}, 2, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_broken_text_shows_what_it_holds(text: str, found: Any, line: int, said: str, newline: str) -> None:
    text = text.replace("\n", newline)
    parsed = YAML.parse(text)
    assert len(parsed.flaws) == 1
    assert text.count("\n", 0, parsed.flaws[0].offset) + 1 == line
    assert said in parsed.flaws[0].message
    assert parsed.root is not None
    assert plain(parsed.root) == found
    (hush,) = [leaf for leaf in strings(parsed.root) if "hush" in str(leaf.value)] or [None]
    if hush is not None:
        start = str(hush.value).index("hush")
        assert text[slice(*YAML.part_span(text, hush, start, start + 4))] == "hush"


def test_later_documents_of_broken_text() -> None:
    parsed = YAML.parse("%YAML 1.1\n---\na: @b\n--- # c\nc: d\n...\n")
    assert [plain(root) for root in everything(parsed)] == [{"a": "@b"}, {"c": "d"}]
    assert parsed.comments


CANARY = "c4n4ry"


@pytest.mark.usefixtures("any_loader")
@pytest.mark.parametrize(
    "text",
    [
        f"a: *{CANARY}", f"a: &{CANARY} 1\nb: &{CANARY} 2\nc: *x", f"!{CANARY}! x", f"%{CANARY} x\n---\na: @",
        f"a: @{CANARY}",
        f"a: {CANARY}: {CANARY}: x", f"'{CANARY}", f'a: "\\{CANARY}"', f"[{CANARY}", f"{CANARY}\n:", 
        f"a: |{CANARY}\n x",
        f"a: !<{CANARY} x", f"%TAG !{CANARY} x\n---\n", f"\t{CANARY}: [", f"{CANARY}\x01: [", f"a: \ud800{CANARY}: [",
        f"%YAML {CANARY}\n---\n", f"%YAML 1.{'9' * 5000}\n---\n{CANARY}", f'"\\U99999999{CANARY}"',
    ],
)  # fmt: skip
def test_no_message_quotes_the_text(text: str) -> None:
    parsed = YAML.parse(text)
    assert parsed.flaws
    assert CANARY not in "".join(flaw.message for flaw in parsed.flaws)
    assert CANARY not in repr(parsed)


# --- properties


class _Dumper(yaml.SafeDumper):
    """Writes each string in a style of its own."""

    draw: Any = None


def _represent(dumper: _Dumper, text: str) -> yaml.Node:
    style = dumper.draw(st.sampled_from([None, "'", '"', "|", ">"]))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent)


@st.composite
def yaml_texts(draw: st.DrawFn, value: Any) -> str:
    dumper = type("Dumper", (_Dumper,), {"draw": staticmethod(draw)})
    text = yaml.dump(
        value,
        Dumper=dumper,
        width=draw(st.sampled_from([5, 20, 200])),
        indent=draw(st.sampled_from([2, 4, 7])),
        allow_unicode=draw(st.booleans()),
        default_flow_style=draw(st.sampled_from([None, True, False])),
        explicit_start=draw(st.booleans()),
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
    )
    return text.rstrip("\r\n") if draw(st.booleans()) and "|+" not in text and ">+" not in text else text


WORDS = st.lists(
    st.sampled_from(["a", "bc", " ", "  ", "\n", "\n\n", ":", " #", "'", '"', "\\", "é", "😀", "- ", "{", "\t"])
)
VALUES = st.recursive(
    WORDS.map("".join) | st.integers(-1000, 1000) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS.map("".join), inner, max_size=3),
    max_leaves=8,
)


@moderate
@given(st.data(), OBJECTS | VALUES)
def test_values_and_places_of_written_documents(data: st.DataObject, value: Any) -> None:
    text = data.draw(yaml_texts(value))
    try:
        if "\u2028" in text:
            raise yaml.YAMLError("a line end to PyYAML, but not in YAML 1.2")
        expected = list(as_text(text))
    except yaml.YAMLError:  # PyYAML writes what it cannot read again, now and then
        expected = None
    parsed = YAML.parse(text)
    if expected is not None:
        assert parsed.flaws == ()
        assert [base(root) for root in everything(parsed)] == expected
    for root in everything(parsed):
        for leaf in strings(root):
            check_parts(YAML, text, leaf)


FRAGMENTS = st.lists(
    st.sampled_from(
        ["a", "key: ", "- ", "\n", "\n  ", "\n    ", "\t", ":", "#", " # c", "'", '"', "''", "\\", "\\n", "[", "]", "{",
         "}", ",", "|\n", ">-\n", "|2+\n", "&x ", "*x", "!t ", "<<: ", "---\n", "...", "%", "@", "`", "? ", "\r\n",
         "\r", "\u2028", "é", "\ufeff", "\ud800", "\x01", "\\ud83d\\ude00", "true", "12", "${{ x }}", "{{",
         "}}", "~", " "]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=600)
@given(FRAGMENTS | st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    parsed = YAML.parse(text)
    assert all(0 <= flaw.offset <= len(text) for flaw in parsed.flaws)
    assert "uses YAML that unsprawl cannot place" not in [flaw.message for flaw in parsed.flaws]
    for root in everything(parsed):
        for node in nodes(root):
            assert 0 <= node.span.start <= node.span.end <= len(text)
            value = node.text()
            if value is not None:
                for index in range(len(value)):
                    span = YAML.part_span(text, node, index, index + 1)
                    assert node.span.start <= span.start <= span.end <= node.span.end


@settings(deadline=None, max_examples=600)
@given(FRAGMENTS | st.text(max_size=60))
def test_lines_of_any_text_are_taken(text: str) -> None:
    for root in yaml_lines.read(text)[0]:
        for leaf in strings(root):
            value = leaf.text()
            assert value is not None
            for index, char in enumerate(value):
                span = YAML.part_span(text, leaf, index, index + 1)
                if char.isalnum() and span.end - span.start == 1:
                    assert text[span.start] == char


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="only one loader is there")
@settings(deadline=None, max_examples=400)
@given(text=FRAGMENTS)
def test_both_loaders_read_the_same(text: str) -> None:
    results = []
    for loader in LOADERS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(yaml_events, "loader", lambda loader=loader: loader)
            results.append(read(text))
    if not results[0].broken and not results[1].broken:
        assert results[0] == results[1]


@moderate
@given(st.data(), OBJECTS)
def test_sound_text_reads_the_same_by_lines(data: st.DataObject, value: Any) -> None:
    """The tolerant reader is no other dialect: what is written plainly, block by block, it reads as the parser does."""
    text = yaml.safe_dump(value, default_flow_style=False, width=10**6, sort_keys=False, allow_unicode=True)
    if not value or any(mark in text for mark in ("? ", "'\n", "|", "\\\n")):
        return
    (root,), _ = yaml_lines.read(text)
    expected = YAML.parse(text).root
    assert expected is not None
    assert plain(root) == plain(expected)


@pytest.mark.parametrize(
    "text",
    [
        "a: @\n" + "b: [\n" * 50_000,
        "a: @\n" + 'b: "\n' * 50_000,
        "a: @\n" + "".join(f"{' ' * n}a: \"\n" for n in range(1500)),
        "a: @\n" + "".join(f"{' ' * n}a: [\n" for n in range(1500)),
        "a: @\n" + "- " * 500_000,
        "a: @\nb" + " " * 1_000_000 + "c",
        "a: @\nb: " + "# " * 500_000,
        "a: @\nb: [" + "{" * 500_000,
        "a: @\nb: [" + "a: " * 300_000,
        "a: @\nb: ['" + "''" * 500_000,
        "a: @\nb: &x " + "&x " * 300_000,
        "".join(f"%TAG !a{n}! t:x\n" for n in range(50_000)) + "---\na: b\n",
        "a: '" + " " * 1_000_000 + "\n'",
        "a: \"" + "\\\n" * 300_000 + '"',
        "a: |\n" + " \n" * 500_000 + "  x\n",
        "x: &a [" + "y," * 50_000 + "]\n" + "".join(f"b{n}: *a\n" for n in range(50_000)),
        "".join(f"b{n}: {{<<: *nobody}}\n" for n in range(50_000)),
        "[" + "? a\n," * 50_000,
    ],
    ids=range(18),
)  # fmt: skip
def test_large_odd_text_is_read_in_one_go(text: str) -> None:
    """Not timed: with quadratic time any of these takes minutes."""
    parsed = YAML.parse(text)
    assert parsed.root is not None
    assert len(parsed.flaws) <= 100
    for leaf in list(strings(parsed.root))[:3]:
        YAML.part_span(text, leaf, 0, len(str(leaf.value)))


def test_paths_reach_into_lists() -> None:
    path: Path = ("mcpServers", 0, "env", "K")
    assert at(root_of("mcpServers:\n  - name: a\n    env: {K: v}\n"), path) is not None
