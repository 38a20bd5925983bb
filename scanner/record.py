"""`NamedTuple` for the modules that every commit imports: the same records, made in a third of the time.

`typing` compiles each annotation of each class when it is defined, for nobody: with some fifty records that alone costs
the commit hook half of what an empty Python takes to start. Type checkers see the real one.
"""

from __future__ import annotations

TYPE_CHECKING = False  # mypy and pyright take this name for true; the one of `typing` would import it
if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import namedtuple

    _SET_BY_NAMEDTUPLE = frozenset({"__module__", "__qualname__", "__annotations__"})

    class _Maker(type):
        def __new__(cls, name, bases, namespace):
            fields = namespace["__annotations__"]
            defaults = [namespace[field] for field in fields if field in namespace]
            made = namedtuple(name, fields, defaults=defaults, module=namespace["__module__"])
            made.__annotations__ = fields
            for key, value in namespace.items():
                if key not in fields and key not in _SET_BY_NAMEDTUPLE:
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})

__all__ = ["NamedTuple"]
