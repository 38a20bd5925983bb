"""Metadata may hold anything: no value of any key, and no address, is more than something to tell of."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from tests.oauth.bed import RESOURCE, SERVER, Bed, bed, probe
from tests.oauth.test_checks import Change, both, challenge, mcp
from tests.servers.sites import Reply, document, redirect
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.challenge import challenges
from unsprawl.scanner.oauth.metadata import Tried
from unsprawl.scanner.oauth.observed import Observed, Target
from unsprawl.scanner.redact import Redactor
from unsprawl.scanner.report.json_report import render
from unsprawl.scanner.report.probe_json import judged, probe_json
from unsprawl.scanner.report.probe_report import ProbeReport

URL = "https://h.example.com/mcp"
PRM = ("resource", "authorization_servers", "scopes_supported")
METADATA = (
    *("issuer", "authorization_endpoint", "token_endpoint", "registration_endpoint", "revocation_endpoint"),
    *("response_types_supported", "grant_types_supported", "code_challenge_methods_supported", "scopes_supported"),
    *("token_endpoint_auth_methods_supported", "authorization_grant_profiles_supported"),
    *("client_id_metadata_document_supported", "authorization_response_iss_parameter_supported"),
)
ODD: list[Any] = [
    *(None, True, False, 0, -1.5, 10**40, "", " ", "\x00", "\ud800", "\u202e", "x" * 100_000, "http://[", "//["),
    *("https://[::1", "https://h:port/", "?", "#", "javascript:x", "https://h.example.com/mcp ", "[red]", "%00"),
    *([], [None], [[]], [{}], ["\ud800"], ["http://["], ["x"] * 10_000, [1, "S256", None], {}, {"a": {"b": []}}),
]


def observed(prm: dict[str, Any], metadata: dict[str, Any]) -> Observed:
    first = Answer(URL, 401, (("www-authenticate", "Bearer"),))
    resource, server = (Tried("root", Answer(URL, 200), each, "") for each in (prm, metadata))
    listed = prm.get("authorization_servers")
    issuer = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], str) else ""
    return Observed(
        Target(URL),
        first,
        URL,
        first,
        transport="http",
        challenges=challenges(["Bearer"]),
        invented=first,
        tried_resource=(resource,),
        resource=resource,
        issuer=issuer,
        tried_server=(server,),
        server=server,
    )


def shown(seen: Observed) -> str:
    """All that is told of it, in every form."""
    found = judged(seen)
    out = io.StringIO()
    report = ProbeReport(Console(file=out, width=80, color_system=None), Redactor(), "/home/you", "/home/you")
    for whole in (False, True):
        report.probed(found, whole=whole)
    document = "".join(render({"probes": [probe_json(found)]}, Redactor()))
    json.loads(document)
    return out.getvalue() + document


@pytest.mark.parametrize("number", range(len(ODD)))
def test_any_value_of_any_key(number: int) -> None:
    value = ODD[number]
    for prm, metadata in (
        *(({key: value}, {}) for key in PRM),
        *(({}, {key: value}) for key in METADATA),
        (dict.fromkeys(PRM, value), dict.fromkeys(METADATA, value)),
    ):
        text = shown(observed(prm, metadata))
        assert len(text) < 100_000
        assert text.isprintable() or set(text) - {"\n"} == {char for char in text if char.isprintable()}


@pytest.mark.parametrize("number", range(len(ODD)))
def test_the_same_from_a_server(number: int) -> None:
    value = ODD[number]

    def change(made: Bed) -> None:
        made.prm |= dict.fromkeys(PRM[2:], value)
        made.metadata |= {key: value for key in METADATA if key != "issuer"}

    with bed(change) as made:
        probe(made.url)
        made.mcp.routes["GET", f"{RESOURCE}/mcp"] = document({**made.prm, **dict.fromkeys(PRM[1:], value)})
        probe(made.url)
        made.mcp.routes["GET", f"{RESOURCE}/mcp"] = document(value)
        made.auth.routes["GET", SERVER] = document(value)
        probe(made.url)


PLACES = ["//[", "http://[", "https://h:port/", "", "?", "#", "//", "\\", "https:", "http:///x", "%", "..//..", "\x7f"]


@pytest.mark.parametrize("place", PLACES)
def test_any_address(place: str) -> None:
    changes: list[Change] = [
        challenge(f'Bearer resource_metadata="{place}"'),
        mcp("/mcp", redirect(place, 308), "POST"),
        mcp(f"{RESOURCE}/mcp", redirect(place)),
        both(mcp(f"{RESOURCE}/mcp", Reply(404)), mcp("/authorize", redirect(place))),
    ]
    for change in changes:
        with bed(change) as made:
            probe(made.url)
