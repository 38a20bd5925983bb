"""A broker of others as it stands on this machine: found and asked, never started."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from enum import StrEnum

from unsprawl.broker.external.facts import BrokerFacts
from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings
from unsprawl.vault.store_call import call, found, quiet_environment
from unsprawl.vault.stores import StoreDown

_VERSION = re.compile(r"\d+(?:\.\d+){1,3}")
_LONGEST = 4096
_VERSION_S = 10.0


class State(StrEnum):
    """Whether secrets can move to a broker now."""

    READY = "ready"
    STOPPED = "stopped"
    """Installed, and what it needs is not running or not set up."""
    LOCKED = "locked"
    """It waits for its owner: to claim it, to sign in."""
    OLD = "too old"
    MISSING = "not installed"
    ELSEWHERE = "not for this system"


class Here(NamedTuple):
    """What was found; texts are for people and hold no secret."""

    id: str
    state: State
    reason: str
    hint: str = ""
    program: str = ""
    """Its absolute path, links not resolved."""
    version: str = ""
    settings: Mapping[str, str] = {}
    passed: Mapping[str, str] = {}
    """Variables that an entry must set, since hosts strip them."""

    @property
    def ready(self) -> bool:
        return self.state is State.READY


def installed(facts: BrokerFacts, around: Surroundings) -> Here:
    """The program, its version and where its own things are. The state is READY as far as that goes."""
    settings = {setting.name: setting.value(around) for setting in facts.settings}
    passed = {
        setting.variable: settings[setting.name]
        for setting in facts.settings
        if setting.passed and around.environ.get(setting.variable)
    }
    if around.system not in facts.platforms:
        return Here(facts.id, State.ELSEWHERE, f"{facts.name} was never tried on this system")
    try:
        program = found(facts.programs)[facts.programs[0]]
    except StoreDown as error:
        return Here(facts.id, State.MISSING, error.message, f"To get it: {facts.install}.")
    here = Here(facts.id, State.READY, "", "", program, "", settings, passed)
    if not facts.version:
        return here
    version = _version(facts, program)
    if not version:
        reason = f"`{facts.programs[0]}` does not tell its version, so nobody knows which program that is"
        return here._replace(state=State.OLD, reason=reason, hint=f"Install {facts.name} {facts.oldest} or later.")
    here = here._replace(version=version)
    if numbers(version) < numbers(facts.oldest):
        reason = f"{facts.name} {version} is too old"
        return here._replace(state=State.OLD, reason=reason, hint=f"Install {facts.oldest} or later.")
    return here


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version, to be compared."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:4])


def _version(facts: BrokerFacts, program: str) -> str:
    environ = quiet_environment({facts.programs[0]: program}, facts.environment)
    try:
        answer = call([program, *facts.version], b"", environ, _VERSION_S)
    except StoreDown:
        return ""
    said = _VERSION.search(answer.output.decode("utf-8", "replace")[:_LONGEST]) if answer.code == 0 else None
    return said[0] if said else ""


def real_python(program: str) -> str:
    """The interpreter that a Python program was installed for: the one of its first line, else the one beside it."""
    real = os.path.realpath(program)
    try:
        with open(real, "rb") as file:
            lines = [file.readline(512).decode("utf-8", "replace") for _ in range(2)]
    except OSError:
        return ""
    for line in lines:  # `#!/path/python`, or what pip writes where that path is too long for the kernel
        match = re.match(r"(?:#!|'''exec' )\s*\"?(/[^\"\n]*?python[0-9.]*)\"?(?:\s|$)", line)
        if match and os.access(match[1], os.X_OK):
            return match[1]
    beside = os.path.join(os.path.dirname(real), "python3")
    return beside if os.access(beside, os.X_OK) else ""
