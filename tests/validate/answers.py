"""Answers for every check: those that its rule documents, and the smallest that each of its conditions takes."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.servers.sites import Reply
from tests.validate.bed import ALL, finding, registries, rule_file, sample, written
from unsprawl.rules.check import Check, Condition, Second, checks
from unsprawl.rules.load import compiled
from unsprawl.rules.samples import expand
from unsprawl.scanner.oauth.answer import Answer
from unsprawl.scanner.validate.attempt import Attempt, attempts
from unsprawl.scanner.validate.credential import is_identifier
from unsprawl.scanner.validate.judge import judged
from unsprawl.scanner.validate.server import Unasked
from unsprawl.scanner.validate.told import Told

ALLOWED = "server.corp.example"
TOKENS = {
    ("aws-session", 0): "IQoJ{b:300}",
    ("circleci", 0): "CCIPRJ_{an:22}_{h:40}",
    ("supabase-secret-key", 1): "eyJ{an:30}.eyJ{an:60}.{an:40}",
    ("figma", 1): "figu_{w:40}",
    ("langsmith", 0): "lsv2_sk_{h:32}_{h:10}",
    ("cloudflare-api-token", 0): "cfat_{an:40}{h:8}",
    ("cloudflare-api-token", 2): "{w:40}",
    ("cloudflare-api-token", 3): "{w:40}",
    ("datadog", 1): "{h:40}",
    ("elastic-api-key", 0): "essu_{b:92}",
    ("oxylabs", 0): "{an:20}",
    ("servicenow", 0): "{an:20}",
    ("datadog", 0): "{h:32}",
}
"""Credentials for checks that no sample of a format is for."""
SECONDS = {
    "AWS_ACCESS_KEY_ID": "AKIA{b32:16}",
    "AWS_SESSION_TOKEN": "IQoJ{b:300}",
    "AWS_SECRET_ACCESS_KEY": "{b:40}",
    "AWS_REGION": "eu-central-1",
    "TWILIO_ACCOUNT_SID": "AC{h:32}",
    "TWILIO_API_KEY": "SK{h:32}",
    "GOOGLE_CLIENT_ID": "{d:12}-{ld:30}.apps.googleusercontent.com",
    "GOOGLE_CLIENT_SECRET": "GOCSPX-{w:28}",
    "DD_API_KEY": "{h:32}",
    "CLOUDFLARE_ACCOUNT_ID": "{h:32}",
    "PLAID_CLIENT_ID": "{h:24}",
    "PLAID_ENV": "sandbox",
    "ALGOLIA_APP_ID": "{Ud:10}",
    "BITBUCKET_EMAIL": "person{d:6}@acme.example",
    "SLACK_MCP_XOXD_TOKEN": "xoxd-{an:80}",
    "AZURE_DEVOPS_ORG": "acme{d:6}",
}
"""Values beside a credential, by variable; any other is `beside` and digits."""


@dataclass(slots=True)
class Case:
    """One credential of one check, and how its vendor answers."""

    name: str
    rule: str
    number: int
    """Of the check in its rule."""
    attempts: tuple[Attempt, ...]
    reply: Reply
    means: str
    tells: dict[str, Any] = field(default_factory=dict)

    def is_of(self, text: str) -> bool:
        """Whether a request, decoded, is about this one: it holds the credential, or of what is only signed its id."""
        check = self.attempts[0].check
        values = dict(self.attempts[0].values)
        told = (
            values["id"]
            if check.sigv4
            else values[check.digest[1:].partition("}")[0]]
            if check.digest
            else values["token"]
        )
        if check.hs256:
            return values["id"].reveal() in _payload(text)
        if check.parts and "{token}" not in f"{check.headers}{check.basic}{check.query}{check.body}":
            return all(values[name].reveal() in text for name in compiled(check.parts).groupindex)
        return told.reveal() in text


def _payload(text: str) -> str:
    """The header of the JSON Web Token in a request."""
    found = re.search(r"Ghost ([A-Za-z0-9_-]+)\.", text)
    return urlsafe_b64decode(found[1] + "==").decode() if found else ""


def cases(rule_id: str) -> list[Case]:
    """Everything that the vendor of a rule may say, for each of its checks."""
    random = Random(f"answers of {rule_id}")
    found = []
    for number, check in enumerate(checks(rule_id)):
        if check.inside:
            continue  # a made-up credential holds nothing: tests/validate/test_key_files.py
        replies = [*_documented(rule_id, number), *_derived(check)]
        for name, reply, means, tells in replies:
            asked = _asked(rule_id, number, check, random)
            assert asked, f"no sample of {rule_id} is for its check {number}"
            if means == "invalid" and asked[-1].check.then_next:
                means = "unknown"
            elif means == "invalid" and check.then_next:  # the next one has the last word, and gets the same answer
                headers = tuple((name.lower(), text) for name, text in reply.headers)
                means = judged(asked[-1].check, Answer("", reply.status, headers, reply.body), {}).state.value
            found.append(Case(f"{rule_id}/{number} {name}", rule_id, number, asked, reply, means, tells))
    return found


def _asked(rule_id: str, number: int, check: Check, random: Random) -> tuple[Attempt, ...]:
    """A credential that this check is for, with all that stands beside it."""
    rule = rule_file(rule_id)
    templates = [TOKENS[rule_id, number]] if (rule_id, number) in TOKENS else []
    tokens = [expand(template, random) for template in templates]
    tokens += [sample(format_, random) for format_ in rule.get("formats", ()) if not templates]
    pairs = tuple(_beside(check, random))
    wanted = ALL._replace(allowed=frozenset({ALLOWED}))
    for token in tokens:
        one = finding(rule_id, token)
        if is_identifier(one):
            continue
        found = attempts(one, Told(pairs, True), wanted, registries)
        if found is None or isinstance(found, Unasked):
            continue
        mine = [place for place, attempt in enumerate(found) if attempt.check == check]
        if mine:
            return found[mine[0] :]  # of several that are tried in turn, from this one on
    return ()


def _beside(check: Check, random: Random) -> Iterator[tuple[str, str]]:
    for second in check.seconds:
        yield second.names[0], _second(second, check, random)
    host = check.host
    if host is not None and host.names and not host.default:
        yield host.names[0], f"https://acme.{host.below[0]}" if host.below else f"https://{ALLOWED}/"


def _second(second: Second, check: Check, random: Random) -> str:
    template = SECONDS.get(second.names[0], "beside{d:12}")
    if second.name == "id" and dict(check.only).get("id", "").startswith("ASIA"):
        template = "ASIA{b32:16}"
    made = expand(template, random)
    assert not second.pattern or compiled(second.pattern).fullmatch(made), f"no sample for {second.names[0]}"
    return made


def _documented(rule_id: str, number: int) -> Iterator[tuple[str, Reply, str, dict[str, Any]]]:
    for place, example in enumerate(written(rule_id)[number].get("examples", ())):
        headers = dict(example.get("headers", {}))
        body = example.get("text", "").encode()
        if "json" in example:
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
            body = json.dumps(example["json"], indent=1).encode()
        yield (
            f"example {place}",
            Reply(example["status"], tuple(headers.items()), body),
            example["means"],
            example.get("tells", {}),
        )


def _derived(check: Check) -> Iterator[tuple[str, Reply, str, dict[str, Any]]]:
    for place, condition in enumerate(check.conditions):
        for status in condition.status:
            reply, tells = _fitting(check, condition, status)
            yield f"answer {place} ({status})", reply, condition.means, tells


def _fitting(check: Check, condition: Condition, status: int) -> tuple[Reply, dict[str, Any]]:
    """The smallest answer that a condition takes; a good one names whose the credential is."""
    headers = {name: f"{text} here" if text else "here" for name, text in condition.headers}
    texts = [condition.has[0]] if condition.has else []
    data: dict[str, Any] = {}
    told: dict[str, Any] = {}
    for pointer, wanted in condition.json:
        put(data, pointer, wanted[0])
    if condition.means in ("live", "live_restricted") and not condition.lacks:
        for field_, places in check.tells:
            kind, _, name = places[0].partition(" ")
            if kind == "header":
                headers[name] = f"{field_} told"
            elif kind == "true" and put(data, name, True):
                told[field_] = name.rpartition("/")[2]
                continue
            elif kind in ("token", "true") or not put(data, places[0], f"{field_} told"):
                continue
            told[field_] = f"{field_} told"
        for more in check.more:
            for _, pointer in more.gives:
                put(data, pointer, "a-name")
    for pointer in condition.there:
        put(data, pointer, "here")
    body = json.dumps({**data, "message": "PLACE"}) if data or not texts else texts[0]
    if texts and data:
        body = body.replace('"PLACE"', json.dumps(texts[0]))
    headers.setdefault("Content-Type", "application/json" if body.startswith("{") else "text/plain")
    return Reply(status, tuple(headers.items()), b"" if status == 204 else body.encode()), told


def put(data: dict[str, Any], pointer: str, value: Any) -> bool:
    """Put a value where a pointer leads, if nothing is there; `*` is the first of a list, `?` what is true."""
    steps = pointer.split("/")[1:]
    if steps[0] == "*":
        return False  # the whole answer would have to be a list
    here: Any = data
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        last = after is None
        if step == "*":
            if not here:
                here.append(value if last else {})
            here = here[0]
        elif step == "?":
            here[value] = True if last else {steps[-1]: True}
            return True
        elif last:
            if step in here:
                return False
            here[step] = value
        else:
            here = here.setdefault(step, [] if after == "*" else {})
            if not isinstance(here, list | dict):
                return False
    return True
