"""What a run found, as text and as JSON."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import table
from measure import Cost, Run
from peers.tapedeck import Step
from questions import NAMES
from sizes import Size


@dataclass(frozen=True)
class Answered:
    """One engine's answer to one question."""

    run: Run
    agrees: str


@dataclass(frozen=True)
class FleetSize:
    """What the messages of another fleet take."""

    name: str
    messages: int
    raw: int
    blocks: int
    tape: int | None
    exact: str


@dataclass
class Report:
    """All sections; those that were not asked for stay empty."""

    corpus: str
    messages: int
    tapedeck: str
    repeat: int
    asked: list[str] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    idle: dict[str, Run] = field(default_factory=dict)
    answers: dict[str, dict[str, Answered]] = field(default_factory=dict)
    fleets: list[FleetSize] = field(default_factory=list)

    def text(self) -> str:
        """The tables."""
        parts = [f"{self.corpus}: {table.count(self.messages)} messages\n{self.tapedeck}; {machine()}\n"]
        if self.sizes:
            parts.append(self._sizes())
        if self.steps:
            parts.append(self._steps())
        if self.answers:
            parts.append(self._answers())
        if self.fleets:
            parts.append(self._fleets())
        return "\n".join(parts)

    def _sizes(self) -> str:
        rows = [
            (
                size.store,
                "n/a" if size.bytes is None else table.count(size.bytes),
                "n/a" if size.bytes is None else f"{size.bytes / self.messages:.2f}",
                size.exact,
                size.note,
            )
            for size in self.sizes
        ]
        return table.render("Size", ("store", "bytes", "B/msg", "exact", "finding a message"), rows)

    def _steps(self) -> str:
        rows = [_step(step) for step in self.steps]
        columns = ("command", "cpu s", "wall s", "msg/s wall", "cpu µs/msg", "peak", "")
        return table.render("Tapedeck, whole processes", columns, rows)

    def _answers(self) -> str:
        engines = list(self.idle)
        rows = []
        for engine in engines:
            answers = [self.answers[question][engine] for question in NAMES]
            peak = max((answer.run.cost.peak for answer in answers if answer.run.cost), default=0)
            cells = [_times(answer.run) + _mark(answer) for answer in answers]
            rows.append((engine, _times(self.idle[engine]), *cells, table.mebibytes(peak) if peak else "n/a"))
        notes = [f"{question}: {meaning}" for question, meaning in NAMES.items()] + self.asked
        notes.append("cpu / wall in s; idle is the engine's process without a question")
        notes += self._disagreements() + self._fastest()
        title = f"Queries, whole processes, warm cache, least of {self.repeat}"
        return table.render(title, ("engine", "idle", *NAMES, "peak"), rows, notes)

    def _disagreements(self) -> list[str]:
        found = [
            f"{engine} {question}: {answer.agrees}"
            for question, answers in self.answers.items()
            for engine, answer in answers.items()
            if answer.run.problem is None and answer.agrees != "yes"
        ]
        return found or ["all answers that were given agree with the reference"]

    def _fastest(self) -> list[str]:
        """For each question the engines that took less CPU than Tapedeck."""
        notes = []
        for question, answers in self.answers.items():
            own = answers.get("Tapedeck")
            if own is None or own.run.cost is None:
                continue
            ahead = [
                engine
                for engine, answer in answers.items()
                if answer.run.cost and answer.run.cost.cpu < own.run.cost.cpu
            ]
            notes.append(f"{question}: less CPU than Tapedeck: {', '.join(ahead) or 'nobody'}")
        return notes

    def _fleets(self) -> str:
        rows = [
            (
                fleet.name,
                table.count(fleet.messages),
                f"{fleet.raw / fleet.messages:.2f}",
                f"{fleet.blocks / fleet.messages:.2f}",
                "n/a" if fleet.tape is None else f"{fleet.tape / fleet.messages:.2f}",
                fleet.exact,
                "n/a" if fleet.tape is None else "yes" if fleet.tape <= fleet.blocks else "NO",
            )
            for fleet in self.fleets
        ]
        columns = ("fleet", "messages", "raw B/msg", "zstd -3 1 MiB", "tape", "exact", "not larger than zstd")
        return table.render("Other fleets", columns, rows)

    def json(self) -> str:
        """The same figures for programs: bytes and seconds."""
        value = {
            "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "machine": machine(),
            "tapedeck": self.tapedeck,
            "corpus": self.corpus,
            "messages": self.messages,
            "repeat": self.repeat,
            "sizes": [asdict(size) for size in self.sizes],
            "steps": [{"name": step.name, **_run(step.run), "messages": step.messages} for step in self.steps],
            "idle": {engine: _run(run) for engine, run in self.idle.items()},
            "queries": {
                question: {engine: {**_run(answer.run), "agrees": answer.agrees} for engine, answer in answers.items()}
                for question, answers in self.answers.items()
            },
            "fleets": [asdict(fleet) for fleet in self.fleets],
        }
        return json.dumps(value, indent=1, ensure_ascii=False) + "\n"

    def write(self, folder: Path) -> None:
        """Writes `report.txt` and `report.json`."""
        (folder / "report.txt").write_text(self.text(), encoding="utf-8")
        (folder / "report.json").write_text(self.json(), encoding="utf-8")


def machine() -> str:
    """The processor and the versions of what was measured."""
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "chdb", "pyarrow", "zstandard"))
    processor = names[0] if names else platform.machine()
    return f"{os.cpu_count()} × {processor}; {packages}, Python's SQLite {sqlite3.sqlite_version}"


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def _run(run: Run) -> dict:
    return {"problem": run.problem, **(asdict(run.cost) if run.cost else {})}


def _times(run: Run) -> str:
    if run.cost is None:
        return run.problem or "n/a"
    return f"{run.cost.cpu:.3f} / {run.cost.wall:.3f}"


def _mark(answer: Answered) -> str:
    """An exclamation mark behind the cost of an answer that is wrong."""
    return "!" if answer.run.problem is None and not answer.agrees.startswith("yes") else ""


def _step(step: Step) -> tuple[str, ...]:
    cost: Cost | None = step.run.cost
    if cost is None:
        return (step.name, "n/a", "n/a", "n/a", "n/a", "n/a", step.run.problem or "")
    speed = table.count(round(step.messages / cost.wall)) if step.messages else "–"
    work = f"{cost.cpu / step.messages * 1e6:.2f}" if step.messages else "–"
    return (step.name, table.seconds(cost.cpu), table.seconds(cost.wall), speed, work, table.mebibytes(cost.peak), "")
