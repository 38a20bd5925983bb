"""A destination as a word of a command line, there and back."""

from __future__ import annotations

import pytest

from unsprawl.scanner.errors import UsageError
from unsprawl.vault.destination_text import destination_of, text_of
from unsprawl.vault.record import Destination, Place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=header@api.example.com", Destination("A", ("api.example.com",))),
        (
            "A=query,path@*.example.com,b.test:8443",
            Destination("A", ("*.example.com", "b.test:8443"), (Place.QUERY, Place.PATH)),
        ),
    ],
)
def test_there_and_back(text: str, expected: Destination) -> None:
    assert destination_of(text) == expected
    assert text_of(expected) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A", "no destination"),
        ("A=api.example.com", "no destination"),
        ("A=@api.example.com", "no destination"),
        ("A=header@", "no destination"),
        ("=header@api.example.com", "no destination"),
        ("A=body@api.example.com", "no part of a request"),
        ("A=header@10.0.0.1", "address, not a name"),
        ("A=header@API.example.com", "lower case"),
        ("A=header@*.github.io", "anybody can get a host"),
        ("A=header@https://x.test", "port"),
        ("A=header@a.test,", "host name"),
        ("A=header@a.test:0", "port"),
    ],
)
def test_what_is_none(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        destination_of(text)
    assert says in caught.value.message
