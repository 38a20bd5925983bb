"""Which hosts a record may name for the wire proxy, and that a damaged list makes the whole record unusable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from unsprawl.rules import build
from unsprawl.scanner.errors import VaultError
from unsprawl.vault.destinations import DestinationRefused, check_host
from unsprawl.vault.record import Binding, Destination, Place, Record
from unsprawl.vault.record_json import from_json, to_json
from unsprawl.vault.records import load, save

PATH = Path("record.json")
NAME = "is not a host name in lower case, or `*.` before one"
ADDRESS = "is an address, not a name"
PORT = "has a port that does not exist"
WORD = "has `*.` before a single word"
COUNTRY = "has `*.` before a name under which a country registers others"
ANYBODY = "has `*.` before a name under which anybody can get a host"

RECORD = Record(
    ref="github-abcdefgh",
    entry="github",
    hosts=("cursor",),
    created_at="2026-11-28T12:00:00Z",
    store="age-file",
    variables=(("GITHUB_TOKEN", "a" * 26), ("OTHER", "b" * 26)),
    bindings=(Binding(("npx", "server")),),
    wire=(
        Destination("GITHUB_TOKEN", ("api.github.com", "*.zendesk.com:8443"), (Place.HEADER, Place.BASIC)),
        Destination("OTHER", ("api.vendor.test",), (Place.QUERY, Place.PATH)),
    ),
)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("api.github.com", ("api.github.com", 443)),
        ("api.github.com:443", ("api.github.com", 443)),
        ("api.github.com:1", ("api.github.com", 1)),
        ("api.github.com:65535", ("api.github.com", 65535)),
        ("*.atlassian.net", ("*.atlassian.net", 443)),
        ("*.zendesk.com:8443", ("*.zendesk.com", 8443)),
        ("*.eu.auth0.com", ("*.eu.auth0.com", 443)),
        ("grafana", ("grafana", 443)),
        ("xn--bcher-kva.test", ("xn--bcher-kva.test", 443)),
        ("1password.com", ("1password.com", 443)),
        ("0x.test", ("0x.test", 443)),
        (f"{'a' * 63}.{'b' * 63}.test", (f"{'a' * 63}.{'b' * 63}.test", 443)),
        ("me.github.io", ("me.github.io", 443)),
        ("*.me.github.io", ("*.me.github.io", 443)),
        ("acme.supabase.co", ("acme.supabase.co", 443)),
        ("t.co", ("t.co", 443)),
        ("co.uk", ("co.uk", 443)),
        ("*.bbc.co.uk", ("*.bbc.co.uk", 443)),
        ("x.us-east-1.amazonaws.com", ("x.us-east-1.amazonaws.com", 443)),
    ],
)
def test_names(host: str, expected: tuple[str, int]) -> None:
    assert check_host(host) == expected


REFUSED = {
    NAME: """
        * *. . .. :443 *:443 *.*.github.com api.*.com *api.github.com a*.github.com api.github.com. .github.com
        *..com a..b API.github.com api.github.com/x user@api.github.com a_b.test -a.test a-.test bücher.test
        %61pi.github.com
    """,
    PORT: """
        https://api.github.com api.github.com: api.github.com:0 api.github.com:65536 api.github.com:99999
        api.github.com:0443 api.github.com:443x api.github.com:+443 api.github.com:443:443 api.github.com:-1
        [::1] ::1 [::1]:443 fe80::1%eth0
    """,
    ADDRESS: """
        127.0.0.1 127.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 169.254.169.254 10.0.0.1:8443 *.0.0.1 1.2.3.0x s3.1
    """,
    WORD: """
        *.com *.io *.localhost *.test:8443
    """,
    COUNTRY: """
        *.co.uk *.com.au *.or.jp *.com.br:8443
    """,
    ANYBODY: """
        *.github.io *.herokuapp.com *.vercel.app *.workers.dev *.supabase.co *.ngrok-free.app *.app.n8n.cloud
        *.n8n.cloud *.amazonaws.com *.us-east-1.amazonaws.com *.execute-api.us-east-1.amazonaws.com
        *.lambda-url.us-east-1.on.aws *.a.run.app *.westeurope.cloudapp.azure.com *.azure.com *.core.windows.net
        *.up.railway.app *.railway.app *.1.2.3.4.nip.io
    """,
}
ODD = (
    ("", NAME),
    ("api.github.com\n", NAME),
    (" api.github.com", NAME),
    ("api github.com", NAME),
    ("api.github.com\0", NAME),
    ("a" * 64 + ".test", NAME),
    (".".join(["a" * 50] * 6), NAME),
    ("api.github.com: 443", PORT),
    ("api.github.com:\u0664", PORT),
)


@pytest.mark.parametrize(("host", "why"), [*ODD, *((host, why) for why in REFUSED for host in REFUSED[why].split())])
def test_what_is_no_name_or_not_of_one_owner(host: str, why: str) -> None:
    with pytest.raises(DestinationRefused) as caught:
        check_host(host)
    assert caught.value.reason == why


def test_each_shared_name_is_refused_and_each_host_below_it_is_not() -> None:
    table: dict[str, Any] = yaml.safe_load((build.FOLDER / "destinations.yaml").read_text("utf-8"))
    names = [*table["shared"], *table["deep"]]
    assert len(names) == len(set(names))
    for name in names:
        with pytest.raises(DestinationRefused):
            check_host(f"*.{name}")
        assert check_host(f"mine.{name}") == (f"mine.{name}", 443)


def test_a_record_is_read_as_it_was_written(home: Path) -> None:
    assert from_json(to_json(RECORD), PATH) == RECORD
    save(RECORD)
    assert load(RECORD.ref) == RECORD


def test_a_record_without_destinations_is_as_before() -> None:
    bare = replace(RECORD, wire=())
    assert "wire" not in to_json(bare)
    assert from_json(to_json(bare), PATH) == bare


GOOD: dict[str, Any] = {"variable": "GITHUB_TOKEN", "hosts": ["api.github.com"], "places": ["header"]}


@pytest.mark.parametrize("wire", [None, {}, "api.github.com", 1, [None], [[]], ["x"], [{}]], ids=repr)
def test_what_is_no_list_makes_the_record_unusable(wire: Any) -> None:
    with pytest.raises(VaultError, match="is damaged"):
        from_json({**to_json(RECORD), "wire": wire}, PATH)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("hosts", hosts) for hosts in ([], "api.github.com", [None], [["api.github.com"]], ["*.com"], ["10.0.0.1"])),
        *(("hosts", ["api.github.com", again]) for again in ("api.github.com", "api.github.com:443", "*.github.io")),
        *(("places", places) for places in ([], "header", ["body"], [1], [["header"]], ["header", "header"], None)),
        *(("variable", variable) for variable in ("ANOTHER", "", None, ["GITHUB_TOKEN"])),
    ],
    ids=repr,
)
def test_a_damaged_list_makes_the_record_unusable(name: str, value: Any) -> None:
    with pytest.raises(VaultError, match="is damaged"):
        from_json({**to_json(RECORD), "wire": [{**GOOD, name: value}]}, PATH)
    without = {key: known for key, known in GOOD.items() if key != name}
    with pytest.raises(VaultError, match="is damaged"):
        from_json({**to_json(RECORD), "wire": [without]}, PATH)


def test_a_variable_stands_there_once() -> None:
    for second in (GOOD, {**GOOD, "places": ["path"]}, {**GOOD, "hosts": ["api.vendor.test"]}):
        with pytest.raises(VaultError, match="is damaged"):
            from_json({**to_json(RECORD), "wire": [GOOD, second]}, PATH)


def test_a_refused_host_is_told_why_and_not_quoted() -> None:
    wire = [{**GOOD, "hosts": ["*.evil-tenant.test.run.app"]}]
    with pytest.raises(VaultError) as caught:
        from_json({**to_json(RECORD), "wire": wire}, PATH)
    assert caught.value.message == f"record.json is damaged: a host in `wire` {ANYBODY}"


def test_no_record_is_written_that_would_be_refused(home: Path) -> None:
    with pytest.raises(VaultError, match="anybody can get a host"):
        save(replace(RECORD, wire=(Destination("OTHER", ("*.vercel.app",)),)))
    with pytest.raises(VaultError):
        load(RECORD.ref)
