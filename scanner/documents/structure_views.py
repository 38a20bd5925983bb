"""The strings of configuration files character by character, each with its place: of YAML, JSON and TOML, of base64."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable

from unsprawl.scanner.embedded import content_of
from unsprawl.scanner.formats.node import Node
from unsprawl.scanner.view import View

_LONGEST_TOML = 512
"""Each character of a TOML string is looked up on its own."""
_BASE64 = re.compile(r"[A-Za-z0-9+/]{8,8000}={0,2}")


def decoded(view: View) -> View:
    """What a base64 text says, each character standing for the whole; the view itself where it is none."""
    if _BASE64.fullmatch(view.text) is None:
        return view
    try:
        text = b64decode(view.text + "=" * (-len(view.text) % 4)).decode("utf-8").strip()
    except (binascii.Error, ValueError):
        return view
    if not text.isprintable():
        return view
    start, end = view.span(0, len(view.text))
    return View(text, [start] * len(text), [end] * len(text))


def _of_yaml(text: str, node: Node) -> View:
    from unsprawl.scanner.formats.yaml_scalars import pieces

    return View.of(text).decoded(pieces(text, node.span, node.form, node.text() or ""))


def _of_json(text: str, node: Node) -> View:
    return content_of(View.of(text), node)


def _of_toml(text: str, node: Node) -> View:
    from unsprawl.scanner.formats.toml_codec import TOML

    value = (node.text() or "")[:_LONGEST_TOML]
    spans = [TOML.part_span(text, node, at, at + 1) for at in range(len(value))]
    return View(value, [span.start for span in spans], [span.end for span in spans])


VIEWS: dict[str, Callable[[str, Node], View]] = {"yaml": _of_yaml, "json": _of_json, "toml": _of_toml}
"""By format: the characters of a string with their places in the file."""
