"""The tables of docs/{systems,remotes,kinds,revoke}.md and the counts in README, from the rules: `-m tests.pages`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests import kinds_page
from tests.systems import of_system
from unsprawl.rules.bundle_approaches import SYSTEMS
from unsprawl.rules.bundle_brokers import BROKERS
from unsprawl.rules.bundle_checks import REVOCATIONS
from unsprawl.rules.bundle_remotes import KEEP_LOCAL
from unsprawl.rules.load import load
from unsprawl.rules.reading import read
from unsprawl.rules.revocation import revocation
from unsprawl.scanner.approach import NAMES
from unsprawl.scanner.approach_scores import criteria, right_when, scores
from unsprawl.scanner.approach_tree import LEAVE, OAUTH, PROBE
from unsprawl.scanner.explain import Explained
from unsprawl.scanner.hosts import host
from unsprawl.scanner.logins import logins
from unsprawl.scanner.remotes.catalogue import SETTLED, Service, by_id, services
from unsprawl.scanner.remotes.fit import fit

ROOT = Path(__file__).parent.parent
SYSTEMS_PAGE, REMOTES_PAGE = ROOT / "docs" / "systems.md", ROOT / "docs" / "remotes.md"
KINDS_PAGE, README = ROOT / "docs" / "kinds.md", ROOT / "README.md"
REVOKE_PAGE = ROOT / "docs" / "revoke.md"
REGISTRATION = {
    "dcr": "dynamic registration",
    "dcr-and-cimd": "metadata document, dynamic registration",
    "cimd": "metadata document",
    "dcr-listed": "known clients only",
    "preregistered": "registered beforehand",
    "unknown": "a login, not known how",
    "key-only": "key",
    "none": "open",
    "no-remote": "-",
}
Row = Sequence[str]


def table(heads: Row, rows: Iterable[Row]) -> str:
    """A table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def approaches() -> str:
    ranks = sorted(NAMES)
    rows = [
        [each.name, *(f"{score.grade}: {score.says}" for rank in ranks for score in scores(rank) if score[0] == each)]
        for each in criteria()
    ]
    rows += [[word, *(right_when(rank)[at] for rank in ranks)] for at, word in enumerate(("right when", "wrong when"))]
    grades = table(["", *(f"{rank} {NAMES[rank]}" for rank in ranks)], rows)
    told = ([each["name"], *said(of_system(each))] for each in SYSTEMS if each["kind"] == "approach")
    return grades.replace("none: ", "") + "\n" + table(["for example", "is", "advice"], told)


def said(each: Explained) -> tuple[str, str]:
    """What an example is, and what is advised."""
    rank = each.approach.rank
    likely = f"{each.likely} {NAMES[each.likely]}" if each.likely is not None else "not known"
    by_catalogue = f"; {likely} by the catalogue" if each.likely is not None else ""
    now = likely if rank is not None else f"only a probe can tell{by_catalogue}"
    advice = each.advice
    match advice.target:
        case target if target == LEAVE:
            return now, f"leave it: {advice.says}"
        case target if target == OAUTH:
            return now, f"log in at {next(one.url for one in each.candidates if one.url)}"
        case target if target == PROBE:
            return now, "`unsprawl probe`"
        case target:
            refused = [reason for reason in advice.reasons if reason.startswith("not the login")]
            return now, f"`--to {target}`" + (f"; {refused[0]}" if refused else "")


def service_rows() -> str:
    rows = []
    for each in SYSTEMS:
        if each["kind"] == "service":
            row, told = by_id()[each["remote"]], of_system(each)
            now, advice = said(told)
            whose = host(told.found.entry.owners[0]).name
            rows.append([each["name"], REGISTRATION[row.registration], f"{whose}: {now}", advice])
    return table(["service", "clients", "an entry with a key", "advice"], rows)


def login_rows() -> str:
    named = {each["login"]: each["name"] for each in SYSTEMS if each["kind"] == "login"}
    chosen = [each for each in logins() if each.id in named] + [each for each in logins() if each.id not in named]
    rows = (
        [
            named.get(each.id, each.name),
            each.cimd,
            each.dcr,
            each.resource,
            f"{each.rank} {NAMES[each.rank]}",
            "by its address" if each.domains else "by its metadata" if each.paths else "-",
        ]
        for each in chosen
    )
    heads = [
        "product",
        "client metadata documents",
        "dynamic registration",
        "resource indicators",
        "best for a public server",
        "`probe` knows it",
    ]
    return table(heads, rows)


