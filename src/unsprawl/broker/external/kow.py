"""keys-on-the-wire: a named secret in its backend, and what binds it in its bindings.yaml."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from unsprawl.broker.external.call import ask, done, run
from unsprawl.broker.external.deposit import Bound, Deposit, own_folder, remove_own_folder
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State
from unsprawl.broker.external.yaml_pairs import add_pairs, read_pairs, remove_pairs
from unsprawl.scanner.errors import StoreUnavailable, VaultError
from unsprawl.scanner.secret import Secret
from unsprawl.vault.files import private_folder, read_private, write_private

_HEALTH = "http://healthz.kow.invalid/healthz"
"""A name that can never be resolved: whoever answers is its proxy."""
_CA = ("ca.pem", "mitmproxy-ca-cert.pem", "ca/mitmproxy-ca-cert.pem")
_AUTHORITIES = "authorities.pem"
_LARGEST = 1 << 20
_LOCAL = ("static", "keychain")
_BEFORE = "agent-vault-proxy"
"""What it was called, and its folders still may be."""


class Kow:
    """Values go in through `kow secret add --stdin`. Its command shows none; the static backend's file is read."""

    facts = known()["kow"]

    def look(self, here: Here) -> Here:
        """Whether its daemon answers, and its bindings can be changed by this user."""
        folder = _folder(here.settings["folder"])
        here = here._replace(settings={**here.settings, "folder": folder, "ca": _ca(folder)})
        bindings = os.path.join(folder, "bindings.yaml")
        if not os.path.isfile(bindings):
            reason = f"there is no {bindings}"
            return here._replace(state=State.STOPPED, reason=reason, hint="Run `kow setup`, or set KOW_CONFDIR.")
        if not (os.access(bindings, os.W_OK) and os.access(folder, os.W_OK)):
            hint = "Bind the secret as its service user, with `kow mcp install`, or choose another target."
            return here._replace(state=State.LOCKED, reason=f"{bindings} belongs to another user", hint=hint)
        if not here.settings["ca"]:
            return here._replace(state=State.STOPPED, reason=f"there is no CA in {folder}", hint="Run `kow setup`.")
        backend = _backend(bindings)
        if backend not in _LOCAL:
            reason = f"its values are kept in {backend or 'an unknown backend'}, which is filled with its own tools"
            return here._replace(
                state=State.LOCKED, reason=reason, hint="Add the secret there, with `kow binding new`."
            )
        health = ask("GET", _HEALTH, proxy=here.settings["proxy"], limit_s=2.0)
        if health is None or health.code != 200 or health.data != {"status": "ok"}:
            reason = f"its daemon does not answer at {here.settings['proxy']}"
            hint = "Start it, or set UNSPRAWL_KOW_PROXY to where it listens. Agent Vault uses the same port."
            return here._replace(state=State.STOPPED, reason=reason, hint=hint)
        return here._replace(reason=f"{self.facts.name} {here.version}, its daemon answers; backend {backend}")

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        """Adds the values, then binds them; answers whether they could be read back."""
        bindings = _bindings(deposit)
        _write_authorities(deposit)
        for name, bound in zip(deposit.names, deposit.bounds, strict=True):
            given = f"{values[bound.variable].reveal()}\n".encode()
            words = ["secret", "add", "--config", bindings, "--stdin", name]
            done(self.facts, run(self.facts, deposit.program, words, given), "take the value")
        there = self.stored(deposit)
        if there is not None and any(there.get(b.variable) != values[b.variable] for b in deposit.bounds):
            raise StoreUnavailable("kow holds another value than it was given")
        pairs = {name: _binding(name, bound) for name, bound in zip(deposit.names, deposit.bounds, strict=True)}
        add_pairs(bindings, ("secrets",), pairs)
        return there is not None

    def stored(self, deposit: Deposit) -> Mapping[str, Secret] | None:
        """What the static backend's file holds; None for the keychain."""
        from pathlib import Path

        backend = read_pairs(_bindings(deposit), ("backend",))
        if backend.get("type") != "static":
            return None
        path = os.path.expanduser(str(backend.get("config", {}).get("path", "")))
        try:
            held = read_pairs(path, ("secrets",), read=lambda name: read_private(Path(name)))
        except FileNotFoundError:
            return {}
        return {
            bound.variable: Secret(str(held[name]))
            for name, bound in zip(deposit.names, deposit.bounds, strict=True)
            if name in held
        }

    def remove(self, deposit: Deposit) -> None:
        """Takes out the bindings, then the values."""
        bindings = _bindings(deposit)
        if not os.path.isfile(bindings):
            raise VaultError(f"there is no {bindings} any more")
        pairs = {name: _binding(name, bound) for name, bound in zip(deposit.names, deposit.bounds, strict=True)}
        remove_pairs(bindings, ("secrets",), pairs)
        for name in deposit.names:
            words = ["secret", "remove", "--config", bindings, name]
            done(self.facts, run(self.facts, deposit.program, words), "remove the value")
        remove_own_folder(deposit)

    def standing(self, deposit: Deposit) -> str:
        """Whether the bindings stand and the daemon answers."""
        authorities = own_folder(deposit.broker, deposit.account) / _AUTHORITIES
        if not authorities.is_file():
            return f"there is no {authorities}"
        there = read_pairs(_bindings(deposit), ("secrets",)) if os.path.isfile(_bindings(deposit)) else {}
        gone = [name for name in deposit.names if name not in there]
        if gone:
            return f"{', '.join(gone)} is not bound in {_bindings(deposit)}"
        if ask("GET", _HEALTH, proxy=deposit.settings["proxy"], limit_s=2.0) is None:
            return f"the daemon of kow does not answer at {deposit.settings['proxy']}"
        return ""


def _write_authorities(deposit: Deposit) -> None:
    """Certificates for programs that know one list only: with kow's authority alone they could call nobody else."""
    from unsprawl.broker.wire.certificates import system_certificates

    try:
        with open(deposit.settings["ca"], "rb") as file:
            ours = file.read(_LARGEST)
    except OSError as error:
        raise VaultError(f"{deposit.settings['ca']}: {error.strerror}") from None
    folder = private_folder(own_folder(deposit.broker, deposit.account))
    write_private(folder / _AUTHORITIES, system_certificates(os.environ).rstrip() + b"\n" + ours)


def _folder(usual: str) -> str:
    """Its folder, or the one it had under its old name."""
    before = usual.replace("/kow", f"/{_BEFORE}")
    return before if not os.path.isdir(usual) and os.path.isdir(before) else usual


def _ca(folder: str) -> str:
    paths = (os.path.join(folder, *name.split("/")) for name in _CA)
    return next((path for path in paths if os.path.isfile(path)), "")


def _bindings(deposit: Deposit) -> str:
    return os.path.join(deposit.settings["folder"], "bindings.yaml")


def _backend(bindings: str) -> str:
    try:
        return str(read_pairs(bindings, ("backend",)).get("type", ""))
    except VaultError:
        return ""


def _binding(name: str, bound: Bound) -> dict[str, Any]:
    return {
        "placeholder": bound.placeholder,
        "inject": {"header": bound.header, "format": f"{bound.prefix}{{{name}}}"},
        "bindings": [{"host": host} for host in bound.hosts],
    }
