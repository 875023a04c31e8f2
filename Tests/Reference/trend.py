"""Numbers over time: what lies in each stretch."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any, Iterable, Iterator

from exact_json import Number
from instants import HOUR, is_sound, rfc3339
from messages import Message
from telemetry import patches

Point = tuple[int, int, int, Fraction]
"""Instant by the chosen clock, seq, place in the message, value."""


def percentile(ascending: list[Fraction], percent: int) -> Fraction:
    """The value at rank (n − 1) · p / 100, counted from 0; between two ranks the line between their values."""
    whole, rest = divmod((len(ascending) - 1) * percent, 100)
    if rest == 0:
        return ascending[whole]
    return ascending[whole] + (ascending[whole + 1] - ascending[whole]) * Fraction(rest, 100)


def rows(
    messages: Iterable[Message], by_device: bool = False, clock: str = "device", every: int = HOUR
) -> Iterator[dict[str, Any]]:
    """The rows of `query trend -m '*'`, by metric, device and time."""
    buckets: dict[tuple[str, str | None, int], list[Point]] = defaultdict(list)
    for message in messages:
        for patch in patches(message):
            own = patch.device_time if clock == "device" and is_sound(patch.device_time) else None
            instant = message.time if own is None else own
            for place, (metric, value) in enumerate(patch.metrics):
                if isinstance(value, Number) and value.is_finite_double:
                    key = (metric, patch.device if by_device else None, instant // every * every)
                    buckets[key].append((instant, message.seq, place, value.value))
    for (metric, device, start), points in sorted(buckets.items(), key=lambda item: _order(item[0])):
        points.sort(key=lambda point: point[:3])
        ascending = sorted(point[3] for point in points)
        row: dict[str, Any] = {"metric": metric}
        if device is not None:
            row["device"] = device
        yield row | {
            "from": rfc3339(start),
            "until": rfc3339(start + every),
            "count": len(points),
            "min": ascending[0],
            "max": ascending[-1],
            "avg": sum(ascending) / len(ascending),
            "p50": percentile(ascending, 50),
            "p95": percentile(ascending, 95),
            "first": points[0][3],
            "last": points[-1][3],
        }


def _order(key: tuple[str, str | None, int]) -> tuple[bytes, bytes, int]:
    return key[0].encode(), (key[1] or "").encode(), key[2]