def reference_rows() -> str:
    rows = ([each["name"], *said(of_system(each))] for each in SYSTEMS if each["kind"] == "reference")
    return table(["server", "is", "advice"], rows)


def broker_rows() -> str:
    kinds = {record["id"]: record["kind"] for record in BROKERS}
    rows = (
        [
            each["name"],
            f"`--to {each['broker']}`" if kinds[each["broker"]] == "wire" else "only told how",
            *said(of_system(each)),
        ]
        for each in SYSTEMS
        if each["kind"] == "broker"
    )
    return table(["broker", "`migrate`", "an entry behind it", "advice"], rows)


def kind_rows() -> str:
    rows = (
        [kind, each["says"], "no" if each["firm"] else "by hand, if you know what changes"]
        for kind, each in KEEP_LOCAL["kinds"].items()
    )
    return table(["", "because", "and yet?"], rows)


def standing(service: Service) -> str:
    """What may be done with a row at most."""
    if not service.has_oauth:
        return "key" if service.registration == "key-only" else "-"
    unsure = service.status != "verified" or service.registration == "unknown" or not service.official
    usable = any(each.state in SETTLED and each.use in ("", "oauth") for each in service.endpoints)
    if service.migration == "ask-first" or unsure or not usable:
        return "shown"
    if service.migration == "needs-client" or service.registration in ("preregistered", "dcr-listed"):
        return "client"
    return "asks" if service.migration == "auto-with-prompt" else "proposed"


def remote_rows() -> str:
    return table(
        ["service", "", "clients", "address", "in place of", "works in"],
        (
            [
                each.name,
                standing(each),
                REGISTRATION[each.registration],
                f"`{each.endpoints[0].url}`" if each.endpoints else "",
                ", ".join(f"`{name}`" for names in each.packages.values() for name in names),
                ", ".join(host(name).name for name in each.works_in if fit(each, name).works),
            ]
            for each in services()
        ),
    )


def as_of() -> str:
    written: str = read(ROOT / "rules" / "keep_local.yaml")["as_of"]
    return written


def revocation_rows() -> str:
    """Kinds that end themselves, one line for each request."""
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for rule_id in REVOCATIONS:
        found, rule = revocation(rule_id), load().get(rule_id)
        assert found is not None
        assert rule is not None
        request = found.request
        whose = request.host.default if request.host is not None else ""
        address = request.url.removeprefix("https://").replace("{path}", "").replace("{host}", whose)
        for shown, api in dict(request.host.forms if request.host is not None else ()).items():
            address = address.replace(f"{shown}/", f"{api}/", 1) if address.startswith(f"{shown}/") else address
        who = "whoever has it" if found.kind == "unauthenticated_api" else "the credential itself"
        known = {"docs-read": "the vendor's page", "source-read": "another tool's source"}[request.evidence]
        rows.setdefault((f"`{request.method} {address}`", who, known, found.effect), []).append(rule.name)
    return table(
        ["what", "request", "asked by", "read in", "what else happens"],
        ([", ".join(names), *line] for line, names in sorted(rows.items(), key=lambda item: item[1])),
    )


PARTS: dict[Path, dict[str, Callable[[], str]]] = {
    SYSTEMS_PAGE: {
        "approaches": approaches,
        "services": service_rows,
        "logins": login_rows,
        "brokers": broker_rows,
        "reference": reference_rows,
    },
    REMOTES_PAGE: {"kinds": kind_rows, "remotes": remote_rows},
    KINDS_PAGE: {"kinds": lambda: table(kinds_page.HEADS, kinds_page.rows())},
    README: {"counts": kinds_page.counts},
    REVOKE_PAGE: {"revocations": revocation_rows},
}
"""By page, the marks and what stands between them."""


def updated(path: Path, page: str) -> str:
    """The page with fresh tables between its marks."""
    for name, make in PARTS[path].items():
        made = f"<!-- {name} -->\n\n{make()}\n<!-- /{name} -->"
        page = re.sub(rf"<!-- {name} -->\n.*?<!-- /{name} -->", lambda _, made=made: made, page, flags=re.DOTALL)  # type: ignore[misc]
    return re.sub(r"(<!-- as-of -->)[^<]*(<!-- /as-of -->)", lambda found: found[1] + as_of() + found[2], page)


def main() -> int:
    """Writes the pages."""
    for path in PARTS:
        path.write_text(updated(path, path.read_text("utf-8")), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
