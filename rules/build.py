"""Writes rules/bundle.py and its siblings, a module for each use, from the YAML files of this folder:
`python -m unsprawl.rules.build [--check]`.

The program never parses YAML at run time: it imports literals, which is one read of a .pyc.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from unsprawl.rules import host_tables, patterns, remote_tables
from unsprawl.rules.check import listed
from unsprawl.rules.index import FAR, NEAR, RawRule, index
from unsprawl.rules.reach_faults import like_errors
from unsprawl.rules.reading import RuleFile, RulesInvalid, read, read_rules, read_schema, schema_errors, scheme_errors
from unsprawl.rules.samples import checksum_of

FOLDER = Path(__file__).parent
LEFT_OUT = frozenset(
    {"sources", "as_of", "examples", "confidence", "secret_examples", "not_secret_examples", "not_copies"}
)
"""Keys for people and tests, which the program does not read."""
HEADER = '''"""GENERATED, do not edit. Made of {sources}.

Rebuild: python -m unsprawl.rules.build
"""

from __future__ import annotations

from typing import Any
'''


def read_all(folder: Path = FOLDER) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The provider rules and the other tables by name, all valid. Raises `RulesInvalid`."""
    found, problems = read_rules(sorted((folder / "providers").glob("*.yaml")), folder)
    tables = {}
    for path in sorted(folder.glob("*.yaml")):
        table, beside = read(path), path.with_suffix(".schema.json")
        if beside.exists():
            problems += schema_errors(table, read_schema(beside), path.name)
        tables[path.stem] = table
    if "keep_local" in tables:
        tables["remotes"], more = remote_tables.read_remotes(sorted((folder / "remotes").glob("*.yaml")), folder)
        problems += more
    if not problems:
        problems += _table_errors(tables) + _cross_errors(found, tables)
    if problems:
        raise RulesInvalid("\n".join(problems))
    return [file.rule for file in found], tables


def _table_errors(tables: dict[str, Any]) -> list[str]:
    wrong = []
    for section, entry in [(s, e) for s in ("references", "placeholders", "shapes") for e in tables["placeholders"][s]]:
        groups = 1 if section == "references" else 0
        for key in ("pattern", "inside"):
            if isinstance(entry.get(key), str):
                faults = patterns.faults(entry[key], groups=groups)
                wrong += [f"placeholders.yaml: /{section}/{entry['id']}/{key}: {what}" for what in faults]
    for number, mark in enumerate(tables.get("walk", {}).get("copies", {}).get("marks", ())):
        faults = patterns.faults(mark["pattern"], groups=0)
        wrong += [f"walk.yaml: /copies/marks/{number}/pattern: {what}" for what in faults]
    return wrong


def _cross_errors(rules: list[RuleFile], tables: dict[str, Any]) -> list[str]:
    wrong = scheme_errors(rules, {}) + _sent_errors(rules) + like_errors(rules, ())
    wrong += host_tables.faults(tables.get("hosts", {}), tables.get("entries", {}))
    wrong += _client_errors(tables.get("hosts", {}).get("hosts", ()), tables.get("oauth_checks", {}))
    wrong += remote_tables.faults(tables)
    known = {entry["id"] for entry in tables["placeholders"]["references"]}
    for host in tables.get("hosts", {}).get("hosts", ()):
        for way in [way for place in (host, *host["files"]) for way in place.get("references") or ()]:
            for dialect in way["reads"]:
                if dialect not in known:
                    wrong.append(f"hosts.yaml: host {host['id']}: reads {dialect!r}, which placeholders.yaml lacks")
    return wrong


