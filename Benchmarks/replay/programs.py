"""Runs the publishers and gathers what they did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Callable

from broker import BlockedBroker, Broker, command
from private_broker import compiled
from tapes import Material

_HERE = Path(__file__).resolve().parent


def build_publisher(work: Path) -> Path:
    """Compiles the C publisher."""
    return compiled(_HERE / "publisher.c", work, "-Wno-unused-parameter", "-lmosquitto")


class Runner:
    """Runs one program after the other, each several times, and keeps a row for the median of each."""

    def __init__(self, binary: Path, publisher: Path, broker: Broker, work: Path, repeat: int, priority: int) -> None:
        self.binary, self.program, self.broker, self.work = binary, publisher, broker, work
        self.repeat, self.priority = repeat, priority
        self.rows: list[dict] = []

    def in_turn(self, case: str, programs: dict[str, Callable[[], dict]]) -> None:
        """Runs all programs in turn, so that a disturbance of the machine hits all."""
        runs: dict[str, list[dict]] = {name: [] for name in programs}
        for number in range(self.repeat):
            print(f"bench: {case}, run {number + 1} of {self.repeat}", file=sys.stderr)
            for name, run in programs.items():
                runs[name].append(run())
                time.sleep(0.5)
        for name, results in runs.items():
            self.rows.append({"case": case, "program": name} | middle(results))

    def publisher(self, material: Material, qos: int, mode: str) -> dict:
        """The C publisher over a schedule."""
        words = [self.program, "127.0.0.1", self.broker.port, material.schedule, qos, mode]
        output, cost = self.measured(words)
        result = json.loads(output)
        cost["cpu_s"] = result["cpu_s"]
        late = {name: result[name] for name in ("p50", "p90", "p99", "p99_9", "max") if name in result}
        return summary(result["sent"], result["duration_ms"] / 1e3, material if mode == "timed" else None, late, cost)

    def tapedeck(self, material: Material, *flags: str) -> dict:
        """`tapedeck replay` of the same messages."""
        words = [self.binary, "replay", material.tape, "--broker", f"mqtt://127.0.0.1:{self.broker.port}", "--json"]
        output, cost = self.measured(words + list(flags))
        result = json.loads(output)
        timed = "--max-speed" not in flags
        return summary(
            result["sent"], result["duration_ms"] / 1e3, material if timed else None, result.get("lateness_us", {}), cost)

    def blocked(self, material: Material) -> None:
        """The peak of tapedeck's memory in half a minute against a broker that reads nothing."""
        broker = BlockedBroker()
        words = [self.binary, "replay", material.tape, "--broker", f"mqtt://127.0.0.1:{broker.port}", "--max-speed",
                 "--no-rate-cap", "--json"]
        _, cost = self.measured(words, stop_after=20)
        broker.close()
        self.rows.append({"case": "blocked target", "program": "tapedeck"} | cost)

    def measured(self, words: list, stop_after: float | None = None) -> tuple[str, dict]:
        """Runs a command and measures it with wait4; its standard output, CPU seconds and peak in MiB."""
        output = self.work / "output.txt"
        with open(output, "w", encoding="utf-8") as sink, open(self.work / "errors.txt", "w", encoding="utf-8") as errors:
            process = subprocess.Popen(
                command(words, self.priority), stdin=subprocess.DEVNULL, stdout=sink, stderr=errors)
            if stop_after is not None:
                time.sleep(stop_after)
                process.send_signal(signal.SIGTERM)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0 and stop_after is None:
            raise SystemExit(f"bench: {words[0]} ended with {process.returncode}; see {self.work / 'errors.txt'}")
        cost = {"cpu_s": round(usage.ru_utime + usage.ru_stime, 3), "peak_mib": round(usage.ru_maxrss / 1024, 1)}
        return output.read_text(encoding="utf-8"), cost


def summary(sent: int, seconds: float, material: Material | None, late: dict, cost: dict) -> dict:
    """A row's numbers."""
    row = {"messages": sent, "seconds": round(seconds, 4), "per_s": round(sent / seconds) if seconds > 0 else None}
    if material is not None:
        row["off_percent"] = round((seconds / material.planned_s - 1) * 100, 3)
    row |= {name: round(value, 1) for name, value in late.items()}
    row["cpu_per_100k"] = round(cost["cpu_s"] / max(1, sent) * 1e5, 3)
    return row | cost


def middle(results: list[dict]) -> dict:
    """The run in the middle by p50, or by rate where nothing is timed."""
    key = "p50" if all("p50" in result for result in results) else "per_s"
    ordered = sorted(results, key=lambda result: result.get(key) or 0)
    chosen = dict(ordered[len(ordered) // 2])
    chosen["runs"] = len(results)
    values = [result[key] for result in results if result.get(key) is not None]
    if values:
        chosen["spread"] = [min(values), round(median(values), 1), max(values)]
    return chosen
