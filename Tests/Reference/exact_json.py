"""JSON without loss: numbers keep their spelling, objects keep order and repeated names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Iterator

MAX_DEPTH = 512
"""Deeper nesting is read as text that is no JSON."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True)
class Number:
    """A number as it is written: 1.0, 1 and 1e0 are three texts of one value."""

    text: str

    @property
    def value(self) -> Fraction:
        """The number itself, without rounding."""
        return Fraction(Decimal(self.text))

    @property
    def is_finite_double(self) -> bool:
        """Whether a 64-bit float can hold its magnitude: 1e400 cannot be held."""
        return abs(float(self.text)) != float("inf")


class Object(list[tuple[str, Any]]):
    """The members of an object, in order, repeated names kept."""

    def all(self, *names: str) -> Iterator[Any]:
        """The values of the members with these names, in order."""
        return (value for key, value in self if key in names)

    def last(self, kinds: type | tuple[type, ...], *names: str) -> Any:
        """The value of the last member of these names that is of these kinds, else None."""
        found = None
        for value in self.all(*names):
            if isinstance(value, kinds):
                found = value
        return found


def parse(text: str) -> Any:
    """Reads one JSON value strictly (RFC 8259); raises ValueError for everything else."""
    if _depth(text) > MAX_DEPTH:
        raise ValueError("nested too deeply")
    return _clean(_DECODER.decode(text))


def write(value: Any) -> str:
    """The value as compact JSON, numbers as they were written."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, Object):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{write(v)}" for k, v in value) + "}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{write(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 and abs(value) < 2**53 else repr(float(value))
    return json.dumps(value, ensure_ascii=False)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=Object, parse_int=Number, parse_float=Number, parse_constant=_no_constant
)


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in re.sub(r"[^\[\]{}]", "", _STRING.sub("", text)):
        depth += 1 if character in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _clean(value: Any) -> Any:
    """Half a surrogate pair is no character: U+FFFD stands for it."""
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("\ufffd", value)
    if isinstance(value, Object):
        return Object((_clean(k), _clean(v)) for k, v in value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    return value
