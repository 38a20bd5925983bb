"""Generated documents and plain-Python twins of the edits, for the property tests."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from unsprawl.scanner.formats.node import Kind, Node, Path

KEYS = st.sampled_from(["a", "b", "env", "a b", "é", 'q"', "", "x.y", "K_1"])
TEXTS = st.text(alphabet="ab \\\"'/#,{}[]:\n\té😀\u2028=", max_size=8)
SCALARS = st.one_of(
    TEXTS, st.integers(-(10**20), 10**20), st.floats(allow_nan=False, allow_infinity=False), st.booleans()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)


def plain(node: Node) -> Any:
    """The Python value of a tree."""
    assert node.kind is not Kind.OPAQUE
    if node.kind is Kind.OBJECT:
        return {member.key: plain(member.value) for member in node.members}
    if node.kind is Kind.ARRAY:
        return [plain(item) for item in node.items]
    return node.value


def paths(value: Any, here: Path = ()) -> list[Path]:
    """All paths below a value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for step, child in steps for path in [(*here, step), *paths(child, (*here, step))]]


def containers(value: Any) -> list[Path]:
    """The paths of all objects and lists, root included."""
    return [path for path in [(), *paths(value)] if isinstance(dig(value, path), (dict, list))]


def dig(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def edited(value: Any, path: Path, how: str, new: Any = None) -> Any:
    """A copy with one change, made the plain way."""
    value = copy.deepcopy(value)
    parent, step = dig(value, path[:-1]), path[-1]
    if how == "remove":
        del parent[step]
    elif how == "insert" and isinstance(parent, list):
        parent.insert(step, new)
    else:
        parent[step] = new
    return value


@st.composite
def json_texts(draw: st.DrawFn, value: Any, liberal: bool) -> str:
    """A value written with random whitespace, and with comments, trailing commas and JSON5 spellings if `liberal`."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    tidy = draw(st.booleans())
    unit = draw(st.sampled_from(["  ", "\t", "    "]))
    gaps = ["", "", " ", newline, f"{newline}  ", "\t"]
    if liberal:
        gaps += ["/* c */", f" // c, {{ \" '{newline}", f"{newline}  // d{newline}", f" /* e{newline} */ "]
    gap = st.sampled_from(gaps)
    comment = st.sampled_from(["", f" // about {newline.strip()}", " /* x */"] if liberal else [""])

    def string(text: str) -> str:
        if liberal and draw(st.booleans()):
            body = json.dumps(text, ensure_ascii=draw(st.booleans()))[1:-1].replace('\\"', '"').replace("'", "\\'")
            return f"'{body}'"
        return json.dumps(text, ensure_ascii=draw(st.booleans()))

    def spell(part: Any, indent: str) -> str:
        if isinstance(part, str):
            return string(part)
        if not isinstance(part, (dict, list)):
            return json.dumps(part)
        opening, closing = "{}" if isinstance(part, dict) else "[]"
        inner = indent + unit
        spread = draw(st.booleans())
        below = inner if spread else indent
        if isinstance(part, dict):
            colon = draw(st.sampled_from([": ", ":"])) if tidy else None
            elements = [string(k) + (colon or draw(gap) + ":" + draw(gap)) + spell(v, below) for k, v in part.items()]
        else:
            elements = [spell(v, below) for v in part]
        trailing = "," if liberal and elements and draw(st.booleans()) else ""
        if not tidy:
            written = [draw(gap) + element + draw(gap) for element in elements]
            return opening + ",".join(written) + trailing + draw(gap) + closing
        if not elements or not spread:
            return opening + ", ".join(elements) + trailing + closing
        lines = [inner + element + "," + draw(comment) for element in elements[:-1]]
        lines.append(inner + elements[-1] + trailing + draw(comment))
        return opening + newline + newline.join(lines) + newline + indent + closing

    return draw(gap) + spell(value, "") + draw(gap)


TOML_TEXTS = st.text(alphabet="ab \\\"'#,[]=\n\té😀", max_size=8)
TOML_SCALARS = st.one_of(
    TOML_TEXTS,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
)
TOML_VALUES = st.recursive(
    TOML_SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
TOML_TABLES = st.dictionaries(KEYS, TOML_VALUES, max_size=4)


def toml_string(draw: st.DrawFn, text: str, newline: str) -> str:
    """A string in one of the kinds that can hold it."""
    choices = [json.dumps(text, ensure_ascii=False), '"' + "".join(f"\\U{ord(c):08x}" for c in text) + '"']
    if "\n" not in text and "'" not in text:
        choices.append(f"'{text}'")
    if "'" not in text:
        choices.append("'''" + newline + text.replace("\n", newline) + "'''")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", newline)
    choices.append(f'"""{newline}{escaped}"""')
    choices.append(
        f'"""\\{newline}  {newline}' + json.dumps(text, ensure_ascii=False)[1:-1].replace(" ", "\\u0020") + '"""'
    )
    return draw(st.sampled_from(choices))


@st.composite
def toml_texts(draw: st.DrawFn, value: dict[str, Any]) -> str:
    """A table written with random spellings of its tables, strings, spaces and comments."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    comment = st.sampled_from(["", "", " # c ] } \" '", "#d"])
    equals = draw(st.sampled_from([" = ", "=", "  ="]))
    blank = st.sampled_from(["", "", newline, f"# own line{newline}"])
    gap = st.sampled_from(["", " ", newline, f" # x{newline}  "])
    out: list[str] = []

    def key(name: str) -> str:
        bare = name.replace("_", "").isalnum() and name.isascii()
        return name if bare and draw(st.booleans()) else toml_quoted(name)

    def toml_quoted(name: str) -> str:
        return f"'{name}'" if draw(st.booleans()) else json.dumps(name, ensure_ascii=False)

    def spell(part: Any) -> str:
        if isinstance(part, str):
            return toml_string(draw, part, newline)
        if isinstance(part, dict):
            pairs = []
            for name, inner in part.items():
                pairs += dotted(key(name), inner)
            pad = draw(st.sampled_from(["", " "]))
            return "{" + pad + ", ".join(pairs) + pad + "}"
        if isinstance(part, list):
            items = ",".join(draw(gap) + spell(item) + draw(gap) for item in part)
            return "[" + items + draw(st.sampled_from(["", ","] if part else [""])) + draw(gap) + "]"
        return json.dumps(part)

    def dotted(written: str, part: Any) -> list[str]:
        if isinstance(part, dict) and part and draw(st.booleans()):
            return [pair for name, inner in part.items() for pair in dotted(f"{written}.{key(name)}", inner)]
        return [written + equals + spell(part)]

    def table(written: str, part: dict[str, Any]) -> None:
        later = []
        for name, inner in part.items():
            tables = [inner] if isinstance(inner, dict) else inner if isinstance(inner, list) and inner else [0]
            if all(isinstance(item, dict) for item in tables) and draw(st.booleans()):
                later.append((name, inner))
            else:
                for pair in dotted(key(name), inner):
                    out.extend([draw(blank), pair, draw(comment), newline])
        for name, inner in later:
            below = f"{written}.{key(name)}".removeprefix(".")
            for item in inner if isinstance(inner, list) else [inner]:
                nested = item and all(isinstance(deep, dict) for deep in item.values())
                if isinstance(inner, dict) and nested and draw(st.booleans()):
                    for deep_name, deep in item.items():  # the table itself is only implied
                        header(f"{below}.{key(deep_name)}", deep, "[", "]")
                else:
                    header(below, item, *(("[[", "]]") if isinstance(inner, list) else ("[", "]")))

    def header(written: str, part: dict[str, Any], opening: str, closing: str) -> None:
        out.extend([draw(blank), opening + written + closing, draw(comment), newline])
        table(written, part)

    table("", value)
    text = "".join(out)
    return text.removesuffix(newline) if draw(st.booleans()) else text
