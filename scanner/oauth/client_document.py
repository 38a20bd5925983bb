"""A client ID metadata document as it was found, and what is in it that must never be shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, TypeAlias

from unsprawl.scanner.discover import GENERIC_SERVERS, ConfigFile, generic_file
from unsprawl.scanner.examine import Examined, examine
from unsprawl.scanner.names import Secrecy, secrecy
from unsprawl.scanner.oauth.addresses import Reach
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.oauth.metadata import JSON_TYPE, read, strings
from unsprawl.scanner.oauth.result import Result
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret

Data: TypeAlias = "dict[str, Any]"
LINKS = ("client_uri", "logo_uri", "tos_uri", "policy_uri", "jwks_uri")
_QUOTED = ("client_id", "client_name", "token_endpoint_auth_method", "application_type", *LINKS)
_LISTS = ("redirect_uris", "grant_types", "response_types")
_MOST = 50
"""So many items of a list are looked at."""
_PASSING = frozenset({Fault.NAME, Fault.CONNECT, Fault.TLS, Fault.SLOW, Fault.BROKEN, Fault.PROXY})


class ClientDocument(NamedTuple):
    """One document. What it says is foreign text."""

    shown: str
    """The address or the path, for people."""
    address: str
    """The client id that it is to be: the address as typed; "" for a file of which nobody said where it will be."""
    answer: Answer | None
    """None for a file."""
    size: int
    data: dict[str, Any] | None
    fault: str
    """Why there is no data, in words of our own."""
    reach: Reach | None = None
    """From where the address can be reached; None where it was not looked up."""

    @property
    def subject(self) -> str:
        """What is judged as the client id: the address, else what the document calls itself."""
        written = self.data.get("client_id") if self.data is not None else None
        return self.address or (written if isinstance(written, str) else "")

    @property
    def redirects(self) -> list[str]:
        """The redirect addresses, so far as they are text."""
        return strings(self.data.get("redirect_uris"))[:_MOST] if self.data is not None else []


class Word(StrEnum):
    """What is said of a document in a word."""

    VALID = "valid"
    WARNINGS = "valid-with-warnings"
    INVALID = "invalid"
    INCONCLUSIVE = "inconclusive"


def of_file(path: str, content: bytes, address: str) -> ClientDocument:
    """The document of a file. `address`: where it is to be published, or ""."""
    found = read("file", Answer(path, 200, (("content-type", JSON_TYPE),), content))
    return ClientDocument(path, address, None, len(content), found.document, _told(found.fault))


def of_answer(shown: str, address: str, answer: Answer, reach: Reach | None) -> ClientDocument:
    """The document that was served."""
    found = read("client", answer)
    return ClientDocument(shown, address, answer, len(answer.body), found.document, _told(found.fault), reach)


def _told(fault: str) -> str:
    return fault.removeprefix("200 with ").removeprefix("what is ")


def word_of(document: ClientDocument, results: tuple[Result, ...]) -> Word:
    """Invalid: a server refuses it, or must. Inconclusive: it was not seen, for a reason that may pass."""
    if any(each.failed and each.severity == "block" for each in results):
        return Word.INVALID
    if document.data is None:
        return Word.INCONCLUSIVE
    warned = any(each.failed and each.severity == "warn" for each in results)
    return Word.WARNINGS if warned else Word.VALID


def may_pass(answer: Answer) -> bool:
    """Whether another day, or another machine, may see the document."""
    return answer.fault in _PASSING or answer.status == 429 or answer.status >= 500


def secrets_of(document: ClientDocument) -> list[Secret]:
    """What must not be shown of it: a wrong file may have been named, and a document may hold what it must not."""
    data = document.data or {}
    hidden = [
        Secret(value)
        for key, value in data.items()
        if isinstance(value, str) and value and secrecy(key) is Secrecy.STRONG
    ]
    file: ConfigFile = generic_file("client.json", "json")
    servers = {f"{number}": {"env": {"VALUE": text}} for number, text in enumerate(_quoted(data))}
    links = {f"u{number}": {"url": text} for number, text in enumerate(_quoted(data)) if "://" in text}
    synthetic = {str(GENERIC_SERVERS[0][0]): {**servers, **links}}
    looked = examine(file, json.dumps(synthetic).encode(), "client.json")
    return [*hidden, *(each.secret for each in looked.findings)] if isinstance(looked, Examined) else hidden


def _quoted(data: dict[str, Any]) -> Iterator[str]:
    for key in _QUOTED:
        if isinstance(data.get(key), str):
            yield data[key]
    for key in _LISTS:
        yield from strings(data.get(key))[:_MOST]