def _client_errors(hosts: Iterable[dict[str, Any]], table: dict[str, Any]) -> list[str]:
    """Libraries that are named and not there, or made of something that stands further down."""
    known: set[str] = set()
    wrong = []
    for client in table.get("clients", ()):
        if client.get("builds_on", "") not in {"", *known}:
            wrong.append(f"oauth_checks.yaml: client {client['id']}: builds on what does not stand above it")
        known.add(client["id"])
    for host in hosts:
        if host["oauth"].get("behaviour", {}).get("builds_on", "") not in {"", *known}:
            wrong.append(f"hosts.yaml: host {host['id']}: builds on a client that oauth_checks.yaml lacks")
    return wrong


def _sent_errors(rules: list[RuleFile]) -> list[str]:
    """A key that is sent somewhere needs hosts, its own or the entry's."""
    return [
        f"{file.shown}: /sent: says neither `hosts` nor `address_in`"
        for file in rules
        if "places" in (sent := file.rule.get("sent", {})) and not (file.rule.get("hosts") or sent.get("address_in"))
    ]


def raw_sent(rule: dict[str, Any]) -> tuple[Any, ...]:
    """The tuple that `sent.Sent` is made of: keep the two in step."""
    sent = rule["sent"]
    return (
        tuple(rule.get("hosts", ())) if "places" in sent else (),
        tuple(sent.get("places", ())),
        tuple((name, tuple(made)) for name, made in sent.get("address_in", {}).items()),
        sent.get("customers", False),
        sent.get("never", ""),
    )


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
        format_.get("by_name", False),
        None if checksum is None else tuple(checksum),
    )


def pruned(data: Any) -> Any:
    """Without what only people and tests read."""
    if isinstance(data, dict):
        return {key: pruned(value) for key, value in data.items() if key not in LEFT_OUT}
    return [pruned(item) for item in data] if isinstance(data, list) else data


def render(rules: list[dict[str, Any]], tables: dict[str, Any]) -> dict[str, str]:
    """The generated modules by file name; the same for the same rules.

    What every run needs stands apart from the records of rules and hosts, of which most runs need none.
    """
    raws = [raw_rule(rule) for rule in rules]
    near, far = index(raws)
    tables = dict(tables)
    code = tables.pop("code", {})
    destinations = tables.pop("destinations", {})
    stores = tables.pop("stores", {}).get("stores", ())
    oauth = tables.pop("oauth_checks", {}), tables.pop("client_documents", {})
    remotes, keep_local = tables.pop("remotes", []), tables.pop("keep_local", {})
    approaches, systems = tables.pop("approaches", {}), tables.pop("systems", {}).get("systems", ())
    logins = tables.pop("authorization_servers", {}).get("authorization_servers", ())
    brokers = tables.pop("brokers", {}).get("brokers", ())
    clients = tables.pop("clients", {})
    sent = {rule["id"]: raw_sent(rule) for rule in rules if "sent" in rule}
    hosts = host_tables.compiled(tables["hosts"])
    records = hosts.pop("hosts")
    return {
        "bundle.py": _render_tables(near, tables | {"hosts": hosts}),
        "bundle_approaches.py": _render_approaches(approaches, logins, systems),
        "bundle_checks.py": _render_checks(rules),
        "bundle_brokers.py": _render_records("rules/brokers.yaml", "BROKERS", "dict[str, Any]", map(pruned, brokers)),
        "bundle_code.py": _render_alone("CODE", "rules/code.yaml", code),
        "bundle_destinations.py": _render_alone("DESTINATIONS", "rules/destinations.yaml", destinations),
        "bundle_hosts.py": _render_records("rules/hosts.yaml", "HOSTS", "dict[str, Any]", map(pruned, records)),
        "bundle_oauth.py": _render_oauth(*oauth),
        "bundle_providers.py": _render_rules(far, raws),
        "bundle_remotes.py": _render_remotes(remotes, keep_local),
        "bundle_stores.py": _render_records("rules/stores.yaml", "STORES", "dict[str, Any]", map(pruned, stores)),
        "bundle_wire.py": _render_wire(sent, clients),
    }


