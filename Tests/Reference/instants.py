"""Instants as whole nanoseconds since 1970, and the times that devices write."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from exact_json import Number

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_REACH = range(-(2**63), 2**63)
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_DIGITS = re.compile(r"-?(\d+)(?:\.\d+)?", re.ASCII)


def days(year: int, month: int, day: int) -> int:
    """Days since 1970; raises ValueError for a date that does not exist."""
    if year == 0:  # a leap year that Python's calendar lacks
        return date(400, month, day).toordinal() - 146_097 - _EPOCH
    return date(year, month, day).toordinal() - _EPOCH


def device_instant(value: Any) -> int | None:
    """The instant that a payload's `timestamp` states; None for what is no time.

    ISO 8601 (without zone: UTC), or a number of seconds (up to 11 digits before the point) or milliseconds (12 to 14).
    """
    if isinstance(value, Number):
        return _from_digits(value.text)
    if isinstance(value, str):
        return _from_iso(value) if _ISO.fullmatch(value) else _from_digits(value)
    return None


def is_sound(instant: int | None) -> bool:
    """Whether a device's clock can have been set: from 2010 up to 2100."""
    if instant is None:
        return False
    return days(2010, 1, 1) * 86_400 * SECOND <= instant < days(2100, 1, 1) * 86_400 * SECOND


def from_rfc3339(text: str) -> int:
    """Reads the times of the `messages` contract: UTC, nine digits."""
    instant = _from_iso(text)
    if instant is None:
        raise ValueError(f"{text} is no time")
    return instant


def rfc3339(instant: int) -> str:
    """UTC with nine digits of fraction."""
    seconds, nanoseconds = divmod(instant, SECOND)
    whole_days, second = divmod(seconds, 86_400)
    day = date.fromordinal(_EPOCH) + timedelta(days=whole_days)
    return f"{day:%Y-%m-%d}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{nanoseconds:09}Z"


def _from_iso(text: str) -> int | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        total = days(int(year), int(month), int(day)) * 86_400
    except ValueError:
        return None
    h, m, s = int(hour or 0), int(minute or 0), int(second or 0)
    if h > 23 or m > 59 or s > 60:
        return None
    total += h * 3600 + m * 60 + s
    if zone and zone not in "Zz":
        zone_hours, zone_minutes = int(zone[1:3]), int(zone[-2:]) if len(zone) > 3 else 0
        if zone_hours > 23 or zone_minutes > 59:
            return None
        total -= (zone_hours * 3600 + zone_minutes * 60) * (-1 if zone[0] == "-" else 1)
    instant = total * SECOND + int((fraction or "0")[:9].ljust(9, "0"))
    return instant if instant in _REACH else None


def _from_digits(text: str) -> int | None:
    match = _DIGITS.fullmatch(text)
    if match is None or len(match[1]) > 14:
        return None
    unit = SECOND if len(match[1]) <= 11 else 1_000_000
    instant = int(Decimal(text) * unit)
    return instant if instant in _REACH else None
