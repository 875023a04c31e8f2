#!/usr/bin/env python3
"""Compares the program's answers with the reference's, row by row and key by key, over simulated tapes.

    Tests/Reference/compare.py .build/release/tapedeck
    Tests/Reference/compare.py .build/release/tapedeck --only telemetry,trend,commands,devices
    Tests/Reference/compare.py .build/release/tapedeck --export incident.jsonl

Exits 0 with one line of counts, 1 with the first differences. `coverage` is not compared, nor what `query devices` says
beyond the messages themselves: an export has no loss ledger; of `query state` only the keys that are defined here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Mapping, Sequence

import cases
import exact_json
from exact_json import Number, Object
from instants import HOUR, from_rfc3339, rfc3339
from messages import Message, read
from reference import QUESTIONS
from state import rows as state_rows

Row = dict[str, Any]

COMPUTED = {"avg", "p50", "p95", "success_rate", "p50_ms", "p95_ms"}
"""Numbers that are results of arithmetic: the program may round on the way."""
STATE_KEYS = {
    "device", "status", "last_seen", "metrics", "config_version", "firmware", "latest_firmware", "licenses",
}
"""What the reference says of a device's state; the program says more."""
ROUNDING = Fraction(1, 10**12)
"""How far a computed number may be off, as a share of the largest one in its row."""


@dataclass(frozen=True)
class Check:
    """One question to both: its arguments on the command line, and what tells its rows apart."""

    arguments: list[str]
    identity: tuple[str, ...]
    ordered: bool = True
    windowed: bool = False


CHECKS = {
    "telemetry": Check(["telemetry"], ("seq",)),
    "telemetry-status": Check(["telemetry", "-m", "status"], ("seq",)),
    "telemetry-window": Check(["telemetry"], ("seq",), windowed=True),
    "trend": Check(["trend", "-m", "*", "--every", "1h"], ("metric", "from"), False),
    "trend-arrival": Check(["trend", "-m", "*", "--every", "1h", "--clock", "arrival"], ("metric", "from"), False),
    "trend-window": Check(["trend", "-m", "*", "--every", "1h"], ("metric", "from"), False, windowed=True),
    "trend-by-device": Check(
        ["trend", "-m", "*", "--every", "1h", "--by", "device"], ("metric", "device", "from"), False
    ),
    "commands": Check(["commands"], ("device", "id", "first_seen")),
    "commands-summary": Check(["commands", "--summary"], ("name",), False),
    "devices": Check(["devices"], ("device",)),
    "state": Check(["state"], ("device",)),
}

TAPES = {
    "calm": ["--seed", "1", "--devices", "5", "--duration", "3h", "--odd", "0"],
    "odd": ["--seed", "2", "--devices", "6", "--duration", "4h", "--odd", "0.1"],
    "very odd": ["--seed", "3", "--devices", "4", "--duration", "2h", "--odd", "0.6"],
    "many devices": ["--seed", "4", "--devices", "60", "--duration", "20m", "--odd", "0.2"],
    "not sealed": ["--seed", "5", "--devices", "5", "--duration", "2h", "--odd", "0.3", "--no-seal"],
}
"""Simulated fleets, with and without odd payloads."""

CASES = {"by hand": cases.by_hand(), "by chance 1": cases.by_chance(1), "by chance 2": cases.by_chance(2)}
"""Messages of our own."""

START = "2026-03-01T00:00:00Z"
AT = from_rfc3339(START) + HOUR


class Failed(Exception):
    """The program could not be asked."""


