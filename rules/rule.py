"""One kind of credential as a typed record, made of what the bundle holds."""

from __future__ import annotations

from unsprawl.rules.index import RawRule
from unsprawl.rules.load import compiled
from unsprawl.scanner.checksums import Checksum
from unsprawl.scanner.record import NamedTuple


class Format(NamedTuple):
    """One shape of a credential. See rules/provider.schema.json for the meaning of each field."""

    pattern: str
    self_identifying: bool
    keywords: tuple[str, ...]
    shortest: int
    longest: int
    """0: no limit."""
    boundary: str
    mixed: bool
    identifier: bool
    words: bool
    by_name: bool
    """Counts only under a name of its rule, and not for the host or the package beside it."""
    checksum: Checksum | None

    def fits(self, text: str) -> bool:
        """Whether all of `text` has this shape."""
        length = len(text)
        if length < self.shortest or (self.longest and length > self.longest):
            return False
        return compiled(self.pattern).fullmatch(text) is not None


class Rule(NamedTuple):
    """One kind of credential."""

    id: str
    name: str
    provider: str | None
    severity: str
    formats: tuple[Format, ...]
    uri_schemes: tuple[str, ...]
    env_names: tuple[str, ...]
    headers: tuple[str, ...]
    """Lower case."""
    hosts: tuple[str, ...]
    packages: tuple[str, ...]
    rotate_url: str
    not_secret: tuple[str, ...]
    secret_claims: tuple[tuple[str, str], ...]
    public_claims: tuple[tuple[str, str], ...]
    public_names: tuple[str, ...]
    article: str

    @property
    def one(self) -> str:
        """The name with its article."""
        return f"{self.article} {self.name}"


class Far(NamedTuple):
    """All rules, raw and by number, and the look-ups that only a value worth a closer look needs."""

    ids: dict[str, int]
    hosts: dict[str, tuple[int, ...]]
    packages: dict[str, tuple[int, ...]]
    """By fragments of names, lower case."""
    schemes: dict[str, int]
    claims: tuple[int, ...]
    """Rules that know a token by its claims."""
    brands: dict[str, str]
    """Vendors by their names in capitals, without blanks or punctuation."""
    public: tuple[str, ...]
    """Variables whose values may be published."""
    rules: tuple[RawRule, ...]


def record(raw: RawRule) -> Rule:
    """The record of one raw rule."""
    formats = tuple(Format._make((*shape[:-1], Checksum._make(shape[-1]) if shape[-1] else None)) for shape in raw[4])
    return Rule._make((*raw[:4], formats, *raw[5:]))
