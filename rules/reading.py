"""Reads rule files and says what is wrong with them: for the build, and for rules of the user's own.

Faults are lines of `file: /pointer: what`. They quote names that a rule file has, never a value in it: what lies in a
folder that somebody takes for rules may be anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from random import Random
from typing import Any

from unsprawl.rules import patterns
from unsprawl.rules.check_faults import check_faults
from unsprawl.rules.reach_faults import reach_faults
from unsprawl.rules.repeats import costly
from unsprawl.rules.samples import checksum_of, expand
from unsprawl.scanner.record import NamedTuple

FOLDER = Path(__file__).parent
MAX_BYTES = 256 * 1024
_WORD = re.compile(r"[a-z_]{1,24}")
_BOUNDARY = re.compile(r"[\x20-\x7e]{1,60}")


class RulesInvalid(Exception):
    """What is wrong with the rule files, one line each."""


class RuleFile(NamedTuple):
    """A valid rule, and how faults call its file."""

    shown: str
    rule: dict[str, Any]


def read(path: Path) -> Any:
    """The data of one YAML file. Raises `RulesInvalid`."""
    import yaml

    try:
        if not path.is_file():
            raise RulesInvalid(f"{path.name}: /: not a file")
        if path.stat().st_size > MAX_BYTES:
            raise RulesInvalid(f"{path.name}: /: larger than {MAX_BYTES >> 10} KiB")
        text = path.read_text("utf-8")
    except OSError as error:
        raise RulesInvalid(f"{path.name}: /: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise RulesInvalid(f"{path.name}: /: not UTF-8") from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, loader)):
            raise RulesInvalid(f"{path.name}: /: uses a YAML alias; write it out")  # a few of them unfold to gigabytes
        return yaml.load(text, loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    except (yaml.YAMLError, ValueError, RecursionError):
        where = ""
    raise RulesInvalid(f"{path.name}: /: not valid YAML{where}")


def read_schema(path: Path) -> dict[str, Any]:
    """A JSON Schema."""
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def schema_errors(data: Any, schema: dict[str, Any], shown: str) -> list[str]:
    """`file: /pointer: what` for every violation."""
    import jsonschema

    found = jsonschema.Draft202012Validator(schema).iter_errors(data)
    return [
        f"{shown}: /{'/'.join(_step(step) for step in error.absolute_path)}: {_violation(error)}"
        for error in sorted(found, key=lambda error: [str(step) for step in error.absolute_path])
    ]


def _step(step: object) -> str:
    return str(step) if isinstance(step, int) else _name(step)


def _name(name: object) -> str:
    """A key of a file, if it looks like a word; what is no rule file may have anything for a key."""
    return name if isinstance(name, str) and _WORD.fullmatch(name) else "<?>"


def _violation(error: Any) -> str:
    """What a schema's validator says, without the value that it says it of."""
    wanted = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = error.schema.get("properties", {})
            unknown = [_name(key) for key in error.instance if key not in known]
            near = [name for key in unknown for name in get_close_matches(key, known, 1)]
            meant = f" (did you mean {', '.join(near)}?)" if near else ""
            return f"unknown key {', '.join(unknown)}{meant}; known are {', '.join(known)}"
        case "required":
            return f"lacks {', '.join(key for key in wanted if key not in error.instance)}"
        case "type":
            return f"must be of type {wanted}"
        case "enum":
            return f"must be one of {', '.join(map(str, wanted))}"
        case "pattern":
            return f"must fit {wanted}"
        case "minLength" | "minItems" | "minProperties" | "minimum":
            return f"too small, at least {wanted}"
        case "maxLength" | "maxItems" | "maxProperties" | "maximum":
            return f"too much, at most {wanted}"
        case "const":
            return f"can only be {json.dumps(wanted)}"
        case "anyOf":
            return f"needs one of {', '.join(key for each in wanted for key in each.get('required', ()))}"
        case "uniqueItems":
            return "the same twice"
        case "oneOf":
            return "must be one value that fits, or a list of at least two of them"
        case keyword:
            return f"breaks the rule {keyword} of the schema"


