"""Keys whose vendor publishes their other half: nothing secret is sent, and the two halves must fit."""

from __future__ import annotations

import datetime
import json
from base64 import b64encode
from collections.abc import Iterator

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.servers.sites import Asked, Reply, document
from tests.validate.bed import ALL, Vendors, finding, question, registries, sent, vendors
from unsprawl.scanner.validate.attempt import attempts
from unsprawl.scanner.validate.told import Told

RULE, HOST, EMAIL, KEY_ID = "google-service-account", "www.googleapis.com", "ci@demo.iam.gserviceaccount.test", "a" * 40
KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


def pem(key: rsa.RSAPrivateKey) -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*form).decode()


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, EMAIL)])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def key_file(key: rsa.RSAPrivateKey = KEY, **more: str) -> str:
    fields = {"type": "service_account", "project_id": "demo", "private_key_id": KEY_ID, "private_key": pem(key)}
    return json.dumps({**fields, "client_email": EMAIL, **more})


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendors, str]]:
    with vendors(tmp_path_factory.mktemp("vendors"), [HOST]) as made:
        yield made


@pytest.mark.parametrize(
    ("text", "reply", "state"),
    [
        (key_file(), document({KEY_ID: certificate(KEY), "b" * 40: certificate(OTHER)}), "live"),
        (b64encode(key_file().encode()).decode(), document({KEY_ID: certificate(KEY)}), "live"),
        (key_file(), document({"b" * 40: certificate(OTHER)}), "invalid"),
        (key_file(), document({"b" * 40: certificate(KEY)}), "invalid"),
        (key_file(), document({KEY_ID: certificate(OTHER)}), "unknown"),
        (key_file(), document({KEY_ID: "no certificate"}), "unknown"),
        (key_file(), document({KEY_ID: 7}), "unknown"),
        (key_file(private_key="no key"), document({KEY_ID: certificate(KEY)}), "unknown"),
        (key_file(), document({"error": {"code": 404}}, 404), "invalid"),
        (key_file(), document([certificate(KEY)]), "unknown"),
    ],
)
def test_both_halves(
    text: str, reply: Reply, state: str, running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bed, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    bed.asked.clear()
    bed.answer = lambda asked: reply
    verdict = bed.verdict(question(RULE, text))
    assert verdict.state == state
    assert [asked.path for asked in bed.asked] == [f"/robot/v1/metadata/x509/{EMAIL}"]
    assert "PRIVATE" not in sent(bed.asked[0])
    assert "authorization" not in bed.asked[0].headers
    if state == "live":
        assert (verdict.login, verdict.account) == (EMAIL, "demo")


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", json.dumps({"client_email": 7}), "bm90IEpTT04=", "\u00e9", "[" * 9000]
)
def test_what_is_no_key_file(text: str) -> None:
    found = attempts(finding(RULE, text), Told((), True), ALL, registries)
    assert "no way to ask" in str(found)


def test_an_account_that_leads_elsewhere(running: tuple[Vendors, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name comes from a file: it is one segment of a path, whatever is in it."""
    bed, way = running
    monkeypatch.setenv("HTTPS_PROXY", way)
    seen: list[Asked] = []
    bed.answer = lambda asked: seen.append(asked) or Reply(404)  # type: ignore[func-returns-value]
    bed.verdict(question(RULE, key_file(client_email="../../x?y=z#@evil.example/")))
    assert [asked.path for asked in seen] == ["/robot/v1/metadata/x509/..%2F..%2Fx%3Fy=z%23@evil.example%2F"]
