"""The five questions, their answers by plain Python, and whether an engine's answer agrees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import pyarrow.dataset as ds

from facts import STATUS_METRIC, Facts

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
HALF_WINDOW = 5 * 60 * 1_000_000_000
ENDED_WELL = ("done",)
ENDED = ("done", "error", "failed")
TOLERANCE = 1e-9

NAMES = {
    "q1": "one device, one metric, a window: samples",
    "q2": "one metric, all devices, all time: count min max avg p95 an hour",
    "q3": "each command name: count, success rate, p50 and p95 duration",
    "q4": "last status of each device",
    "q5": "one device's messages within 5 minutes, with payload",
}

Answer = list[list[Any]]
"""q1 [recv, value] · q2 [hour, count, min, max, avg, p95] · q3 [name, count, success rate of the ended, p50 ms,
p95 ms] · q4 [device, status] · q5 [recv, topic, payload]. Times in ns since the Unix epoch."""


@dataclass(frozen=True)
class Questions:
    """What is asked about: chosen by rule from the corpus, not by hand."""

    metric: str
    device: str
    since: int
    until: int
    around: int

    def describe(self) -> list[str]:
        """What was chosen, for people."""
        return [
            f"metric {self.metric}, device {self.device}",
            f"q1 window {(self.until - self.since) / HOUR:.1f} h",
        ]


def choose(facts: Facts, folder: Path) -> Questions | None:
    """The metric with most numbers, the device in the middle by how many it sent, a window in the middle of the tape.

    None when the corpus has no telemetry under `v1/device/+/telemetry`.
    """
    totals: dict[str, int] = {}
    for metric, _, many in facts.numbers:
        totals[metric] = totals.get(metric, 0) + many
    if not totals:
        return None
    metric = min(totals, key=lambda name: (-totals[name], name))
    ranked = sorted((many, device) for name, device, many in facts.numbers if name == metric)
    device = ranked[len(ranked) // 2][1]
    span = facts.last - facts.first
    width = min(DAY, span // 2)
    since = facts.first + (span - width) // 2
    around = since + width // 2
    commands = _rows(folder / "commands.parquet", ds.field("device") == device, ["recv"])
    if commands:
        around = min((row[0] for row in commands), key=lambda time: abs(time - around))
    return Questions(metric, device, since, since + width, around)


def reference(questions: Questions, folder: Path) -> dict[str, Answer]:
    """The right answers; of q2 and q3 the percentiles are all values, sorted, for `compare` to place p50 and p95 in."""
    points = folder / "points.parquet"
    is_metric = (ds.field("metric") == questions.metric) & ds.field("num").is_valid()
    table = ds.dataset(points).to_table(columns=["recv", "num", "device"], filter=is_metric)
    received, values = table["recv"].to_numpy(), table["num"].to_numpy()
    chosen = np.array(table["device"].to_pylist(), dtype=object) == questions.device
    chosen &= (received >= questions.since) & (received < questions.until)
    q1 = sorted([int(time), float(value)] for time, value in zip(received[chosen], values[chosen]))
    return {
        "q1": q1,
        "q2": _hours(received, values),
        "q3": _commands(folder),
        "q4": _statuses(folder),
        "q5": _messages(questions, folder),
    }


def _hours(received: np.ndarray, values: np.ndarray) -> Answer:
    hours = received // HOUR * HOUR
    order = np.lexsort((values, hours))
    hours, values = hours[order], values[order]
    starts = np.flatnonzero(np.r_[True, hours[1:] != hours[:-1]]) if len(hours) else []
    rows = []
    for start, end in zip(starts, [*starts[1:], len(hours)]):
        part = values[start:end]
        rows.append([int(hours[start]), len(part), part[0], part[-1], math.fsum(part) / len(part), part])
    return rows


def _commands(folder: Path) -> Answer:
    names: dict[tuple[str, str], tuple[str, int]] = {}
    ends: dict[tuple[str, str], tuple[str, int]] = {}
    columns = ["recv", "device", "id", "name", "status", "is_update"]
    for received, device, command, name, status, is_update in _rows(folder / "commands.parquet", None, columns):
        if not is_update:
            names.setdefault((device, command), (name, received))
        elif status in ENDED:
            ends.setdefault((device, command), (status, received))
    by_name: dict[str, list[Any]] = {}
    for key, (name, begun) in names.items():
        entry = by_name.setdefault(name, [0, 0, 0, []])
        entry[0] += 1
        if key not in ends:
            continue
        status, ended = ends[key]
        entry[1] += 1
        entry[2] += status in ENDED_WELL
        if ended >= begun:
            entry[3].append((ended - begun) / 1e6)
    return [
        [name, count, done / ended if ended else None, np.sort(times), np.sort(times)]
        for name, (count, ended, done, times) in sorted(by_name.items())
    ]


def _statuses(folder: Path) -> Answer:
    rows = _rows(folder / "points.parquet", ds.field("metric") == STATUS_METRIC, ["device", "text"])
    return [list(pair) for pair in sorted(dict(rows).items())]


def _messages(questions: Questions, folder: Path) -> Answer:
    window = (ds.field("recv") >= questions.around - HALF_WINDOW) & (ds.field("recv") < questions.around + HALF_WINDOW)
    is_wanted = (ds.field("device") == questions.device) & window
    rows = _rows(folder / "messages.parquet", is_wanted, ["recv", "topic", "payload"])
    return [[received, topic, payload.decode(errors="replace")] for received, topic, payload in rows]


def _rows(path: Path, condition: ds.Expression | None, columns: list[str]) -> list[tuple]:
    table = ds.dataset(path).to_table(columns=columns, filter=condition)
    return list(zip(*(table[name].to_pylist() for name in columns)))


def compare(question: str, right: Answer, answer: Answer) -> str:
    """`yes`, `yes; percentiles …` when only those are others than their definitions allow, or what is wrong first."""
    if len(right) != len(answer):
        return f"NO: {len(answer)} rows, not {len(right)}"
    places = {"q2": (0.95,), "q3": (0.5, 0.95)}.get(question, ())
    plain = len(right[0]) - len(places) if right else 0
    worst = 0.0
    for number, (expected, row) in enumerate(zip(right, answer), 1):
        if len(row) != len(expected):
            return f"NO: row {number} has {len(row)} values, not {len(expected)}"
        for one, other in zip(expected[:plain], row):
            if not _same(one, other):
                return f"NO: row {number} has {other!r}, not {one!r}"[:100]
        for place, values, other in zip(places, expected[plain:], row[plain:]):
            worst = max(worst, _misplaced(values, place, other))
    if worst == math.inf:
        return "NO: a percentile is missing"
    return f"yes; percentiles off by up to {worst:.1%}" if worst > TOLERANCE else "yes"


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return one == other


def _misplaced(values: Sequence[float], place: float, other: Any) -> float:
    """By what share a percentile lies outside the two samples between which every usual definition puts it."""
    if len(values) == 0:
        return 0.0 if other is None else math.inf
    if not isinstance(other, (int, float)):
        return math.inf
    at = (len(values) - 1) * place
    low, high = values[math.floor(at)], values[math.ceil(at)]
    outside = max(low - other, other - high, 0.0)
    return outside / max(abs(low), abs(high), TOLERANCE)