def read_rules(paths: Iterable[Path], schemas: Path = FOLDER) -> tuple[list[RuleFile], list[str]]:
    """The rules in those files that are valid, and all faults. One rule a file, named after its id."""
    schema = read_schema(schemas / "provider.schema.json")
    rules: list[RuleFile] = []
    problems: list[str] = []
    for path in paths:
        shown = f"{path.parent.name}/{path.name}"
        try:
            rule = read(path)
        except RulesInvalid as error:
            problems.append(f"{path.parent.name}/{error}")
            continue
        wrong = schema_errors(rule, schema, shown)
        if not wrong:
            if rule["id"] != path.stem:
                wrong.append(f"{shown}: /id: is {rule['id']!r}, the file name says {path.stem!r}")
            wrong += rule_errors(rule, shown)
        if not wrong:
            rules.append(RuleFile(shown, rule))
        problems += wrong
    return rules, problems


def scheme_errors(rules: Iterable[RuleFile], owner: Mapping[str, str]) -> list[str]:
    """URI schemes that two rules claim; `owner` are those that are taken already."""
    wrong, taken = [], dict(owner)
    for shown, rule in rules:
        for scheme in rule.get("uri_schemes", ()):
            if scheme in taken:
                wrong.append(f"{shown}: /uri_schemes: {scheme} belongs to {taken[scheme]} already")
            taken.setdefault(scheme, rule["id"])
    return wrong


def rule_errors(rule: dict[str, Any], shown: str) -> list[str]:
    """What a schema cannot say about one rule."""
    wrong = []
    if not any(key in rule for key in ("formats", "uri_schemes", "env_names")):
        wrong.append(f"{shown}: /: needs formats, uri_schemes or env_names")
    for place, pattern in enumerate(rule.get("not_secret", ())):
        wrong += [f"{shown}: /not_secret/{place}: {what}" for what in _pattern_errors(pattern)]
    wrong += check_faults(rule, shown) + reach_faults(rule, shown)
    for place, format_ in enumerate(rule.get("formats", ())):
        where = f"{shown}: /formats/{place}"
        faults = _pattern_errors(format_["pattern"])
        wrong += [f"{where}/pattern: {what}" for what in faults]
        if not faults:
            wrong += [f"{where}: {what}" for what in _format_errors(format_)]
    return wrong


def _pattern_errors(pattern: str) -> list[str]:
    faults = patterns.faults(pattern, groups=0)
    return faults or [what for what in [costly(pattern)] if what]


def _format_errors(format_: dict[str, Any]) -> list[str]:
    keywords, length = format_.get("keywords", []), format_["length"]
    random = Random(1)
    wrong = []
    if not _is_boundary(format_.get("boundary", "-")):
        wrong.append("boundary: not what can stand between [ and ]")
    if format_.get("words") and format_["self_identifying"]:
        wrong.append("words: only of a format that the surroundings must name")
    if format_.get("by_name") and format_["self_identifying"]:
        wrong.append("by_name: only of a format that the surroundings must name")
    if keywords and not patterns.always_holds(format_["pattern"], keywords):
        wrong.append("keywords: a match may hold none of them, it would be missed")
    for _ in range(20):
        try:
            sample = expand(format_["sample"], random, checksum_of(format_))
        except ValueError as error:
            return [*wrong, f"sample: {error}"]
        if not patterns.full(format_["pattern"], sample):
            return [*wrong, "sample: does not match the pattern"]
        if not length["min"] <= len(sample) <= length.get("max", len(sample)):
            return [*wrong, f"length: a sample has {len(sample)} characters"]
    return wrong


def _is_boundary(characters: str) -> bool:
    try:
        return _BOUNDARY.fullmatch(characters) is not None and patterns.is_set(f"[{characters}]")
    except re.error:
        return False
