"""What a login created at the authorization servers, so that it can be taken back; and what it must never show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.oauth.login.front import Endpoints
from unsprawl.scanner.oauth.login.seen import Attempt
from unsprawl.scanner.oauth.metadata import parsed_or_none
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.secret import Secret

Learn = Callable[[Iterable[Secret]], None]
_LONGEST_CODE = 60


class Issued(NamedTuple):
    """Tokens, and how the client that got them proves who it is."""

    endpoints: Endpoints
    client_id: str
    authorization: Secret
    """The header of that name; empty for none."""
    client_secret: Secret
    """What was sent in the form; empty for none."""
    access: Secret
    refresh: Secret
    type: str
    lifetime: object
    scope: str | None


class Registered(NamedTuple):
    """A client that was registered for this login."""

    endpoints: Endpoints
    client_id: str
    uri: str
    """Where it can be deleted; "" where that is not offered."""
    token: Secret


@dataclass(slots=True)
class Ledger:
    """Written while the login runs."""

    learn: Learn
    issued: list[Issued] = field(default_factory=list)
    registered: list[Registered] = field(default_factory=list)
    registration: Attempt | None = None
    """The last registration."""
    exchange: Attempt | None = None
    """The last exchange of a code."""
    exchanged: dict[str, str] = field(default_factory=dict, repr=False)
    """The form of the last exchange that gave a token."""
    target_refused: bool = False

    def note_registration(self, endpoints: Endpoints, answer: Answer) -> None:
        """The answer to a registration."""
        body = _object(answer)
        told = {name: _text(body.get(name)) for name in ("client_id", "registration_client_uri")}
        token, secret = (Secret(_text(body.get(name))) for name in ("registration_access_token", "client_secret"))
        self.learn(each for each in (token, secret) if each)
        self.registration = Attempt(answer.status, error_of(answer), bool(told["client_id"]))
        if answer.status in (200, 201) and told["client_id"]:
            uri = told["registration_client_uri"] if token else ""
            self.registered.append(Registered(endpoints, told["client_id"], uri, token))

    def before_token(self, form: dict[str, str]) -> None:
        """What is about to be sent to a token endpoint."""
        names = ("code", "code_verifier", "client_secret", "refresh_token")
        self.learn(Secret(form[name]) for name in names if form.get(name))

    def note_token(
        self, endpoints: Endpoints, form: dict[str, str], authorization: str, client_id: str, answer: Answer
    ) -> Issued | None:
        """The answer of a token endpoint; the tokens in it."""
        body = _object(answer)
        access, refresh, identity = (
            Secret(_text(body.get(name))) for name in ("access_token", "refresh_token", "id_token")
        )
        self.learn(each for each in (access, refresh, identity) if each)
        given = answer.status in (200, 201) and bool(access)
        attempt = Attempt(answer.status, error_of(answer), given)
        self.target_refused = self.target_refused or refuses_target(attempt.error, _text(body.get("error_description")))
        if form.get("grant_type") == "authorization_code":
            self.exchange = attempt
            self.exchanged = form if given else self.exchanged
        if not given:
            return None
        scope = body.get("scope")
        issued = Issued(
            endpoints,
            client_id,
            Secret(authorization),
            Secret(form.get("client_secret", "")),
            access,
            refresh,
            _text(body.get("token_type")),
            body.get("expires_in"),
            scope if isinstance(scope, str) else None,
        )
        self.issued.append(issued)
        return issued


def form_of(body: bytes) -> dict[str, str]:
    """The fields of a form; {} for what is none."""
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=50))
    except ValueError:
        return {}


def error_of(answer: Answer) -> str:
    """The error code of an OAuth answer, cut; "" for none."""
    if answer.status in (200, 201) and _object(answer):
        return ""
    error = _text(_object(answer).get("error"))[:_LONGEST_CODE]
    return error or (answer.told if answer.fault is not None else answer.media_type)


def refuses_target(error: str, description: str) -> bool:
    """Whether an error is about the resource parameter."""
    return error == "invalid_target" or "AADSTS9010010" in description


def _object(answer: Answer) -> dict[str, object]:
    loaded = parsed_or_none(answer.body) if answer.body else None
    return loaded if isinstance(loaded, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
