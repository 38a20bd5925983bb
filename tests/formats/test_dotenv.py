"""The dotenv codec: variables as docker, node, dotenv and shells write them, with exact places."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unsprawl.scanner.formats.document import Document, parse
from unsprawl.scanner.formats.dotenv_codec import DOTENV
from unsprawl.scanner.formats.node import Kind, Node, Parsed


def pairs(parsed: Parsed) -> list[tuple[str, object]]:
    assert parsed.root is not None
    return [(member.key, member.value.value) for member in parsed.root.members]


def check_places(text: str, root: Node) -> None:
    """Keys stand where they say; each letter of a value that is written as itself stands where `part_span` says."""
    for member in root.members:
        assert text[slice(*member.key_span)] == member.key
        value = member.value.text()
        assert value is not None
        whole = DOTENV.part_span(text, member.value, 0, len(value))
        assert member.value.span.start <= whole.start <= whole.end <= member.value.span.end
        for index, char in enumerate(value):
            span = DOTENV.part_span(text, member.value, index, index + 1)
            written = text[slice(*span)]
            assert written == char or written[0] in "\\\r\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=b", [("A", "b")]),
        ("A=b\nC=d\n", [("A", "b"), ("C", "d")]),
        ("A=b\r\nC=d\r\n", [("A", "b"), ("C", "d")]),
        ("A=b\rC=d", [("A", "b"), ("C", "d")]),
        ("export A=b\nexport   C = d\n", [("A", "b"), ("C", "d")]),
        ("export=1\n", [("export", "1")]),
        ("  A = b  \n\tC=\td\n", [("A", "b"), ("C", "d")]),
        ("A=\nC= \n", [("A", ""), ("C", "")]),
        ("A: b\nC:\n", [("A", "b"), ("C", "")]),
        ("A=b # about\nC=d#e\nF=#g\nH= # i\n", [("A", "b"), ("C", "d#e"), ("F", "#g"), ("H", "")]),
        ("# about\n  # more\n\nA=b", [("A", "b")]),
        ("A='b # c' # d\nE=\"f\"#g\n", [("A", "b # c"), ("E", '"f"#g')]),
        ('A="b\\nc\\"d\\\\ \\$e \\q"', [("A", 'b\nc"d\\ $e \\q')]),
        ("A='b\\nc\\'d'", [("A", "b\\nc'd")]),
        ("A=`b \"c\" 'd'`", [("A", "b \"c\" 'd'")]),
        ("A=b\\nc", [("A", "b\\nc")]),
        ('A="-----BEGIN\nabc\n-----END"\nB=c', [("A", "-----BEGIN\nabc\n-----END"), ("B", "c")]),
        ('A="x\r\ny"\r\nB=c', [("A", "x\ny"), ("B", "c")]),
        ("A.b-c_1=d", [("A.b-c_1", "d")]),
        ("'A'=b\n\"C\"=d", [("A", "b"), ("C", "d")]),
        ("A=b=c==", [("A", "b=c==")]),
        ("A=postgres://u:p@h/d?x=y#z", [("A", "postgres://u:p@h/d?x=y#z")]),
        ("A=b\nA=c\n", [("A", "b"), ("A", "c")]),
        ("A=é😀", [("A", "é😀")]),
        ("PASSED_THROUGH\nexport ALSO\nA=b", [("", "PASSED_THROUGH"), ("", "export ALSO"), ("A", "b")]),
        ("", []),
        ("# nothing", []),
    ],
)
def test_variables(text: str, found: list[tuple[str, object]]) -> None:
    parsed = DOTENV.parse(text)
    assert pairs(parsed) == found
    assert parsed.root is not None
    check_places(text, parsed.root)
    if '"f"#g' not in text:
        assert not parsed.flaws


@pytest.mark.parametrize(
    ("text", "found", "line", "said"),
    [
        ("A=b\nhello there\nC=d\n", [("A", "b"), ("", "hello there"), ("C", "d")], 2, "not a line of the form"),
        ("=b\nC=d\n", [("", "=b"), ("C", "d")], 1, "not a line of the form"),
        ('A="b\nC=d\n', [("A", '"b'), ("C", "d")], 1, "a quote is not closed"),
        ("A='b\nC=d\n", [("A", "'b"), ("C", "d")], 1, "a quote is not closed"),
        ('A="b" c\nC=d\n', [("A", '"b" c'), ("C", "d")], 1, "text behind a closing quote"),
        ('A="b\nC="d"\n', [("A", '"b'), ("C", "d")], 1, "text behind a closing quote"),
        ("<<<<<<< HEAD\nA=b\n", [("", "<<<<<<< HEAD"), ("A", "b")], 1, "not a line of the form"),
        ('{"A": "b"}\nC=d', [("", '{"A": "b"}'), ("C", "d")], 1, "not a line of the form"),
    ],
)
def test_broken_lines_are_told_and_the_others_read(
    text: str, found: list[tuple[str, object]], line: int, said: str
) -> None:
    parsed = DOTENV.parse(text)
    assert pairs(parsed) == found
    assert [(text.count("\n", 0, flaw.offset) + 1, said in flaw.message) for flaw in parsed.flaws] == [(line, True)]
    assert parsed.root is not None
    check_places(text, parsed.root)


@pytest.mark.parametrize(
    ("text", "comments"),
    [("A=b", False), ("A=b#c", False), ("A='# b'", False), ("# a\nA=b", True), ("A=b # c", True), ("A='b' # c", True)],
)
def test_comments_are_seen(text: str, comments: bool) -> None:
    assert DOTENV.parse(text).comments is comments


def test_escapes_have_their_places() -> None:
    text = 'A="x\\ny\\"z"'
    root = DOTENV.parse(text).root
    assert root is not None
    node = root.members[0].value
    assert node.value == 'x\ny"z'
    assert text[slice(*DOTENV.part_span(text, node, 1, 2))] == "\\n"
    assert text[slice(*DOTENV.part_span(text, node, 2, 5))] == 'y\\"z'
    assert text[slice(*DOTENV.part_span(text, node, 0, 5))] == 'x\\ny\\"z'
    with pytest.raises(ValueError, match="not a part"):
        DOTENV.part_span(text, node, 0, 6)
    with pytest.raises(ValueError, match="not a string"):
        DOTENV.part_span(text, root, 0, 0)


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    document = parse("/p/.env", "\ufeffA=b\r\n".encode(), "dotenv")
    assert isinstance(document, Document)
    assert [(member.key, member.value.value) for member in document.root.members] == [("A", "b")]
    assert document.place(document.root.members[0].value.span, "/A")[1:5] == (1, 3, 1, 4)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(f"A{n}=\"" for n in range(100_000)),
        "\n".join(f"A{n}='\"`" for n in range(100_000)),
        "A='" + "\n" * 500_000,
        "A=" + "# " * 500_000,
        "A=" + " " * 1_000_000 + "b",
        "A=\"" + "\\" * 1_000_000,
        "x " * 500_000,
        "\n".join(["junk here"] * 100_000),
        "A=\"" + "\n\"x" * 200_000,
    ],
    ids=range(9),
)  # fmt: skip
def test_large_odd_text_is_read_in_one_go(text: str) -> None:
    """Not timed: with quadratic time any of these takes minutes."""
    parsed = DOTENV.parse(text)
    assert parsed.root is not None
    assert parsed.root.members
    assert len(parsed.flaws) <= 100


FRAGMENTS = st.lists(
    st.sampled_from(
        ["A", "B_1", "=", " = ", ":", ": ", "#", " #", "'", '"', "`", "\\", "\\n", "\\\"", "\n", "\r\n", "\r", " ",
         "\t", "é", "export ", "$", "x", "\u2028", "\ufeff", "\udc80"]
    ),
    max_size=30,
).map("".join)  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(FRAGMENTS | st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    parsed = DOTENV.parse(text)
    assert parsed.root is not None
    assert parsed.root.kind is Kind.OBJECT
    check_places(text, parsed.root)
    before = 0
    for member in parsed.root.members:
        assert before <= member.key_span.start <= member.value.span.start <= member.value.span.end <= len(text)
        before = member.value.span.end
    # Nothing but blanks, comments and what assigns is left out.
    assert all(0 <= flaw.offset <= len(text) for flaw in parsed.flaws)


@settings(deadline=None, max_examples=200)
@given(
    st.dictionaries(
        st.from_regex(r"[A-Z][A-Z0-9_]{0,6}", fullmatch=True), st.text(alphabet="ab \\\"'`#$\né😀=", max_size=8)
    )
)
def test_quoted_values_come_back(values: dict[str, str]) -> None:
    lines = []
    for name, value in values.items():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'{name}="{escaped}"')
    parsed = DOTENV.parse("\n".join(lines))
    assert not parsed.flaws
    assert dict(pairs(parsed)) == values


CANARY = "c4n4ry"


@pytest.mark.parametrize("text", [f"{CANARY} x", f"A='{CANARY}", f"A='x' {CANARY}", f"={CANARY}"])
def test_no_message_quotes_the_text(text: str) -> None:
    parsed = DOTENV.parse(text)
    assert parsed.flaws
    assert CANARY not in repr(parsed)
