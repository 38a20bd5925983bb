"""A plan as a file that people read, keep and approve: what would be done where, without any value.

It is a request, not a program: whoever applies it plans again, and does only what comes out equal (see `agreed`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from unsprawl import __version__
from unsprawl.broker.external.deposit import Deposit
from unsprawl.rewriters.blank import entry_digest
from unsprawl.rewriters.changes import changes
from unsprawl.rewriters.operations import Operation, Remove, SetPart
from unsprawl.rewriters.plan import EntryStep, FilePlan, Keep, Plan, RecordDraft
from unsprawl.scanner.errors import UsageError
from unsprawl.scanner.formats.node import pointer
from unsprawl.scanner.keys_once import KeyTwice, keys_once
from unsprawl.scanner.record import NamedTuple
from unsprawl.vault.machine_key import digest, machine_key
from unsprawl.vault.record import Place

SCHEMA_VERSION = 1
MAX_BYTES = 4 * 1024 * 1024
"""Some thousand steps; what is larger was not written by `--plan-out`."""
_RANDOM = 8
"""So many characters at the end of a name in the vault are random (see `vault.record.new_ref`)."""


class Request(NamedTuple):
    """What a plan file asks for."""

    to: str
    """The `--to` that it was made with."""
    steps: tuple[dict[str, Any], ...]
    """As `step_json` makes them; foreign text until they are found equal."""


def plan_json(plan: Plan, to: str, created_at: str) -> dict[str, Any]:
    """The whole file as data, still to be redacted."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "unsprawl-plan",
        "tool": {"name": "unsprawl", "version": __version__},
        "created_at": created_at,
        "machine": this_machine(),
        "to": to,
        "steps": [step_json(file, step) for file in plan.files for step in file.steps],
        "stays": [
            {
                "path": refusal.found.entry.path,
                "pointer": pointer(refusal.found.entry.key_path),
                "entry": refusal.found.entry.name,
                "reason": refusal.reason,
            }
            for refusal in plan.refusals
        ],
    }


def this_machine() -> str:
    """A name for this user on this machine: a plan's digests mean nothing to others."""
    return digest(machine_key(), "plan")


def step_json(file: FilePlan, step: EntryStep) -> dict[str, Any]:
    """One step: the same for the same entry, whenever it is planned. The random end of a new vault name is left out."""
    entry = step.found.entry
    ref = step.record.ref if step.record else step.deposit.account if step.deposit else None
    lasting = ref if ref is None or (step.record and step.record.root) else ref[:-_RANDOM] + "*" * _RANDOM

    def named(text: str) -> str:
        return text.replace(ref, lasting) if ref and lasting else text

    made: dict[str, Any] = {
        "path": entry.path,
        "pointer": pointer(entry.key_path),
        "entry": entry.name,
        "hosts": list(entry.hosts),
        "target": step.target,
        "digest": entry_digest(file.examined, step.found),
        "secrets": [
            {
                "pointer": finding.place.pointer,
                "slot": finding.slot.context.kind.value,
                "name": finding.slot.context.name,
                "rule": finding.literal.rule,
            }
            for finding in step.found.findings
        ],
        "keeps": [_keep_json(keep, step.record, step.deposit) for keep in step.keeps],
        "ref": lasting,
        "summary": named(step.summary),
        "changes": [named(change.line) for change in changes(file, step)],
        "operations": [_operation_json(operation) for operation in step.operations],
        "notes": [named(text) for text in step.notes],
        "todo": [named(text) for text in step.todo],
    }
    made["operations"] = _each_text(made["operations"], named)
    return made


def _keep_json(keep: Keep, record: RecordDraft | None, deposit: Deposit | None) -> dict[str, Any]:
    made: dict[str, Any] = {"name": keep.name, "home": keep.home}
    if keep.file is not None:
        made["file"] = keep.file
    for each in record.wire if record is not None else ():
        if each.variable == keep.name:
            made["sent"] = {"hosts": list(each.hosts), "places": [place.value for place in each.places]}
    for bound in deposit.bounds if deposit is not None else ():
        if bound.variable == keep.name:
            made["sent"] = {"hosts": list(bound.hosts), "places": [Place.HEADER.value]}
    return made


def _operation_json(operation: Operation) -> dict[str, Any]:
    """What is done at which place. Where in a text something is put would tell how long the value is that stood there:
    `changes` shows it among what stays.
    """
    done: dict[str, Any] = {"do": type(operation).__name__, "at": pointer(operation.key_path)}
    match operation:
        case Remove():
            return done
        case SetPart():
            return {**done, "value": operation.text}
        case _:
            return {**done, "value": getattr(operation, "value", getattr(operation, "item", None))}


def _each_text(value: Any, named: Any) -> Any:
    if isinstance(value, str):
        return named(value)
    if isinstance(value, list):
        return [_each_text(item, named) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, named) for key, item in value.items()}
    return value


def read_plan(data: bytes, shown: str) -> Request:
    """The request in a file. Raises UsageError for what is no plan, quoting nothing of it. `shown`: its path."""
    document = _document(data, shown)
    version = document.get("schema_version")
    if document.get("kind") != "unsprawl-plan" or not isinstance(version, int) or isinstance(version, bool):
        raise _no_plan(shown, "it is no plan of `unsprawl migrate --plan-out`")
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"--plan {shown}: a plan of another version than this unsprawl makes (schema_version {SCHEMA_VERSION})",
            hint="Make it anew with --plan-out.",
        )
    fault = _fault(document)
    if fault:
        raise _no_plan(shown, fault)
    if document["machine"] != this_machine():
        raise UsageError(
            f"--plan {shown}: made on another machine, or by another user", hint="Make one here with --plan-out."
        )
    places = [(step["path"], step["pointer"]) for step in document["steps"]]
    if len(set(places)) != len(places):
        raise _no_plan(shown, "it names an entry twice")
    return Request(document["to"], tuple(document["steps"]))


def _document(data: bytes, shown: str) -> dict[str, Any]:
    try:
        document = json.loads(data.decode("utf-8"), object_pairs_hook=keys_once, parse_constant=_no_number)
    except KeyTwice:
        raise _no_plan(shown, "a key is written twice in it, and nobody can tell which one was approved") from None
    except (ValueError, RecursionError):
        raise _no_plan(shown, "it is not valid JSON") from None
    if not isinstance(document, dict):
        raise _no_plan(shown, "it is no plan of `unsprawl migrate --plan-out`")
    return document


def _no_number(text: str) -> None:
    raise ValueError


def _no_plan(shown: str, what: str) -> UsageError:
    return UsageError(f"--plan {shown}: {what}", hint="Nothing was done. Make it anew with --plan-out.")


def _fault(document: Mapping[str, Any]) -> str:
    """Why it does not fit the schema, or "": by numbers and our own words, since a key may hold anything."""
    from importlib.resources import files

    from jsonschema import Draft202012Validator

    schema = json.loads(files("unsprawl.rewriters").joinpath("plan.schema.json").read_text(encoding="utf-8"))
    error = next(iter(Draft202012Validator(schema).iter_errors(document)), None)
    if error is None:
        return ""
    path = list(error.absolute_path)
    where = f"step {path[1] + 1}" if path[:1] == ["steps"] and len(path) > 1 else "it"
    if error.validator == "additionalProperties":
        return f"{where} says more than a plan can: it names no store, address or command of its own"
    if error.validator == "required":
        return f"{where} lacks what a plan must say"
    return f"{where} says something in another form than a plan does"