class Comparison:
    """Collects what differs."""

    def __init__(self, binary: Path, limit: int) -> None:
        self.binary = binary
        self.limit = limit
        self.rows: Counter[str] = Counter()
        self.rounded: Counter[str] = Counter()
        self.differences: Counter[str] = Counter()

    def run(self, *arguments: str | Path) -> str:
        """The standard output of the program."""
        result = subprocess.run([self.binary, *arguments], capture_output=True, encoding="utf-8")
        if result.returncode != 0:
            words = " ".join(map(str, arguments))
            raise Failed(f"tapedeck {words}: exit code {result.returncode}: {result.stderr.strip()[:300]}")
        return result.stdout

    def ask(self, name: str, tape: Path, messages: list[Message], label: str) -> None:
        """Puts one question to both."""
        check, seqs = CHECKS[name], {message.seq: message for message in messages}
        arguments = check.arguments + (["--at", rfc3339(AT)] if name == "state" else [])
        if check.windowed:
            since, until = (messages[len(messages) * quarter // 4].time for quarter in (1, 3))
            arguments = arguments + ["--since", rfc3339(since), "--until", rfc3339(until)]
            messages = [message for message in messages if since <= message.time < until]
        output = self.run("query", arguments[0], tape, *arguments[1:], "--format", "jsonl")
        theirs = [dict(exact_json.parse(line)) for line in output.split("\n") if line]
        question = QUESTIONS[name.removesuffix("-window")]
        ours = list(state_rows(messages, AT) if name == "state" else question(messages))
        self.rows[name] += len(ours)
        if check.ordered and [_identity(row, check) for row in ours] != [_identity(row, check) for row in theirs]:
            if Counter(_identity(row, check) for row in ours) == Counter(_identity(row, check) for row in theirs):
                self.report(name, label, "the rows are the same ones in another order")
        missing, extra = _grouped(ours, check), _grouped(theirs, check)
        for identity in dict.fromkeys([*missing, *extra]):
            expected, got = missing.get(identity, []), extra.get(identity, [])
            if len(expected) != len(got):
                text = f"{len(expected)} rows in the reference, {len(got)} in the program, of {_shown(identity)}"
                self.report(name, label, text, expected, got, seqs)
            for mine, other in zip(expected, got):
                known = mine if name == "devices" else {**mine, **other}
                if name == "state":
                    known = {key: value for key, value in known.items() if key in STATE_KEYS}
                keys = [key for key in known if key != "coverage" and not self.same(name, key, mine, other)]
                if keys:
                    self.report(name, label, f"{', '.join(keys)} of {_shown(identity)}", [mine], [other], seqs)

    def same(self, question: str, key: str, mine: Row, other: Row) -> bool:
        """Whether both rows have the same under a key."""
        if key not in mine or key not in other:
            return False
        ours, theirs = mine[key], other[key]
        if key == "value":
            return ours == theirs
        if key == "anomalies":
            return ours == sorted(theirs)
        if isinstance(ours, (int, Fraction)) and isinstance(theirs, Number):
            if key not in COMPUTED:
                return float(ours) == float(theirs.text)
            if float(ours) == float(theirs.text):
                return True
            self.rounded[question] += 1
            scale = max((abs(value) for value in mine.values() if isinstance(value, Fraction)), default=Fraction(1))
            return abs(ours - theirs.value) <= ROUNDING * scale
        return _plain(ours) == _plain(theirs)

    def report(
        self,
        question: str,
        label: str,
        text: str,
        mine: Sequence[Row] = (),
        other: Sequence[Row] = (),
        seqs: Mapping[int, Message] = MappingProxyType({}),
    ) -> None:
        """Prints a difference, while there were not too many of them."""
        self.differences[question] += 1
        if self.differences[question] > self.limit:
            return
        print(f"{question}, tape `{label}`: {text}")
        for mark, rows in (("  reference ", mine[:4]), ("  program   ", other[:4])):
            for row in rows:
                print(mark + exact_json.write(row)[:600])
        for seq in {int(exact_json.write(row["seq"])) for row in (*mine, *other) if "seq" in row} & seqs.keys():
            print(f"  message   {seqs[seq].kind} {seqs[seq].payload[:400]!r}")


def _plain(value: Any) -> Any:
    if isinstance(value, Object):
        return {key: _plain(item) for key, item in value}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return Number(str(value)) if isinstance(value, int) and not isinstance(value, bool) else value


def _identity(row: Row, check: Check) -> tuple[str, ...]:
    return tuple(exact_json.write(row.get(key)) for key in check.identity)


def _grouped(rows: list[Row], check: Check) -> dict[tuple[str, ...], list[Row]]:
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[_identity(row, check)].append(row)
    return groups


def _shown(identity: tuple[str, ...]) -> str:
    return " ".join(identity)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compares the program's answers with the reference's.")
    parser.add_argument("binary", type=Path, help="the program `tapedeck`")
    parser.add_argument("--only", default=",".join(CHECKS), help="what to compare: " + ", ".join(CHECKS))
    parser.add_argument("--export", type=Path, action="append", help="messages to compare over")
    parser.add_argument("--limit", type=int, default=3, help="how many differences of a question to print")
    arguments = parser.parse_args()
    families = arguments.only.split(",")
    names = [name for name in CHECKS if name in families or name.split("-")[0] in families]
    if unknown := [name for name in families if name not in CHECKS]:
        parser.error(f"there is no question {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    comparison, tapes, count = Comparison(arguments.binary.resolve(), arguments.limit), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        try:
            for label, source in _sources(arguments.export, Path(folder)).items():
                tapes += 1
                tape, export = Path(folder, f"{tapes}.tape"), Path(folder, f"{tapes}.jsonl")
                if isinstance(source, Path):
                    comparison.run("import", source, "-o", tape, "--keep-secrets", *["--no-seal"] * ("2" in label))
                else:
                    comparison.run("simulate", "--to-tape", tape, "--start", START, *source)
                comparison.run("export", tape, "-o", export, "-q")
                with open(export, encoding="utf-8", newline="\n") as lines:
                    messages = list(read(lines))
                count += len(messages)
                for name in names:
                    try:
                        comparison.ask(name, tape, messages, label)
                    except Failed as failure:
                        comparison.report(name, label, str(failure))
        except Failed as failure:
            print(failure)
            return 1
    rows = ", ".join(f"{name} {number}" for name, number in comparison.rows.items())
    rounded = ", ".join(f"{name} {number}" for name, number in comparison.rounded.items())
    note = f"; rounded on the way, within 1e-12: {rounded}" if rounded else ""
    if comparison.differences:
        found = ", ".join(f"{name} {number}" for name, number in comparison.differences.items())
        print(f"differences: {found}; of {count} messages on {tapes} tapes, rows: {rows}{note}")
        return 1
    print(f"all the same: {count} messages on {tapes} tapes, rows: {rows}{note}")
    return 0


def _sources(exports: list[Path] | None, folder: Path) -> dict[str, list[str] | Path]:
    """Where the tapes come from: arguments of `simulate`, or a file to import."""
    if exports:
        return {path.stem: path for path in exports}
    sources: dict[str, list[str] | Path] = {}
    for label, lines in CASES.items():
        sources[label] = folder / f"{label}.jsonl"
        sources[label].write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return sources | TAPES


if __name__ == "__main__":
    sys.exit(main())
