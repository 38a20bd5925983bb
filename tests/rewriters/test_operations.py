"""Operations do the same to a text as to its data, and their reversal is byte-identical."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.formats.generated_documents import (
    KEYS,
    OBJECTS,
    SCALARS,
    TOML_SCALARS,
    TOML_TABLES,
    containers,
    dig,
    json_texts,
    paths,
    toml_texts,
)
from unsprawl.rewriters.inverse import from_json, inverse, to_json
from unsprawl.rewriters.operations import (
    Append,
    Insert,
    Operation,
    Remove,
    SetPart,
    SetValue,
    carry_out,
    changed,
    plain,
    take_back,
)
from unsprawl.scanner.errors import NotApplied
from unsprawl.scanner.formats.document import codec_for
from unsprawl.scanner.formats.node import Codec, at

JSON, TOML = codec_for("json"), codec_for("toml")
moderate = settings(deadline=None, max_examples=150)

DOCUMENT = {
    "json": '{"a": {"k": "x-SECRET-y", "n": 1}, "l": ["p", "q"]}\n',
    "jsonc": '{ // top\r\n\t"a": {"k": "x-SECRET-y", "n": 1,}, /* l */\r\n'
    '\t"l": [\r\n\t\t"p", // p\r\n\t\t"q",\r\n\t],\r\n}',
    "toml": '# top\nl = ["p", "q"] # l\n\n[a]\nk = "x-SECRET-y" # k\nn = 1\n',
    "yaml": "# top\na: # a\n  k: x-SECRET-y # k\n  n: 1\nl:\n  # p\n  - p\n  - q # q\n",
    "yaml-brackets": "{a: {k: x-SECRET-y, n: 1}, l: [p, q]} # end\n",
    "yaml-quoted": "'a':\r\n    k: 'x-SECRET-y'\r\n    n: 1\r\n\r\nl:\r\n- \"p\"\r\n- 'q'",
    "yaml-lines": "---\na:\n  k: |-\n    x-SECRET-y\n  n: 1\nl: [ p, q ]\n...\n",
}


def ids_of(cases: Iterable[Operation]) -> list[str]:
    return [f"{type(case).__name__}-{number}" for number, case in enumerate(cases)]


OPERATIONS: list[tuple[Operation, Any]] = [
    (SetPart(("a", "k"), 2, 8, "${K}"), {"a": {"k": "x-${K}-y", "n": 1}, "l": ["p", "q"]}),
    (SetPart(("a", "k"), 0, 0, '"\\'), {"a": {"k": '"\\x-SECRET-y', "n": 1}, "l": ["p", "q"]}),
    (SetPart(("l", 1), 0, 1, "é😀"), {"a": {"k": "x-SECRET-y", "n": 1}, "l": ["p", "é😀"]}),
    (SetValue(("a", "k"), "new"), {"a": {"k": "new", "n": 1}, "l": ["p", "q"]}),
    (SetValue(("a", "n"), "1"), {"a": {"k": "x-SECRET-y", "n": "1"}, "l": ["p", "q"]}),
    (Remove(("a", "k")), {"a": {"n": 1}, "l": ["p", "q"]}),
    (Remove(("a", "n")), {"a": {"k": "x-SECRET-y"}, "l": ["p", "q"]}),
    (Remove(("a",)), {"l": ["p", "q"]}),
    (Remove(("l", 0)), {"a": {"k": "x-SECRET-y", "n": 1}, "l": ["q"]}),
    (Insert(("a", "new"), ["v"]), {"a": {"k": "x-SECRET-y", "n": 1, "new": ["v"]}, "l": ["p", "q"]}),
    (Insert(("l", 0), "o"), {"a": {"k": "x-SECRET-y", "n": 1}, "l": ["o", "p", "q"]}),
    (Insert(("l", 2), "r"), {"a": {"k": "x-SECRET-y", "n": 1}, "l": ["p", "q", "r"]}),
    (Append(("l",), "r"), {"a": {"k": "x-SECRET-y", "n": 1}, "l": ["p", "q", "r"]}),
    (Append(("l",), "q"), {"a": {"k": "x-SECRET-y", "n": 1}, "l": ["p", "q"]}),
    (Append(("a", "m"), {"id": "i"}), {"a": {"k": "x-SECRET-y", "n": 1, "m": [{"id": "i"}]}, "l": ["p", "q"]}),
]
WRONG: list[Operation] = [
    SetPart(("a", "n"), 0, 1, "x"),
    SetPart(("a", "k"), 3, 99, "x"),
    SetPart(("a", "none"), 0, 1, "x"),
    SetValue(("a", "none"), "x"),
    SetValue(("l", 2), "x"),
    Remove(("a", "none")),
    Remove(("l", 2)),
    Insert(("a", "k"), "x"),
    Insert(("a", "none", "k"), "x"),
    Insert(("l", 3), "x"),
    Append(("a", "k"), "x"),
    Append(("a", "none", "k"), "x"),
]


def data_of(codec: Codec, text: str) -> Any:
    parsed = codec.parse(text)
    assert parsed.root is not None
    assert not parsed.flaws
    return plain(parsed.root)


def document(kind: str) -> tuple[Codec, str]:
    format_id = kind.partition("-")[0]
    return codec_for("json" if format_id == "jsonc" else format_id), DOCUMENT[kind]


@pytest.mark.parametrize("kind", DOCUMENT)
@pytest.mark.parametrize(("operation", "after"), OPERATIONS, ids=ids_of(case[0] for case in OPERATIONS))
def test_text_and_data_change_alike(kind: str, operation: Operation, after: Any) -> None:
    codec, text = document(kind)
    done = carry_out(codec, text, [operation])
    assert data_of(codec, done.text) == changed(data_of(codec, text), [operation]) == after
    assert take_back(done.text, done.reversal) == text


@pytest.mark.parametrize("kind", DOCUMENT)
@pytest.mark.parametrize("operation", WRONG, ids=ids_of(WRONG))
def test_what_does_not_fit_is_refused(kind: str, operation: Operation) -> None:
    codec, text = document(kind)
    with pytest.raises(NotApplied) as caught:
        carry_out(codec, text, [operation])
    assert "SECRET" not in caught.value.message + caught.value.hint
    with pytest.raises(NotApplied):
        changed(data_of(codec, text), [operation])


def test_the_same_prompt_is_added_once() -> None:
    prompts: list[Operation] = [Append(("inputs",), {"id": "k", "description": text}) for text in ("one", "two")]
    done = carry_out(JSON, "{}", prompts)
    assert json.loads(done.text) == {"inputs": [{"id": "k", "description": "one"}]}
    assert changed({}, prompts) == json.loads(done.text)


def test_a_broken_text_is_refused() -> None:
    with pytest.raises(NotApplied):
        carry_out(JSON, '{"a": ', [Remove(("a",))])


def test_nothing_shows_a_value() -> None:
    hidden = "".join(["hid", "den"])
    operations = [Insert(("a",), hidden), SetValue(("a",), hidden), Append(("a",), hidden)]
    done = carry_out(JSON, f'{{"k": "{hidden}"}}', [Remove(("k",))])
    assert hidden not in repr([*operations, done])


@st.composite
def operations(draw: st.DrawFn, data: Any, scalars: st.SearchStrategy[Any]) -> list[Operation]:
    """A few operations, each one fitting what the ones before it left."""
    made: list[Operation] = []
    for _ in range(draw(st.integers(1, 4))):
        texts = [path for path in paths(data) if isinstance(dig(data, path), str)]
        lists = [path for path in paths(data) if isinstance(dig(data, path), list)]
        kinds = ["insert", *(["remove", "set"] if paths(data) else []), *(["part"] if texts else []), "append"]
        kind, new = draw(st.sampled_from(kinds)), draw(scalars)
        operation: Operation
        if kind == "part":
            path = draw(st.sampled_from(texts))
            start, end = sorted(draw(st.integers(0, len(dig(data, path)))) for _ in range(2))
            operation = SetPart(path, start, end, draw(st.sampled_from(["", "${K}", '"', "\\é"])))
        elif kind in ("remove", "set"):
            path = draw(st.sampled_from(paths(data)))
            operation = Remove(path) if kind == "remove" else SetValue(path, new)
        elif kind == "append" and lists:
            operation = Append(draw(st.sampled_from(lists)), new)
        else:
            holder = draw(st.sampled_from(containers(data)))
            old = dig(data, holder)
            step: Any = draw(st.integers(0, len(old)) if isinstance(old, list) else KEYS)
            if isinstance(old, dict) and step in old:
                continue
            adds = kind == "append" and isinstance(old, dict)
            operation = Append((*holder, step), new) if adds else Insert((*holder, step), new)
        data = changed(data, [operation])
        made.append(operation)
    return made


def check(codec: Codec, text: str, data: Any, done: list[Operation]) -> None:
    rewritten = carry_out(codec, text, done)
    after = changed(data, done)
    assert data_of(codec, rewritten.text) == after
    assert take_back(rewritten.text, rewritten.reversal) == text
    back = from_json(json.loads(json.dumps(to_json(inverse(data, done, [()])))))
    assert changed(after, back) == data


@moderate
@given(st.data(), OBJECTS, st.booleans())
def test_any_json(draws: st.DataObject, data: Any, liberal: bool) -> None:
    text = draws.draw(json_texts(data, liberal))
    check(JSON, text, data, draws.draw(operations(data, SCALARS)))


@moderate
@given(st.data(), TOML_TABLES)
def test_any_toml(draws: st.DataObject, data: Any) -> None:
    text = draws.draw(toml_texts(data))
    done = draws.draw(operations(data, TOML_SCALARS))
    try:
        carry_out(TOML, text, done)
    except NotApplied:
        return  # TOML cannot spell everything everywhere; then nothing is done
    check(TOML, text, data, done)


@moderate
@given(st.data(), OBJECTS, st.booleans())
def test_json_around_a_changed_value_stays(draws: st.DataObject, data: Any, liberal: bool) -> None:
    text = draws.draw(json_texts({"k": "v", **data}, liberal))
    parsed = JSON.parse(text)
    assert parsed.root is not None
    node = at(parsed.root, ("k",))
    assert node is not None
    for operation in (SetValue(("k",), "new"), SetPart(("k",), 0, 1, "new")):
        after = carry_out(JSON, text, [operation]).text
        assert after.startswith(text[: node.span.start])
        assert after.endswith(text[node.span.end :])
