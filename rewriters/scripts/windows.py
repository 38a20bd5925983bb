"""Scripts of cmd and PowerShell: `set KEY=value&& server`, `$env:KEY = 'value'; server`."""

from __future__ import annotations

import re

from unsprawl.rewriters.scripts.handed import MOVED_NAME, Handed, Script, Unclear
from unsprawl.scanner.secret import Secret

# Each with a bound, and no two neighbours that take the same characters.
_SET = re.compile(r'set[ \t]{1,9}([A-Za-z_][A-Za-z0-9_]{0,80})=([^&|<>^%!"\r\n]{1,8192})&&?[ \t]{0,9}', re.I | re.ASCII)
_SET_QUOTED = re.compile(
    r'set[ \t]{1,9}"([A-Za-z_][A-Za-z0-9_]{0,80})=([^&|<>^%!"\r\n]{1,8192})"[ \t]{0,9}&&?[ \t]{0,9}', re.I | re.ASCII
)
_BEFORE = re.compile(r'(?:cd|chcp|echo|set)[ \t][^&|<>^%!"\r\n]{0,8192}&&?[ \t]{0,9}', re.I)
"""What may stand before an assignment without having a say in it."""
_POWERSHELL = re.compile(
    r"\$env:([A-Za-z_][A-Za-z0-9_]{0,80})[ \t]{0,9}=[ \t]{0,9}('[^']{1,8192}'|\"[^\"$`]{1,8192}\")"
    r"(?=[ \t]{0,9}(?:;|$))",
    re.I | re.ASCII,
)


def hand_over_cmd(script: Script) -> Handed:
    """The script without the `set` that holds the secret, where that is sure to be the same. Raises `Unclear`."""
    text = script.text
    at = len(text) - len(text.lstrip(" \t"))
    while at < script.start:
        match = _SET_QUOTED.match(text, at) or _SET.match(text, at)
        if match is not None and match.start(2) <= script.start and script.end <= match.end(2):
            name = match[1]
            if len(re.findall(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", text, re.I)) > 1:
                raise Unclear("the variable is named a second time in it")
            return Handed(match.start(), match.end(), variable=name, value=Secret(match[2]))
        match = match or _BEFORE.match(text, at)
        if match is None:
            break
        at = match.end()
    raise Unclear("the key is not set by a plain `set NAME=value&&` at its beginning")


def hand_over_powershell(script: Script) -> Handed:
    """The value becomes a reference that PowerShell replaces. Raises `Unclear`."""
    for match in _POWERSHELL.finditer(script.text):
        start, end = match.span(2)
        if start < script.start and script.end < end:
            value = Secret(script.text[start + 1 : end - 1])
            name = MOVED_NAME.format(match[1])
            return Handed(start, end, name, value, expands="powershell")
    raise Unclear("the key is not set by a plain `$env:NAME = 'value';`")
