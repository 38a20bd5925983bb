"""`NamedTuple` for the modules that every commit imports: the same records, made in a tenth of the time.

`typing` compiles each annotation of each class when it is defined, for nobody, and `collections.namedtuple` compiles a
constructor for each. With a hundred records that alone costs the commit hook half of what an empty Python takes to
start. Type checkers see the real one.
"""

from __future__ import annotations

TYPE_CHECKING = False  # mypy and pyright take this name for true; the one of `typing` would import it
if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import _tuplegetter
    from types import FunctionType

    _SET_HERE = frozenset({"__qualname__", "__annotations__", "__classcell__"})
    _constructors = {}
    """By the number of fields: one is compiled for each number, and given the names of each class's fields."""

    class _Record(tuple):
        """What `collections.namedtuple` writes into each class."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changes):
            made = self._make(map(changes.pop, self._fields, self))
            if changes:
                raise ValueError(f"Got unexpected field names: {[*changes]!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = (f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({', '.join(fields)})"

        def __getnewargs__(self):
            return tuple(self)

    def _constructor(name, fields, defaults):
        known = _constructors.get(len(fields))
        if known is None:
            names = "".join(f", field_{number}" for number in range(len(fields)))
            values = "".join(f"field_{number}, " for number in range(len(fields)))
            known = eval(f"lambda _cls{names}: new(_cls, ({values}))", {"new": tuple.__new__})
            _constructors[len(fields)] = known
        code = known.__code__.replace(co_varnames=("_cls", *fields), co_name="__new__", co_qualname=f"{name}.__new__")
        return FunctionType(code, known.__globals__, "__new__", defaults)

    class _Maker(type):
        def __new__(cls, name, bases, namespace):
            fields = tuple(namespace["__annotations__"])
            defaults = {field: namespace[field] for field in fields if field in namespace}
            own = {key: value for key, value in namespace.items() if key not in fields and key not in _SET_HERE}
            made = {
                "__slots__": (),
                "__annotations__": namespace["__annotations__"],
                "__match_args__": fields,
                "__new__": _constructor(name, fields, tuple(defaults.values())),
                "_fields": fields,
                "_field_defaults": defaults,
                **{field: _tuplegetter(number, None) for number, field in enumerate(fields)},
            }
            return type(name, (_Record,), made | own)

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})

__all__ = ["NamedTuple"]
