"""Writes rules/bundle.py and rules/bundle_providers.py from the YAML files of this folder:
`python -m unsprawl.rules.build [--check]`.

The program never parses YAML at run time: it imports literals, which is one read of a .pyc.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
import yaml

from unsprawl.rules import host_tables, patterns
from unsprawl.rules.index import ANCHOR, FAR, NEAR, RawRule, index
from unsprawl.rules.samples import checksum_of, expand

FOLDER = Path(__file__).parent
LEFT_OUT = frozenset({"sources", "as_of", "examples", "confidence", "secret_examples", "not_secret_examples"})
"""Keys for people and tests, which the program does not read."""
HEADER = '''"""GENERATED, do not edit. Made of {sources}.

Rebuild: python -m unsprawl.rules.build
"""

from __future__ import annotations

from typing import Any
'''
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RulesInvalid(Exception):
    """What is wrong with the rule files, one line each."""


def read(path: Path) -> Any:
    """The data of one YAML file."""
    try:
        return yaml.load(path.read_text("utf-8"), _Loader)
    except yaml.YAMLError as error:
        raise RulesInvalid(f"{path.name}: not valid YAML: {error}") from None


def read_schema(path: Path) -> dict[str, Any]:
    """A JSON Schema."""
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def schema_errors(data: Any, schema: dict[str, Any], shown: str) -> list[str]:
    """`file: /pointer: what` for every violation."""
    found = jsonschema.Draft202012Validator(schema).iter_errors(data)
    return [
        f"{shown}: /{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in sorted(found, key=lambda error: [str(step) for step in error.absolute_path])
    ]


def read_all(folder: Path = FOLDER) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The provider rules and the other tables by name, all valid. Raises `RulesInvalid`."""
    problems: list[str] = []
    schema = read_schema(folder / "provider.schema.json")
    rules = []
    for path in sorted((folder / "providers").glob("*.yaml")):
        rule, shown = read(path), f"providers/{path.name}"
        wrong = schema_errors(rule, schema, shown)
        if not wrong:
            rules.append(rule)
            if rule["id"] != path.stem:
                wrong.append(f"{shown}: /id: is {rule['id']!r}, the file name says {path.stem!r}")
            wrong += _rule_errors(rule, shown)
        problems += wrong
    tables = {}
    for path in sorted(folder.glob("*.yaml")):
        table, beside = read(path), path.with_suffix(".schema.json")
        if beside.exists():
            problems += schema_errors(table, read_schema(beside), path.name)
        tables[path.stem] = table
    if not problems:
        problems += _table_errors(tables) + _cross_errors(rules, tables)
    if problems:
        raise RulesInvalid("\n".join(problems))
    return rules, tables


def _rule_errors(rule: dict[str, Any], shown: str) -> list[str]:
    """What a schema cannot say about one rule."""
    wrong = []
    if not any(key in rule for key in ("formats", "uri_schemes", "env_names")):
        wrong.append(f"{shown}: /: needs formats, uri_schemes or env_names")
    for place, pattern in enumerate(rule.get("not_secret", ())):
        wrong += [f"{shown}: /not_secret/{place}: {what}" for what in patterns.faults(pattern, groups=0)]
    for place, format_ in enumerate(rule.get("formats", ())):
        where = f"{shown}: /formats/{place}"
        faults = patterns.faults(format_["pattern"], groups=0)
        wrong += [f"{where}/pattern: {what}" for what in faults]
        if not faults:
            wrong += [f"{where}: {what}" for what in _format_errors(format_)]
    return wrong


def _format_errors(format_: dict[str, Any]) -> list[str]:
    keywords, length = format_.get("keywords", []), format_["length"]
    random = Random(1)
    wrong = []
    if format_.get("words") and format_["self_identifying"]:
        wrong.append("words: only of a format that the surroundings must name")
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


def _table_errors(tables: dict[str, Any]) -> list[str]:
    wrong = []
    for section, entry in [(s, e) for s in ("references", "placeholders", "shapes") for e in tables["placeholders"][s]]:
        groups = 1 if section == "references" else 0
        for key in ("pattern", "inside"):
            if isinstance(entry.get(key), str):
                faults = patterns.faults(entry[key], groups=groups)
                wrong += [f"placeholders.yaml: /{section}/{entry['id']}/{key}: {what}" for what in faults]
    return wrong


def _cross_errors(rules: list[dict[str, Any]], tables: dict[str, Any]) -> list[str]:
    wrong = []
    owner: dict[str, str] = {}
    for rule in rules:
        for scheme in rule.get("uri_schemes", ()):
            if scheme in owner:
                wrong.append(f"providers/{rule['id']}.yaml: /uri_schemes: {scheme} belongs to {owner[scheme]} already")
            owner[scheme] = rule["id"]
    wrong += host_tables.faults(tables.get("hosts", {}), tables.get("entries", {}))
    known = {entry["id"] for entry in tables["placeholders"]["references"]}
    for host in tables.get("hosts", {}).get("hosts", ()):
        for way in [way for place in (host, *host["files"]) for way in place.get("references") or ()]:
            for dialect in way["reads"]:
                if dialect not in known:
                    wrong.append(f"hosts.yaml: host {host['id']}: reads {dialect!r}, which placeholders.yaml lacks")
    return wrong


