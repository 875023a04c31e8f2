"""What a command costs: CPU, wall time and peak memory of the whole process, from wait4."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Mapping, Sequence

from errors import BenchmarkError

_LAUNCHER = Path(__file__).with_name("launcher.py")


@dataclass(frozen=True)
class Cost:
    """What one run cost, or, after `cheapest`, the least of each over several runs (of peaks the most)."""

    cpu: float
    wall: float
    peak: int

    def cheapest(self, other: "Cost") -> "Cost":
        """The least CPU and wall time and the largest peak of the two."""
        return Cost(min(self.cpu, other.cpu), min(self.wall, other.wall), max(self.peak, other.peak))


@dataclass(frozen=True)
class Run:
    """A finished command: its cost, or why there is none."""

    cost: Cost | None
    problem: str | None
    output: Path
    status: int = 0

    @property
    def text(self) -> str:
        """What it wrote to standard output."""
        return self.output.read_text(encoding="utf-8", errors="replace")


class Bench:
    """Runs commands one after the other; their output goes to files in a folder."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.folder = folder
        self.timeout = timeout
        folder.mkdir(parents=True, exist_ok=True)

    def run(self, command: Sequence[str | Path], name: str, *, keeps_output: bool = True, accepts: tuple = (0,)) -> Run:
        """Runs a command once; a failure is a result like any other, told in a few words.

        - name: what its output files are called.
        - keeps_output: False sends standard output to /dev/null.
        - accepts: the exit codes that count as success.
        """
        output = self.folder / f"{name}.out" if keeps_output else Path("/dev/null")
        errors = self.folder / f"{name}.err"
        job = {
            "command": [str(part) for part in command],
            "stdout": str(output),
            "stderr": str(errors),
            "timeout": self.timeout,
        }
        launched = subprocess.run(
            [sys.executable, "-I", "-S", str(_LAUNCHER), json.dumps(job)], capture_output=True, text=True
        )
        if launched.returncode != 0:
            reason = launched.stderr.strip().splitlines()[-1:] or ["no reason given"]
            return Run(None, f"n/a (cannot run {job['command'][0]}: {reason[0]})", output, -1)
        told = json.loads(launched.stdout)
        status, cost = told["status"], Cost(told["cpu"], told["wall"], told["peak"])
        if status in accepts:
            return Run(cost, None, output, status)
        if status < 0 and cost.wall >= self.timeout:
            return Run(None, f"n/a (stopped after {self.timeout:.0f} s)", output, status)
        return Run(None, f"n/a (exit code {status})", output, status)

    def first_error(self, name: str) -> str:
        """The first line that the command of that name wrote to standard error."""
        path = self.folder / f"{name}.err"
        lines = path.read_text(errors="replace").strip().splitlines() if path.exists() else []
        return lines[0] if lines else ""

    def race(self, commands: Mapping[str, Callable[[], Run]], repeat: int) -> dict[str, Run]:
        """Runs all commands in turn, `repeat` times after one turn that warms the caches.

        In turn, so that a disturbance of the machine hits all of them. The answer of each is its first run with the
        cheapest cost of the others; a command that fails once is not run again.
        """
        results = {name: command() for name, command in commands.items()}
        costs: dict[str, Cost] = {}
        for _ in range(repeat):
            for name, command in commands.items():
                if results[name].problem:
                    continue
                run = command()
                if run.cost is None:
                    results[name] = run
                else:
                    costs[name] = run.cost.cheapest(costs.get(name, run.cost))
        return {name: _with(run, costs.get(name)) for name, run in results.items()}


def _with(run: Run, cost: Cost | None) -> Run:
    if run.problem or cost is None:
        return run
    return Run(cost, None, run.output, run.status)


def must(run: Run, bench: Bench, name: str) -> Run:
    """The run itself; a failure ends the benchmark."""
    if run.problem:
        raise BenchmarkError(f"{name}: {run.problem}: {bench.first_error(name)}; see {bench.folder / name}.err")
    return run
