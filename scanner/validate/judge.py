"""What an answer means, by the conditions of a check; and whose credential it is, by the places that it tells. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from unsprawl.rules.check import Check, Condition
from unsprawl.scanner.model import Reach, State
from unsprawl.scanner.oauth.answer import Answer, Fault
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.validate.credential import values_inside
from unsprawl.scanner.validate.identity import identified
from unsprawl.scanner.validate.pointers import at, filled

_PAGES = ("text/html", "application/xhtml+xml")
_BUSY = 429
_LONGEST_GIVEN = 200
_WORDS = re.compile(r"[\s,;]+")


class Judged(NamedTuple):
    """What one answer means."""

    state: State
    reason: str = ""
    login: str = ""
    account: str = ""
    reach: Reach = Reach()
    stop: bool = False
    """The host must not be asked any further."""
    failed: bool = False
    """There was no whole answer, or the server is in trouble: another try may help."""
    given: tuple[tuple[str, str], ...] = ()
    """What further requests need, by name: the id of a user, say."""


class _Body(NamedTuple):
    """A body as conditions see it."""

    text: str
    data: Any
    whole: bool


def judged(check: Check, answer: Answer, values: Mapping[str, str]) -> Judged:
    """What the answer means. Nothing of it but names and scopes is kept."""
    if not answer.status or (answer.fault is not None and answer.fault is not Fault.LONG):
        return Judged(State.UNKNOWN, _without_answer(answer), failed=True)
    body = _body(answer)
    page = answer.media_type in _PAGES and not check.pages
    for condition in check.conditions:
        if answer.status not in condition.status:
            continue
        if page and answer.status != 401 and not condition.headers:
            return Judged(State.UNKNOWN, "a web page answered, and no API: something in front of it, or another server")
        fits = _fits(condition, answer, body, values)
        if fits is None:
            return Judged(State.UNKNOWN, f"the server {Fault.LONG}")
        if fits:
            state = State(condition.means)
            found = identified(check, check.tells, answer, body.data, values) if state.works else {}
            given = tuple(_given(check, body.data)) if state is State.LIVE else ()
            return Judged(state, condition.why, stop=condition.stop, given=given, **found)
    if answer.status == _BUSY:
        return Judged(State.RATE_LIMITED, "the vendor wants to be asked later")
    reason = f"the answer {answer.status} says nothing of the credential"
    if 300 <= answer.status < 400:
        reason = "it redirects to another address, and a credential is not sent on"
    return Judged(State.UNKNOWN, reason, failed=answer.status >= 500)


def enriched(
    what: Judged,
    check: Check,
    tells: tuple[tuple[str, tuple[str, ...]], ...],
    answer: Answer,
    values: Mapping[str, str],
) -> Judged:
    """With what a further answer tells; one that is no good changes nothing."""
    if answer.status != 200 or answer.fault is not None or answer.media_type in _PAGES:
        return what
    found = identified(check, tells, answer, _body(answer).data, values)
    reach: Reach = found["reach"]
    return what._replace(
        login=found["login"] or what.login,
        account=found["account"] or what.account,
        reach=Reach(
            reach.scopes or what.reach.scopes,
            reach.expires or what.reach.expires,
            reach.last_used or what.reach.last_used,
            reach.resources or what.reach.resources,
            roles=tuple(dict.fromkeys((*what.reach.roles, *reach.roles))),
        ),
    )


def _given(check: Check, data: Any) -> Iterator[tuple[str, str]]:
    """What this answer gives to the further requests."""
    for more in check.more:
        for name, pointer in more.gives:
            found = next(at(data, pointer), None)
            if isinstance(found, str) and 0 < len(found) <= _LONGEST_GIVEN:
                yield name, found


def _without_answer(answer: Answer) -> str:
    match answer.fault:
        case Fault.UNSAFE:
            return f"nothing was sent: the address {answer.reason}"
        case Fault.NAME:
            return "the name of its server was not found"
        case Fault.PROXY:
            return "the proxy of this machine cannot be used"
        case Fault.TLS:
            return "the certificate of its server is not trusted here, or TLS failed: nothing was sent"
        case None:
            return "there was no answer"
        case fault:
            return f"its server {fault}"


def parsed(answer: Answer) -> Any:
    """The JSON of a body; None for what is none."""
    return _body(answer).data


def _body(answer: Answer) -> _Body:
    text = answer.body.decode("utf-8", "replace")
    data = None
    try:
        data = json.loads(text)
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        pass
    return _Body(text, data, answer.fault is None)


def _fits(condition: Condition, answer: Answer, body: _Body, values: Mapping[str, str]) -> bool | None:
    """None where only the whole of a body that was cut off would tell."""
    for name, text in condition.headers:
        present = [value for known, value in answer.headers if known == name]
        if not any(not text or text in _WORDS.split(value) for value in present):
            return False
    if not condition.reads_body:
        return True
    if not body.whole:
        return None
    return (
        (not condition.has or any(text in body.text for text in condition.has))
        and not any(text in body.text for text in condition.lacks)
        and all(_is_one_of(body.data, pointer, wanted) for pointer, wanted in condition.json)
        and all(_there(body.data, filled(pointer, values)) for pointer in condition.there)
        and not any(_there(body.data, filled(pointer, values)) for pointer in condition.missing)
        and (not condition.certificate or _certified(body.data, filled(condition.certificate, values), values))
        and (not condition.missing or isinstance(body.data, dict))
    )


def _certified(data: Any, pointer: str, values: Mapping[str, str]) -> bool:
    """Whether a certificate there is for the private key that the credential holds."""
    from unsprawl.scanner.validate.key_pairs import belongs

    held = values_inside(values["token"], (("key", "/private_key"),))
    return held is not None and any(isinstance(each, str) and belongs(each, held["key"]) for each in at(data, pointer))


def _is_one_of(data: Any, pointer: str, wanted: tuple[Any, ...]) -> bool:
    return any(type(found) is type(each) and found == each for found in at(data, pointer) for each in wanted)


def _there(data: Any, pointer: str) -> bool:
    return any(found is not None for found in at(data, pointer))