def _render_oauth(checks: dict[str, Any], documents: dict[str, Any]) -> str:
    text = _render_alone("OAUTH", "rules/oauth_checks.yaml and rules/client_documents.yaml", checks)
    return "\n".join([text, *_render_table("CLIENT_DOCUMENTS", documents)]) + "\n"


def _render_remotes(rows: list[dict[str, Any]], keep_local: dict[str, Any]) -> str:
    text = _render_alone("KEEP_LOCAL", "rules/remotes/*.yaml and rules/keep_local.yaml", keep_local)
    return text + _records("REMOTES", "dict[str, Any]", map(pruned, rows))


def _render_approaches(approaches: dict[str, Any], logins: Iterable[Any], systems: Iterable[Any]) -> str:
    sources = "rules/approaches.yaml, rules/authorization_servers.yaml and rules/systems.yaml"
    text = _render_alone("APPROACHES", sources, approaches)
    lists = (("LOGINS", logins), ("SYSTEMS", systems))
    return text + "".join(_records(name, "dict[str, Any]", map(pruned, records)) for name, records in lists)


def _render_wire(sent: dict[str, tuple[Any, ...]], clients: dict[str, Any]) -> str:
    lines = [
        HEADER.format(sources="rules/providers/*.yaml and rules/clients.yaml"),
        "SENT: dict[str, tuple[Any, ...]] = {",
    ]
    lines += [f"    {rule_id!r}: {raw!r}," for rule_id, raw in sent.items()]
    return "\n".join([*lines, "}", "", *_render_table("CLIENTS", clients)]) + "\n"


def _render_checks(rules: list[dict[str, Any]]) -> str:
    """As in the rule files: `check.made` reads one when it is needed."""
    lines = [HEADER.format(sources="rules/providers/*.yaml"), "CHECKS: dict[str, tuple[dict[str, Any], ...]] = {"]
    for rule in rules:
        if found := rule.get("check"):
            lines += [f"    {rule['id']!r}: (", *(f"        {pruned(each)!r}," for each in listed(found)), "    ),"]
    lines += ["}", "", "REACH: dict[str, dict[str, Any]] = {"]
    lines += [f"    {rule['id']!r}: {pruned(rule['reach'])!r}," for rule in rules if "reach" in rule]
    lines += ["}", "", "REVOCATIONS: dict[str, dict[str, Any]] = {"]
    lines += [f"    {rule['id']!r}: {pruned(rule['revoke'])!r}," for rule in rules if "revoke" in rule]
    return "\n".join([*lines, "}"]) + "\n"


def _render_alone(name: str, sources: str, table: dict[str, Any]) -> str:
    lines = [HEADER.format(sources=sources), *_render_table(name, table)]
    return "\n".join(lines) + "\n"


def _render_records(sources: str, name: str, kind: str, records: Iterable[Any]) -> str:
    return HEADER.format(sources=sources) + _records(name, kind, records)


def _records(name: str, kind: str, records: Iterable[Any]) -> str:
    lines = [f"\n{name}: tuple[{kind}, ...] = ("]
    return "\n".join([*lines, *(f"    {record!r}," for record in records), ")"]) + "\n"


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
    lines = [HEADER.format(sources="rules/*.yaml and rules/providers/*.yaml")]
    lines += _render_index(NEAR, near)
    for name, table in sorted(tables.items()):
        lines += ["", *_render_table(name.upper().replace("-", "_"), table)]
    return "\n".join(lines) + "\n"


def _render_table(name: str, table: dict[str, Any]) -> list[str]:
    lines = [f"{name}: dict[str, Any] = {{"]
    for key, value in pruned(table).items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"    {key!r}: [", *(f"        {item!r}," for item in value), "    ],"]
        elif isinstance(value, tuple):
            lines += [f"    {key!r}: (", *(f"        {item!r}," for item in value), "    ),"]
        else:
            lines.append(f"    {key!r}: {value!r},")
    return [*lines, "}"]


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
