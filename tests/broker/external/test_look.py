"""Whether authsome and keys-on-the-wire can be used now, told without starting or waiting for anything."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from tests.broker.external.doubles import api, recorder

from unsprawl.broker.external.here import Here, State
from unsprawl.broker.external.registry import look
from unsprawl.scanner.surroundings import Surroundings

HANDLE = "quiet-otter-0001"
HEALTH = "GET /api/health"
IDENTITY = f"GET /api/identities/{HANDLE}"
OK = (200, {"status": "ok", "version": "0.7.2"})
KOW_HEALTH = "GET http://healthz.kow.invalid/healthz"


def looked(broker_id: str, home: Path, **environ: str) -> Here:
    begun = time.monotonic()
    here = look(broker_id, Surroundings(str(home), str(home), environ, "linux"))
    assert time.monotonic() - begun < 20
    return here


# --- authsome


@pytest.mark.parametrize(
    ("handle", "answers", "state", "why"),
    [
        (HANDLE, {HEALTH: OK, IDENTITY: (200, {"registration_status": "claimed"})}, State.READY, "is claimed"),
        (HANDLE, {HEALTH: OK, IDENTITY: (200, {"registration_status": "claim_required"})}, State.LOCKED, "not claimed"),
        (HANDLE, {HEALTH: OK, IDENTITY: 404}, State.STOPPED, "that of another home"),
        (HANDLE, {HEALTH: OK, IDENTITY: (200, ["claimed"])}, State.STOPPED, "that of another home"),
        (HANDLE, {HEALTH: (200, {"version": "0.6.0"})}, State.STOPPED, "of another version"),
        (HANDLE, {HEALTH: 500}, State.STOPPED, "no daemon answers"),
        ("", {HEALTH: OK}, State.LOCKED, "no agent in its home"),
        ("../../x?y", {HEALTH: OK}, State.LOCKED, "no agent in its home"),
    ],
)
def test_authsome(handle: str, answers: dict[str, Any], state: State, why: str, home: Path) -> None:
    program = recorder(home, "authsome", {"--version": (0, "authsome, version 0.7.2")})
    config = home / ".authsome" / "client" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"active_identity": handle or None}))
    with api(answers) as made:
        here = looked("authsome", home, AUTHSOME_BASE_URL=made.url)
    assert (here.state, why in here.reason) == (state, True), here.reason
    assert [call["argv"] for call in program.calls()] == [["--version"]]  # every other command may wait for a click


def test_authsome_before_its_first_start(home: Path) -> None:
    recorder(home, "authsome", {"--version": (0, "authsome, version 0.7.2")})
    assert looked("authsome", home).state is State.LOCKED


def test_authsome_on_another_machine(home: Path) -> None:
    recorder(home, "authsome", {"--version": (0, "authsome, version 0.7.2")})
    config = home / ".authsome" / "client" / "config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"active_identity": HANDLE}))
    assert "in clear" in looked("authsome", home, AUTHSOME_BASE_URL="http://10.0.0.9:7998").reason


# --- keys-on-the-wire

BINDINGS = {"bindings.yaml": "backend: {type: static}"}
STATIC = {**BINDINGS, "ca.pem": ""}


@pytest.mark.parametrize(
    ("files", "answers", "state", "why"),
    [
        (STATIC, {KOW_HEALTH: 200}, State.READY, "its daemon answers"),
        ({"ca/mitmproxy-ca-cert.pem": "", **BINDINGS}, {KOW_HEALTH: 200}, State.READY, ""),
        ({"bindings.yaml": "backend: {type: keychain}", "ca.pem": ""}, {KOW_HEALTH: 200}, State.READY, "keychain"),
        ({}, {KOW_HEALTH: 200}, State.STOPPED, "there is no"),
        ({"bindings.yaml": "backend: {type: static}"}, {KOW_HEALTH: 200}, State.STOPPED, "there is no CA"),
        ({"bindings.yaml": "backend: {type: bws}", "ca.pem": ""}, {KOW_HEALTH: 200}, State.LOCKED, "kept in bws"),
        ({"bindings.yaml": "backend: [", "ca.pem": ""}, {KOW_HEALTH: 200}, State.LOCKED, "an unknown backend"),
        (STATIC, {KOW_HEALTH: 503}, State.STOPPED, "does not answer"),
        # Agent Vault listens at the same port, and answers in its own way.
        (STATIC, {KOW_HEALTH: (200, {})}, State.STOPPED, "not answer"),
    ],
)  # fmt: skip
def test_kow(files: dict[str, str], answers: dict[str, Any], state: State, why: str, home: Path) -> None:
    program = recorder(home, "kow", {"--version": (0, "kow 1.1.1")})
    folder = home / "kow"
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with api(answers) as made:
        here = looked("kow", home, KOW_CONFDIR=str(folder), UNSPRAWL_KOW_PROXY=made.url)
    assert (here.state, why in here.reason) == (state, True), here.reason
    assert [call["argv"] for call in program.calls()] == [["--version"]]


def test_kow_under_its_old_name(home: Path) -> None:
    recorder(home, "kow", {"--version": (0, "kow 1.1.1")})
    folder = home / "etc" / "agent-vault-proxy"
    folder.mkdir(parents=True)
    (folder / "bindings.yaml").write_text("backend: {type: static}")
    here = looked("kow", home, KOW_CONFDIR=str(home / "etc" / "kow"), UNSPRAWL_KOW_PROXY="http://127.0.0.1:9")
    assert here.settings["folder"] == str(folder)
