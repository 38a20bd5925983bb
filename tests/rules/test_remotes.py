"""The catalogue of remote servers: every row is sound, and is found by what it says it replaces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.systems import looked_into

from unsprawl.rules.reading import read, read_schema, schema_errors
from unsprawl.rules.remote_tables import faults, read_remotes
from unsprawl.scanner.hosts import hosts
from unsprawl.scanner.remotes.candidates import Standing, candidates
from unsprawl.scanner.remotes.catalogue import SETTLED, Service, by_id, by_package, by_variable, services
from unsprawl.scanner.remotes.facts import facts_of
from unsprawl.scanner.remotes.match import matches

RULES = Path(__file__).parent.parent.parent / "rules"
FILES = sorted((RULES / "remotes").glob("*.yaml"))
CURSOR = "~/.cursor/mcp.json"
CLAUDE = "~/.claude.json"
START = {
    "npm": lambda name: {"command": "npx", "args": ["-y", f"{name}@1.2.3"]},
    "pypi": lambda name: {"command": "uvx", "args": [name]},
    "images": lambda name: {"command": "docker", "args": ["run", "-i", "--rm", f"{name}:latest"]},
    "programs": lambda name: {"command": f"/usr/local/bin/{name.split()[0]}", "args": [*name.split()[1:], "--stdio"]},
}


def started() -> Iterator[tuple[str, str, str]]:
    for service in services():
        for kind, names in service.packages.items():
            for name in names:
                yield service.id, kind, name


def test_every_row_of_the_collection_is_there() -> None:
    assert len(FILES) == len(services()) == 208
    assert {path.stem for path in FILES} == set(by_id())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_row(path: Path) -> None:
    row = read(path)
    assert schema_errors(row, read_schema(RULES / "remotes.schema.json"), path.name) == []
    service = by_id()[path.stem]
    assert len({each.url for each in service.endpoints}) == len(service.endpoints)
    for each in service.endpoints:
        parts = urlsplit(each.url.replace("{", "").replace("}", ""))
        assert parts.scheme == "https"
        assert parts.username is None
    known = {host.id for host in hosts()}
    assert known.issuperset(service.works_in)
    assert service.unseen <= {
        *service.variables,
        *service.settings,
        *(name for names in service.packages.values() for name in names),
    }
    if service.has_oauth:
        assert service.endpoints, "a login needs an address"
    if service.registration == "no-remote":
        assert service.migration == "keep-local"
        assert service.endpoints == ()


@pytest.mark.parametrize(("service", "kind", "name"), [*started()], ids=lambda each: str(each))
def test_what_it_replaces_is_known_by_its_whole_name(service: str, kind: str, name: str) -> None:
    (found,) = looked_into(CURSOR, {"x": START[kind](name)}).entries
    assert [match.service.id for match in matches(facts_of(found))] == [service]
    for other in (f"{name}-x", f"x-{name}", name.replace("/", "/x-") if "/" in name else f"@x/{name}"):
        (found,) = looked_into(CURSOR, {"x": START[kind](other)}).entries
        assert matches(facts_of(found)) == () or (kind, other) in by_package() or kind == "programs", other


@pytest.mark.parametrize("service", services(), ids=lambda service: service.id)
def test_its_addresses_lead_to_it(service: Service) -> None:
    for endpoint in service.endpoints:
        if endpoint.host.startswith("{") and "." not in endpoint.host.split("}")[1]:
            continue  # anybody's
        url = endpoint.url.replace("{", "").replace("}", "").replace("|", "")
        (found,) = looked_into(CURSOR, {"x": {"url": url}}).entries
        assert service.id in [match.service.id for match in matches(facts_of(found))], url
        told = urlsplit(url)
        for evil in (
            f"https://{told.netloc}.evil.example{told.path}",
            f"https://{told.netloc}@evil.example{told.path}",
            f"https://evil.example/{told.netloc}{told.path}",
            f"http://{told.netloc}{told.path}",
            f"https://{told.netloc}:8443{told.path}",
            f"https://{told.netloc}\\@evil.example{told.path}",
        ):
            assert matches(facts_of(found)._replace(address=evil)) == (), evil


@pytest.mark.parametrize(
    "service", [each for each in services() if each.packages and each.variables], ids=lambda service: service.id
)
def test_what_must_not_be_offered_is_not(service: Service) -> None:
    """With the plainest entry there is: its first package and one secret of its own, in a host that knows all ways."""
    kind, (name, *_) = next(iter(service.packages.items()))
    entry = {**START[kind](name), "env": {service.variables[0]: "{an:40}"}}
    (found,) = looked_into(CLAUDE, {"x": entry}).entries
    (candidate,) = candidates(found)
    if candidate.standing is not Standing.OFFERED:
        return
    assert service.has_oauth
    assert service.status == "verified"
    assert service.official
    assert service.migration not in ("ask-first", "keep-local", "keep-key", "no-auth")
    assert service.registration in ("dcr", "dcr-and-cimd", "cimd") or "claude-code" in service.works_in
    assert candidate.endpoint is not None
    assert candidate.endpoint.state in SETTLED
    assert candidate.endpoint.use in ("", "oauth")
    assert "{" not in candidate.url
    assert name not in service.unseen


def test_many_may_be_offered() -> None:
    """The other side of the test above: it must not pass because nothing is."""
    offered = 0
    for service in services():
        for kind, names in service.packages.items():
            variable = service.variables[0] if service.variables else "API_KEY"
            entry = {**START[kind](names[0]), "env": {variable: "{an:40}"}}
            (found,) = looked_into(CLAUDE, {"x": entry}).entries
            offered += any(each.standing is Standing.OFFERED for each in candidates(found))
    assert offered > 40


def test_a_variable_of_many_names_nobody() -> None:
    for name in ("API_KEY", "ACCESS_TOKEN", "CLIENT_SECRET", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "OPENAI_API_KEY"):
        assert name not in by_variable()
    assert by_variable()["LINEAR_API_KEY"].id == "linear"


def test_what_is_wrong_with_a_row_is_told(tmp_path: Path) -> None:
    (tmp_path / "remotes").mkdir()
    (tmp_path / "remotes.schema.json").write_text((RULES / "remotes.schema.json").read_text())
    text = (RULES / "remotes" / "linear.yaml").read_text()
    (tmp_path / "remotes" / "other.yaml").write_text(
        text.replace("https://mcp.linear.app/mcp", "http://mcp.linear.app")
    )
    rows, problems = read_remotes([tmp_path / "remotes" / "other.yaml"], tmp_path)
    assert any("/endpoints/0/url" in problem for problem in problems)
    assert "remotes/other.yaml: its id is not its name" in problems
    twice = [*rows, {**rows[0], "id": "copy", "works_in": ["nowhere"], "keep_local_when": [{"kind": "odd"}]}]
    told = faults({"remotes": twice})
    assert "remotes/copy.yaml: linear-mcp-server is linear's" in told
    assert "remotes/copy.yaml: there is no host nowhere" in told
    assert "remotes/copy.yaml: keep_local.yaml says nothing of odd" in told


def test_caveats_are_for_who_moves_an_entry() -> None:
    """Not for who writes rules: what is asked for is done by the program, or nobody can do it."""
    told = [(each.id, caveat) for each in services() for caveat in each.caveats]
    for words in (
        "silently",
        "a scanner must",
        "match on the",
        "must map to",
        "template the URL",
        "into the query string",
    ):
        assert [where for where, caveat in told if words in caveat] == []
