"""The signature of AWS against the vectors that AWS publishes with its signers (aws-sig-v4-test-suite)."""

from __future__ import annotations

import pytest

from unsprawl.scanner.validate.sigv4 import Keys, account_of, signed

KEYS = Keys("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY" + "EXAMPLEKEY")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("method", "target", "headers", "body", "names", "signature"),
    [
        ("GET", "/", {}, b"", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET", "/?Param2=value2&Param1=value1", {}, b"", "host;x-amz-date",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", {}, b"", "host;x-amz-date",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ),
        (
            "POST", "/", FORM, b"Param1=value1", "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)  # fmt: skip
def test_published_vectors(
    method: str, target: str, headers: dict[str, str], body: bytes, names: str, signature: str
) -> None:
    made = signed(method, "example.amazonaws.com", target, headers, body, KEYS, "us-east-1/service", "20150830T123600Z")
    assert made["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    assert made["X-Amz-Date"] == "20150830T123600Z"


def test_a_session_is_signed_too() -> None:
    made = signed("GET", "h.example", "/", {}, b"", KEYS._replace(session="a b"), "r/s", "20150830T123600Z")
    assert "SignedHeaders=host;x-amz-date;x-amz-security-token" in made["Authorization"]
    assert made["X-Amz-Security-Token"] == "a b"
    assert "wJalr" not in repr(KEYS)


@pytest.mark.parametrize(
    ("key_id", "account"),
    [
        ("AKIA" + "AYLPMN5HAAAAAAAA", "052310077262"),
        ("ASIA" + "Y34FZKBOKMUTVV7A", "609629065308"),
        ("AKIA" + "0189", ""),
        ("AKIA" + "1" * 16, ""),
        ("", ""),
    ],
)
def test_the_account_stands_in_the_id(key_id: str, account: str) -> None:
    assert account_of(key_id) == account
