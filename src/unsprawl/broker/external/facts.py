"""What is known of each broker of others: rules/brokers.yaml as records."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from unsprawl.scanner.record import NamedTuple
from unsprawl.scanner.surroundings import Surroundings

WIRE = "wire"


class Setting(NamedTuple):
    """What must be known to find the user's own."""

    name: str
    variable: str
    usual: Mapping[str, str]
    """By system."""
    passed: bool
    """Hosts strip the variable, so an entry must set it where it is not as usual."""
    about: str

    def value(self, around: Surroundings) -> str:
        """What the user's shell says, else the usual."""
        given = around.environ.get(self.variable, "")
        text = given or self.usual.get(around.system, "")
        return os.path.join(around.home, text[2:]) if text.startswith("~/") else text


class BrokerFacts(NamedTuple):
    """One broker; rules/brokers.yaml says what each field means."""

    id: str
    name: str
    install: str
    kind: str
    evidence: str
    tested: str
    oldest: str
    platforms: tuple[str, ...]
    programs: tuple[str, ...]
    version: tuple[str, ...]
    settings: tuple[Setting, ...]
    secrets: tuple[str, ...]
    environment: Mapping[str, str]
    limit_s: int
    slots: tuple[str, ...]
    single: bool
    wildcards: bool
    replaces: str
    placeholder: str
    wrap: tuple[str, ...]
    set: Mapping[str, str]
    left: str
    good_for: str
    needs: str
    flaws: tuple[str, ...]
    docs: tuple[str, ...]
    instructions: str
    serves: tuple[str, ...]

    @property
    def ran(self) -> bool:
        """Whether the real program was run."""
        return self.evidence == "ran"


@cache
def known() -> Mapping[str, BrokerFacts]:
    """All brokers by id, in the order in which they are worth a look."""
    from unsprawl.rules.bundle_brokers import BROKERS

    return {record["id"]: _made(record) for record in BROKERS}


def _made(record: dict[str, Any]) -> BrokerFacts:
    settings = tuple(
        Setting(name, raw["variable"], raw["usual"], raw.get("pass", False), raw["about"])
        for name, raw in record.get("settings", {}).items()
    )
    words = {key: tuple(record[key]) for key in ("platforms", "programs", "version", "slots", "wrap", "flaws", "docs")}
    secrets = tuple(record.get("secrets", ()))
    single = record.get("single", False)
    more = {"settings": settings, "secrets": secrets, "single": single, "instructions": record.get("instructions", "")}
    more["serves"] = tuple(record.get("serves", ()))
    return BrokerFacts(**{key: value for key, value in {**record, **words, **more}.items() if key != "differs"})
