"""The environment of a server behind the proxy: exceptions, certificates, and what is there already."""

from __future__ import annotations

import os
import shlex
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.servers.tls import Authority
from unsprawl.broker.wire import certificates, child
from unsprawl.broker.wire.certificates import bundles
from unsprawl.broker.wire.child import SHIM, environment, exceptions, node_options
from unsprawl.broker.wire.clients import BUNDLES, ONLY_INHERITED
from unsprawl.broker.wire.folder import RunFolder
from unsprawl.scanner.errors import UnsprawlError
from unsprawl.vault.record import Destination

PROXY = "http://unsprawl:c@127.0.0.1:1"
BOUND = (Destination("TOKEN", ("api.vendor.example", "*.other.example")),)

LOOPBACK = ["localhost", "127.0.0.1", "::1"]


@pytest.mark.parametrize(
    ("inherited", "kept"),
    [
        ("", []),
        ("corp.example, 10.0.0.0/8 printer", ["corp.example", "10.0.0.0/8", "printer"]),
        ("localhost,127.0.0.1", []),
        # Each of these covers a bound host for some client.
        ("*", []),
        ("api.vendor.example", []),
        ("API.Vendor.Example.", []),
        ("api.vendor.example:443", []),
        ("https://api.vendor.example", []),
        (".vendor.example", []),
        ("*.vendor.example", []),
        ("vendor.example", []),
        ("example", []),
        ("or.example", []),
        ("api.*", []),
        ("*vendor*", []),
        ("other.example", []),
        ("a.b.other.example", []),
        ("*.b.other.example", []),
        # And these none.
        ("www.vendor.example", ["www.vendor.example"]),
        ("api.vendor.example.org", ["api.vendor.example.org"]),
        ("::1,[fd00::1]:8080,fd00::/8", ["[fd00::1]:8080", "fd00::/8"]),
        ("another.example", ["another.example"]),
    ],
)
def test_exceptions_never_cover_a_bound_host(inherited: str, kept: list[str]) -> None:
    hosts = [host for destination in BOUND for host in destination.hosts]
    assert exceptions([inherited], hosts) == [*LOOPBACK, *kept]


def test_an_end_of_a_bound_name_is_left_out_whatever_stands_before_it() -> None:
    """requests compares ends, without a look at the dot."""
    assert exceptions(["ther.example"], ["api.another.example:8443"]) == LOOPBACK