def raw_rule(rule: dict[str, Any]) -> RawRule:
    """The tuple that `rule.Rule` is made of, and that `index.index` reads: keep the three in step."""
    claims = rule.get("jwt_claims", {})
    return (
        rule["id"],
        rule["name"],
        rule.get("provider"),
        rule["severity"],
        tuple(_raw_format(format_) for format_ in rule.get("formats", ())),
        tuple(rule.get("uri_schemes", ())),
        tuple(rule.get("env_names", ())),
        tuple(header.lower() for header in rule.get("headers", ())),
        tuple(rule.get("hosts", ())),
        tuple(fragment.lower() for fragment in rule.get("packages", ())),
        rule.get("rotate_url", ""),
        tuple(rule.get("not_secret", ())),
        tuple(sorted(claims.get("secret", {}).items())),
        tuple(sorted(claims.get("public", {}).items())),
        tuple(rule.get("public_names", ())),
        rule.get("article") or ("an" if rule["name"][0] in "AEIOaeio" else "a"),
    )


def _raw_format(format_: dict[str, Any]) -> tuple[Any, ...]:
    checksum = checksum_of(format_)
    return (
        format_["pattern"],
        format_["self_identifying"],
        tuple(format_.get("keywords", ())),
        format_["length"]["min"],
        format_["length"].get("max", 0),
        format_.get("boundary", "A-Za-z0-9_-"),
        format_.get("mixed", False),
        format_.get("identifier", False),
        format_.get("words", False),
        None if checksum is None else tuple(checksum),
    )


def pruned(data: Any) -> Any:
    """Without what only people and tests read."""
    if isinstance(data, dict):
        return {key: pruned(value) for key, value in data.items() if key not in LEFT_OUT}
    return [pruned(item) for item in data] if isinstance(data, list) else data


def render(rules: list[dict[str, Any]], tables: dict[str, Any]) -> dict[str, str]:
    """The generated modules by file name; the same for the same rules.

    What every run needs stands apart from the rules themselves, of which most runs need none.
    """
    raws = [raw_rule(rule) for rule in rules]
    near, far = index(raws)
    return {"bundle.py": _render_tables(near, tables), "bundle_providers.py": _render_rules(far, raws)}


def _render_rules(far: tuple[Any, ...], raws: list[RawRule]) -> str:
    lines = [HEADER.format(sources="rules/providers/*.yaml"), *_render_index(FAR, far)]
    lines.append("RULES: tuple[tuple[Any, ...], ...] = (")
    lines += [f"    {raw!r}," for raw in raws]
    return "\n".join([*lines, ")"]) + "\n"


def _render_index(fields: tuple[str, ...], values: tuple[Any, ...]) -> list[str]:
    lines = ["INDEX: tuple[Any, ...] = ("]
    for field, value in zip(fields, values, strict=True):
        if isinstance(value, dict):
            lines += [f"    {{  # {field}", *(f"        {key!r}: {entry!r}," for key, entry in value.items()), "    },"]
        else:
            lines.append(f"    {value!r},  # {field}")
    return [*lines, ")"]


def _render_tables(near: tuple[Any, ...], tables: dict[str, Any]) -> str:
    lines = [HEADER.format(sources="rules/*.yaml and rules/providers/*.yaml"), f"ANCHOR = {ANCHOR}"]
    lines += _render_index(NEAR, near)
    for name, table in sorted(tables.items()):
        table = host_tables.compiled(table) if name == "hosts" else table
        lines.append(f"\n{name.upper().replace('-', '_')}: dict[str, Any] = {{")
        for key, value in pruned(table).items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                lines += [f"    {key!r}: [", *(f"        {item!r}," for item in value), "    ],"]
            elif isinstance(value, tuple):
                lines += [f"    {key!r}: (", *(f"        {item!r}," for item in value), "    ),"]
            else:
                lines.append(f"    {key!r}: {value!r},")
        lines.append("}")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write the generated modules; with --check only tell whether they are up to date."""
    if arguments not in ([], ["--check"]):
        print("usage: python -m unsprawl.rules.build [--check]", file=sys.stderr)
        return 2
    try:
        texts = render(*read_all())
    except RulesInvalid as error:
        print(error, file=sys.stderr)
        return 1
    stale = [name for name, text in texts.items() if _on_disk(FOLDER / name) != text]
    for name in stale:
        if arguments:
            print(f"rules/{name} is stale. Rebuild it: python -m unsprawl.rules.build", file=sys.stderr)
        else:
            (FOLDER / name).write_text(texts[name], "utf-8", newline="\n")
            print(f"rules/{name} written", file=sys.stderr)
    return 1 if stale and arguments else 0


def _on_disk(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
