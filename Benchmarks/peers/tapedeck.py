"""Tapedeck itself: making a tape, sealing, reading everything back, and the five questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterable, Iterator

from corpus import Message, format_time, parse_time, read_lines
from facts import Facts
from measure import Bench, Run
from peers.engine import digest, fresh
from questions import Answer, Questions
from sizes import Size, on_disk


@dataclass(frozen=True)
class Step:
    """One command of the life of a tape, and how many messages it dealt with (0: says nothing about messages)."""

    name: str
    run: Run
    messages: int


class Tapedeck:
    """The `tapedeck` program and the tapes that it makes in a folder."""

    name = "Tapedeck"

    def __init__(self, binary: Path, facts: Facts, gathered: Path, folder: Path, bench: Bench) -> None:
        self._binary = binary
        self._facts = facts
        self._lines = gathered / "messages.jsonl"
        self._folder = folder
        self._bench = bench
        self._tape = folder / "bench.tape"
        self.steps: list[Step] = []

    def load(self) -> list[Size]:
        """Imports the corpus, sealed as import leaves it; the whole tape is exported again and compared."""
        fresh(self._folder)
        imported = self._step("import", ["import", self._lines, "-o", self._tape, "--keep-secrets"])
        if imported.problem:
            return [Size("Tapedeck's tape", None, imported.problem, self._bench.first_error("tapedeck-import"))]
        return [Size("Tapedeck's tape", on_disk(self._tape), self._exactness(), "as import leaves it")]

    def examine(self, repeat: int) -> list[Size]:
        """Measures what `load` did not: sealing on its own and reading; gives the sizes before and after sealing."""
        sizes: list[Size] = []
        other = self._folder / "unsealed.tape"
        unsealed = self._step("import --no-seal", ["import", self._lines, "-o", other, "--keep-secrets", "--no-seal"])
        if unsealed.problem is None:
            sizes.append(Size("Tapedeck's tape before sealing", on_disk(other), "", "import --no-seal"))
            sealed = self._step("seal", ["seal", other])
            if sealed.problem is None:
                sizes.append(Size("Tapedeck's tape, sealed afterwards", on_disk(other), "", "seal"))
        else:
            self.steps.append(Step("seal", Run(None, "n/a (no unsealed tape)", Path("/dev/null")), 0))
        if self._tape.exists():
            self._best("export", ["export", self._tape], repeat, self._facts.messages)
            self._best("verify", ["verify", self._tape], repeat, self._facts.messages)
            self._best("info", ["info", self._tape], repeat, 0)
        return sizes

    def idle(self, bench: Bench) -> Run:
        """The program, which says its version."""
        return bench.run([self._binary, "--version"], "tapedeck-idle")

    def ask(self, question: str, questions: Questions, bench: Bench) -> Run:
        """The program with the question."""
        command = [self._binary, "query", *self._arguments(question, questions), "--format", "jsonl"]
        return bench.run(command, f"tapedeck-{question}")

    def understand(self, question: str, text: str) -> Answer:
        """JSON Lines in the contract of each query."""
        return list(_ANSWERS[question](json.loads(line) for line in text.splitlines() if line))

    def _arguments(self, question: str, asked: Questions) -> list[str | Path]:
        tape, device, metric = self._tape, ["-d", asked.device], ["-m", asked.metric]
        match question:
            case "q1":
                window = ["--since", format_time(asked.since), "--until", format_time(asked.until)]
                return ["telemetry", tape, *device, *metric, *window]
            case "q2":
                return ["trend", tape, *metric, "--every", "1h", "--clock", "arrival"]
            case "q3":
                return ["commands", tape, "--summary"]
            case "q4":
                return ["devices", tape]
            case _:
                return ["messages", tape, *device, "--around", format_time(asked.around), "--window", "10m"]

    def _step(self, name: str, arguments: list[str | Path]) -> Run:
        run = self._bench.run([self._binary, *arguments], f"tapedeck-{name.replace(' ', '')}")
        self.steps.append(Step(name, run, self._facts.messages))
        return run

    def _best(self, name: str, arguments: list[str | Path], repeat: int, messages: int) -> None:
        def once() -> Run:
            return self._bench.run([self._binary, *arguments], f"tapedeck-{name}", keeps_output=False)

        self.steps.append(Step(name, self._bench.race({name: once}, repeat)[name], messages))

    def _exactness(self) -> str:
        run = self._bench.run([self._binary, "export", self._tape], "tapedeck-check")
        if run.problem:
            return f"? export: {run.problem}"
        result = "yes" if digest(read_lines(run.output)) == self._facts.digest else "NO"
        run.output.unlink()
        return result


def tape_size(
    binary: Path, lines: Path, messages: Iterable[Message], folder: Path, bench: Bench
) -> tuple[int | None, str]:
    """Imports a file of JSON Lines; the tape's bytes and whether it is exact, or None and why there is no tape.

    - messages: the same messages, to compare with.
    """
    tape = fresh(folder) / "fleet.tape"
    run = bench.run([binary, "import", lines, "-o", tape, "--keep-secrets"], "fleet-import")
    if run.problem:
        return None, run.problem
    size = on_disk(tape)
    back = bench.run([binary, "export", tape], "fleet-export")
    if back.problem:
        return size, f"? export: {back.problem}"
    result = "yes" if digest(read_lines(back.output)) == digest(messages) else "NO"
    back.output.unlink()
    return size, result


def _samples(rows: Iterable[dict]) -> Iterator[list[Any]]:
    for row in rows:
        value = row.get("value")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield [parse_time(row["time"]), value]


def _hours(rows: Iterable[dict]) -> Iterator[list[Any]]:
    for row in rows:
        if row["count"] > 0:
            yield [parse_time(row["from"]), *(row[key] for key in ("count", "min", "max", "avg", "p95"))]


def _commands(rows: Iterable[dict]) -> Iterator[list[Any]]:
    found = [
        [
            row["name"],
            _first(row, "count", "commands"),
            _rate(row),
            _first(row, "p50_ms", "duration_p50_ms", "p50_duration_ms", "p50"),
            _first(row, "p95_ms", "duration_p95_ms", "p95_duration_ms", "p95"),
        ]
        for row in rows
        if row.get("name") is not None
    ]
    yield from sorted(found, key=lambda row: row[0])


def _rate(row: dict) -> float | None:
    if "success_rate" in row:
        return row["success_rate"]
    done, failed = row["done"], row["failed"]
    return done / (done + failed) if done + failed else None


def _first(row: dict, *keys: str) -> Any:
    for key in keys:
        if key in row:
            return row[key]
    raise KeyError(f"none of {', '.join(keys)}")


def _devices(rows: Iterable[dict]) -> Iterator[list[Any]]:
    yield from sorted([row["device"], row["status"]] for row in rows if "status" in row)


def _messages(rows: Iterable[dict]) -> Iterator[list[Any]]:
    for row in rows:
        yield [parse_time(row["time"]), row["topic"], row.get("payload", row.get("payload_base64"))]


_ANSWERS = {"q1": _samples, "q2": _hours, "q3": _commands, "q4": _devices, "q5": _messages}