def test_both_spellings_of_every_proxy_variable() -> None:
    given = {"https_proxy": "http://corp:3128", "NO_PROXY": "a.example", "no_proxy": "b.example", "KEPT": "x"}
    made = environment(given, {}, PROXY, BOUND)
    assert {made[name] for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")} == {PROXY}
    assert made["NO_PROXY"] == made["no_proxy"] == "localhost,127.0.0.1,::1,a.example,b.example"
    assert made["KEPT"] == "x"
    assert given["https_proxy"] == "http://corp:3128"  # the way out still needs it


@pytest.mark.parametrize("name", ["plain.cjs", "with blanks/x.cjs", 'a"quote.cjs', "back\\slash.cjs", "é.cjs"])
@pytest.mark.parametrize("before", ["", "--max-old-space-size=100", '--require "./a b.cjs"'])
def test_options_of_node_are_added_to(name: str, before: str) -> None:
    path = Path("/opt/x") / name
    made = node_options(before, path)
    assert made.startswith(before)
    words = shlex.split(made.removeprefix(before))  # Node's rules between double quotes are a shell's
    assert words == ["--require", str(path)]


def test_the_module_for_node_is_in_the_package() -> None:
    text = SHIM.read_text()
    assert "console." not in text
    assert "stdout" not in text
    declared = (Path(__file__).resolve().parents[3] / "pyproject.toml").read_text()
    assert f'"unsprawl.broker.wire" = ["{SHIM.name}"]' in declared


# Certificates.


@pytest.fixture
def folder(home: Path) -> RunFolder:
    return RunFolder.make()


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The system's, the user's own, and the run's."""
    made = {}
    for name in ("system", "corporate", "folder", "ours"):
        place = tmp_path / name
        place.mkdir()
        made[name] = Authority(place).root.read_bytes()
    monkeypatch.setattr(certificates, "_SYSTEM", (str(tmp_path / "system" / "root.pem"),))
    paths = ssl.get_default_verify_paths()._replace(openssl_cafile="/nonexistent")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    return made


def content(path: str) -> list[bytes]:
    """The certificates of a file, each with its end of line; a reader takes them."""
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    end = b"-----END CERTIFICATE-----\n"
    return [piece + end for piece in Path(path).read_bytes().split(end) if piece]


def test_every_client_gets_what_it_trusted_and_ours(folder: RunFolder, roots: dict[str, bytes]) -> None:
    named = bundles({}, roots["ours"], folder)
    for bundle in BUNDLES:
        if bundle.name in ONLY_INHERITED:
            assert bundle.name not in named
        else:
            wanted = [roots["ours"]] if bundle.adds else [roots["system"], roots["ours"]]
            assert content(named[bundle.name]) == wanted, bundle.name
    assert len(set(named.values())) == 2


@pytest.mark.parametrize("bundle", BUNDLES, ids=[bundle.name for bundle in BUNDLES])
def test_what_a_variable_named_before_stays(
    bundle: object, folder: RunFolder, roots: dict[str, bytes], tmp_path: Path
) -> None:
    name = getattr(bundle, "name", "")
    corporate = tmp_path / "corporate" / "root.pem"
    corporate.write_bytes(roots["corporate"].rstrip(b"\n"))  # without its last line end
    assert content(bundles({name: str(corporate)}, roots["ours"], folder)[name]) == [roots["corporate"], roots["ours"]]


@pytest.mark.parametrize("value", ["", "/nonexistent.pem", "/", "/etc/passwd"])
def test_what_named_nothing_adds_nothing(value: str, folder: RunFolder, roots: dict[str, bytes]) -> None:
    named = bundles({"NODE_EXTRA_CA_CERTS": value, "SSL_CERT_FILE": value}, roots["ours"], folder)
    assert content(named["NODE_EXTRA_CA_CERTS"]) == [roots["ours"]]
    assert roots["ours"] in content(named["SSL_CERT_FILE"])


def test_folders_of_certificates_go_into_the_bundles(
    folder: RunFolder, roots: dict[str, bytes], tmp_path: Path
) -> None:
    """As OpenSSL has them: two names for each, and some that are in the system's file, too."""
    place = tmp_path / "certificates"
    place.mkdir()
    (place / "mine.pem").write_bytes(roots["folder"])
    (place / "0123abcd.0").symlink_to("mine.pem")
    (place / "system.pem").write_bytes(roots["system"])
    (place / "README").write_text("no certificate")
    given = {"SSL_CERT_DIR": f"{place}:/nonexistent"}
    named = bundles(given, roots["ours"], folder)
    assert content(named["SSL_CERT_FILE"]) == [roots["system"], roots["folder"], roots["ours"]]
    assert "SSL_CERT_DIR" not in environment(given, named, PROXY, BOUND)


def test_a_system_without_certificates_is_said(
    folder: RunFolder, roots: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_SYSTEM", ())
    monkeypatch.setattr(certificates, "_loaded", lambda: b"")
    with pytest.raises(UnsprawlError, match="no certificates of this system"):
        bundles({}, roots["ours"], folder)


def test_the_files_are_private(folder: RunFolder, roots: dict[str, bytes]) -> None:
    before = os.umask(0)
    try:
        named = bundles({}, roots["ours"], folder)
    finally:
        os.umask(before)
    assert {Path(path).stat().st_mode & 0o777 for path in named.values()} == {0o600}
    assert folder.path.stat().st_mode & 0o777 == 0o700


def test_node_reads_the_options(tmp_path: Path) -> None:
    """With whatever Node is here; the versions that matter are in the external tests."""
    import shutil

    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node")
    shim = tmp_path / 'a folder with "quotes"' / "shim.cjs"
    shim.parent.mkdir()
    shim.write_text("process.stderr.write('loaded')")
    environ = {"PATH": os.environ["PATH"], "NODE_OPTIONS": child.node_options("--no-warnings", shim)}
    done = subprocess.run([node, "-e", "0"], env=environ, capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("", "loaded", 0)
