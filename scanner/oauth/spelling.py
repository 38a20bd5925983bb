"""How `resource` is spelt beside the address that is used: nothing is normalised but the case of scheme and host."""

from __future__ import annotations

from unsprawl.scanner.oauth.addresses import origin_of, place_of
from unsprawl.scanner.oauth.result import Found, failed, passed, quoted

_RELATIONS = {
    "slash": "a slash at the end differs",
    "spelling": "the same place, spelt otherwise",
    "parent": "it is a parent",
    "other": "it is another address",
}


def compared(resource: object, url: str) -> Found:
    """How `resource` is spelt beside the address that is used."""
    if not isinstance(resource, str):
        return failed("no resource" if resource is None else f"resource is {quoted(resource)}, no text")
    if with_lower_origin(resource) == with_lower_origin(url):
        return passed(quoted(resource))
    kind = relation(resource, url)
    return failed(f"{quoted(resource)}: {_RELATIONS[kind]}", "block" if kind == "other" else "warn")


def with_lower_origin(url: str) -> str:
    """The address with nothing changed but the case of scheme and host."""
    scheme, mark, rest = url.partition("://")
    ends = [at for at in map(rest.find, "/?#") if at >= 0]
    end = min(ends, default=len(rest))
    return f"{scheme.lower()}{mark}{rest[:end].lower()}{rest[end:]}" if mark else url


def differ_by_a_slash(one: str, other: str) -> bool:
    """Whether one of two addresses has a slash at the end, and nothing else is different."""
    return one != other and one.removesuffix("/") == other.removesuffix("/")


def relation(resource: str, url: str) -> str:
    """What another spelling is to an address: `same`, or one of `_RELATIONS`."""
    one, other = with_lower_origin(resource), with_lower_origin(url)
    if one == other:
        return "same"
    if differ_by_a_slash(one, other):
        return "slash"
    if "#" in one:  # which authorization servers refuse
        return "other"
    if place_of(one) == place_of(other) and origin_of(one):
        return "spelling"
    if origin_of(resource) and origin_of(resource) == origin_of(url):
        parent = one.partition("?")[0].removesuffix("/")
        if other.partition("?")[0].startswith(f"{parent}/") or other.partition("?")[0] == parent:
            return "parent"
    return "other"
