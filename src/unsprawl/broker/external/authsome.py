"""authsome: a provider of its own for each value, with one default connection, in the daemon of the user's agent."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from unsprawl.broker.external.call import ask, exposed
from unsprawl.broker.external.deposit import Bound, Deposit
from unsprawl.broker.external.facts import known
from unsprawl.broker.external.here import Here, State, real_python
from unsprawl.scanner.errors import StoreUnavailable
from unsprawl.scanner.secret import Secret
from unsprawl.vault.store_call import call, quiet_environment

_SCRIPT = os.path.join(os.path.dirname(__file__), "authsome_call.py")
_LOOK_S = 2.0


class Authsome:
    """Its command would wait five minutes for a click, so it is asked through its files and its daemon's addresses."""

    facts = known()["authsome"]

    def look(self, here: Here) -> Here:
        """Whether its daemon runs, is the one of this home, and knows the agent as claimed."""
        handle = _active_identity(here.settings["home"])
        claim = "Run `authsome onboard` once and claim the agent in the browser."
        if not handle:
            return here._replace(state=State.LOCKED, reason="there is no agent in its home yet", hint=claim)
        url = here.settings["url"]
        if (told := exposed(here, url)) is not None:
            return told
        health = ask("GET", f"{url}/api/health", limit_s=_LOOK_S)
        if health is None or health.code != 200 or not isinstance(health.data, dict):
            return here._replace(
                state=State.STOPPED, reason=f"no daemon answers at {url}", hint="Run `authsome daemon start`."
            )
        if health.data.get("version") != here.version:
            reason = "the daemon that answers is of another version, and authsome would start it again"
            return here._replace(state=State.STOPPED, reason=reason, hint="Run `authsome daemon restart`.")
        status = ask("GET", f"{url}/api/identities/{handle}", limit_s=_LOOK_S)
        if status is None or status.code != 200 or not isinstance(status.data, dict):
            reason = f"the daemon at {url} does not know the agent of this home: it may be that of another home"
            hint = "Stop that one, or set AUTHSOME_PORT and AUTHSOME_BASE_URL for this home."
            return here._replace(state=State.STOPPED, reason=reason, hint=hint)
        if status.data.get("registration_status") != "claimed":
            return here._replace(state=State.LOCKED, reason="the agent of this home was not claimed yet", hint=claim)
        return here._replace(reason=f"{self.facts.name} {here.version}, its daemon runs and the agent is claimed")

    def store(self, deposit: Deposit, values: Mapping[str, Secret]) -> bool:
        """Registers a provider for each value and reads all of them back; exactly one may claim each host."""
        answer = self._ask("store", deposit, values)
        if answer.get("others"):
            hosts = ", ".join(answer["others"])
            raise StoreUnavailable(
                f"another connection of authsome claims {hosts} too, so it would send neither",
                hint="Choose another target with `--to`, or log out of the other one (`authsome provider list`).",
            )
        if not answer.get("ok"):
            raise StoreUnavailable(f"authsome did not take the value ({_word(answer)})", hint="See `authsome log`.")
        if self._values(answer) != self._by_provider(deposit, values):
            raise StoreUnavailable("authsome gave back another value than it was given")
        return True

    def stored(self, deposit: Deposit) -> Mapping[str, Secret]:
        """What its connections hold."""
        answer = self._ask("stored", deposit)
        if not answer.get("ok"):
            raise StoreUnavailable(f"authsome cannot be asked ({_word(answer)})", hint="Run `authsome daemon start`.")
        found = self._values(answer)
        return {
            bound.variable: found[name]
            for bound, name in zip(deposit.bounds, _providers(deposit), strict=True)
            if name in found
        }

    def remove(self, deposit: Deposit) -> None:
        """Removes our providers with their connections."""
        answer = self._ask("remove", deposit)
        if not answer.get("ok"):
            raise StoreUnavailable(f"authsome could not remove the value ({_word(answer)})")

    def standing(self, deposit: Deposit) -> str:
        """Whether exactly one connection claims each host, and it is ours."""
        answer = self._ask("stored", deposit)
        if not answer.get("ok"):
            return f"authsome cannot be asked ({_word(answer)})"
        claimed = answer["claimed"]
        if claimed["missing"]:
            return f"authsome has no connection for {', '.join(claimed['missing'])}"
        if claimed["others"]:
            return f"another connection of authsome claims {', '.join(claimed['others'])} too, so it sends neither"
        return ""

    def _by_provider(self, deposit: Deposit, values: Mapping[str, Secret]) -> dict[str, Secret]:
        names = _providers(deposit)
        return {name: values[bound.variable] for name, bound in zip(names, deposit.bounds, strict=True)}

    def _values(self, answer: Mapping[str, Any]) -> dict[str, Secret]:
        return {name: Secret(str(text)) for name, text in answer.get("values", {}).items()}

    def _ask(self, what: str, deposit: Deposit, values: Mapping[str, Secret] | None = None) -> dict[str, Any]:
        if (
            not _active_identity(deposit.settings["home"])
            or ask("GET", f"{deposit.settings['url']}/api/health") is None
        ):
            hint = "Run `authsome daemon start`."
            raise StoreUnavailable(f"no daemon of authsome answers at {deposit.settings['url']}", hint=hint)
        python = real_python(deposit.program)
        if not python:
            raise StoreUnavailable("the interpreter of authsome cannot be found", hint="Install it with pipx or uv.")
        providers = []
        for name, bound in zip(_providers(deposit), deposit.bounds, strict=True):
            each: dict[str, Any] = {"definition": _definition(name, bound), "hosts": bound.hosts}
            if values is not None:
                each["key"] = values[bound.variable].reveal()
            providers.append(each)
        environ = quiet_environment(
            {"authsome": deposit.program},
            {**self.facts.environment, **{s.variable: deposit.settings[s.name] for s in self.facts.settings}},
        )
        given = json.dumps({"do": what, "url": deposit.settings["url"], "providers": providers}).encode()
        answer = call([python, "-E", "-P", _SCRIPT], given, environ, self.facts.limit_s)
        try:
            found = json.loads(answer.output)
        except ValueError:
            return {"ok": False, "error": "no answer"}
        return found if isinstance(found, dict) else {"ok": False, "error": "no answer"}


def _word(answer: Mapping[str, Any]) -> str:
    """A word of ours for what went wrong."""
    text = str(answer.get("error") or "it is not bound to its host")
    return text if text.replace(" ", "").isalnum() else "unknown"


def _active_identity(home: str) -> str:
    try:
        with open(os.path.join(home, "client", "config.json"), "rb") as file:
            data = json.loads(file.read(1 << 20))
    except (OSError, ValueError):
        return ""
    handle = data.get("active_identity") if isinstance(data, dict) else None
    return handle if isinstance(handle, str) and handle.replace("-", "").replace("_", "").isalnum() else ""


def _providers(deposit: Deposit) -> list[str]:
    return [
        f"unsprawl-{deposit.account}" if number == 0 else f"unsprawl-{deposit.account}-{number + 1}"
        for number in range(len(deposit.bounds))
    ]


def _definition(name: str, bound: Bound) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "name": name,
        "display_name": name,
        "description": "Made by unsprawl, which removes it when the migration is undone.",
        "auth_type": "api_key",
        "flow": "api_key",
        "api_url": [f"https://{host}" for host in bound.hosts],
        "api_key": {
            "header_name": bound.header,
            "header_prefix": bound.prefix.strip() or None,
            "env_var": bound.variable,
        },
        "export": {"env": {"api_key": bound.variable}},
    }
