"""Measures Tapedeck beside its peers; `run.py` starts it in an environment that has them."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Sequence

from corpus import write_lines
from errors import BenchmarkError
from facts import Facts, gather
from fleets import FLEETS, fleet
from measure import Bench, Run, must
from peers.clickhouse import ClickHouse
from peers.duckdb_parquet import DuckDBParquet
from peers.engine import Engine
from peers.sqlite import SQLitePoints, SQLiteRows, rows_size
from peers.tapedeck import Tapedeck, tape_size
from questions import NAMES, Answer, choose, compare, reference
from report import Answered, FleetSize, Report
from sizes import stream_sizes, zstd_blocks

SECTIONS = ("sizes", "tapedeck", "queries", "fleets")
ENGINES = ("tapedeck", "duckdb", "chdb", "sqlite-json", "sqlite-points")
_SLOW_LIMIT = 256 << 20
_SIMULATED = ["--devices", "200", "--rate", "3.5", "--duration", "7d", "--seed", "1", "--start", "2026-03-01T00:00:00Z"]


def main() -> int:
    """Runs the sections that were asked for and prints the report."""
    asked = _arguments()
    try:
        asked.work.mkdir(parents=True, exist_ok=True)
        bench = Bench(asked.work / "runs", asked.timeout)
        report = _measure(asked, bench)
        report.write(asked.work)
    except (BenchmarkError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(report.text())
    print(f"bench: {asked.work / 'report.txt'} and report.json", file=sys.stderr)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run.py", description="Measures Tapedeck beside its peers.", allow_abbrev=False
    )
    default = Path(__file__).resolve().parent / ".work"
    parser.add_argument("--tapedeck", type=Path, required=True, help="the release binary")
    parser.add_argument("--corpus", type=Path, help="JSON Lines (`messages` contract) or .bin (default: simulate one)")
    parser.add_argument("--only", type=partial(_names, SECTIONS), default=SECTIONS, help=f"of {','.join(SECTIONS)}")
    parser.add_argument("--engines", type=partial(_names, ENGINES), default=ENGINES, help=f"of {','.join(ENGINES)}")
    parser.add_argument("--repeat", type=_positive, default=5, help="runs of each query after a warm one (default: 5)")
    parser.add_argument("--work", type=Path, default=default, help="where files go (default: Benchmarks/.work)")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds that one process may take (default: 1800)")
    parser.add_argument("--slow", action="store_true", help="zstd -19 and xz also above 256 MiB (minutes)")
    parser.add_argument("--fleet-scale", type=float, default=1.0, help="the size of the other fleets (default: 1)")
    asked = parser.parse_args()
    asked.tapedeck = asked.tapedeck.absolute()
    asked.work = asked.work.absolute()
    if not asked.tapedeck.is_file():
        parser.error(f"--tapedeck {asked.tapedeck} is no file; make it with `make build`")
    if asked.corpus is not None and not asked.corpus.is_file():
        parser.error(f"--corpus {asked.corpus} is no file; leave it out to simulate a fleet")
    if shutil.which("sqlite3") is None:
        parser.error("the program sqlite3 is missing; on Debian: apt-get install sqlite3")
    return asked


def _names(known: Sequence[str], text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
    return names


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _measure(asked: argparse.Namespace, bench: Bench) -> Report:
    told = bench.run([asked.tapedeck, "--version"], "version")
    name = f"Tapedeck {told.text.strip()}" if told.problem is None else f"Tapedeck --version: {told.problem}"
    if asked.only == ("fleets",):
        report = Report("no corpus", 0, name, asked.repeat)
    else:
        report = _measure_corpus(asked, bench, name)
    if "fleets" in asked.only:
        report.fleets = [_measure_fleet(each, asked, bench) for each in FLEETS]
    return report


def _measure_corpus(asked: argparse.Namespace, bench: Bench, name: str) -> Report:
    corpus = asked.corpus or _simulate(asked, bench)
    gathered = asked.work / "corpus"
    _say(f"reading {corpus}")
    facts = gather(corpus.absolute(), gathered)
    report = Report(corpus.name, facts.messages, name, asked.repeat)
    if not facts.is_increasing:
        report.asked.append("receive times do not strictly increase: answers may differ in the order of ties")

    if "sizes" in asked.only:
        _say("compressing")
        slow = asked.slow or facts.raw_bytes <= _SLOW_LIMIT
        report.sizes += stream_sizes(gathered / "records.bin", facts.raw_bytes, includes_slow=slow)
        report.sizes.append(rows_size(facts, gathered, asked.work / "sqlite-rows"))
    engines = _engines(asked, facts, gathered, bench)
    for engine in engines:
        _say(f"loading {engine.name}")
        sizes = engine.load()
        if "sizes" in asked.only or isinstance(engine, Tapedeck):
            report.sizes += sizes
        if isinstance(engine, Tapedeck) and "tapedeck" in asked.only:
            _say("sealing and reading with Tapedeck")
            report.sizes += engine.examine(min(asked.repeat, 3))
        if isinstance(engine, Tapedeck):
            report.steps += engine.steps
    if "queries" in asked.only:
        _ask(engines, facts, gathered, bench, report)
    return report


def _simulate(asked: argparse.Namespace, bench: Bench) -> Path:
    tape, lines = asked.work / "simulated.tape", asked.work / "simulated.jsonl"
    if lines.exists():
        return lines
    _say("simulating a fleet")
    for part in asked.work.glob("simulated.tape*"):
        part.unlink()
    must(bench.run([asked.tapedeck, "simulate", "--to-tape", tape, *_SIMULATED], "simulate"), bench, "simulate")
    exported = must(bench.run([asked.tapedeck, "export", tape], "simulate-export"), bench, "simulate-export")
    exported.output.rename(lines)
    return lines


def _engines(asked: argparse.Namespace, facts: Facts, gathered: Path, bench: Bench) -> list[Engine]:
    if not {"sizes", "queries"} & set(asked.only):
        return [Tapedeck(asked.tapedeck, facts, gathered, asked.work / "tapedeck", bench)]
    makers = {
        "tapedeck": lambda: Tapedeck(asked.tapedeck, facts, gathered, asked.work / "tapedeck", bench),
        "duckdb": lambda: DuckDBParquet(facts, gathered, asked.work / "duckdb"),
        "chdb": lambda: ClickHouse(facts, gathered, asked.work / "chdb", bench),
        "sqlite-json": lambda: SQLiteRows(facts, gathered, asked.work / "sqlite-json"),
        "sqlite-points": lambda: SQLitePoints(facts, gathered, asked.work / "sqlite-points"),
    }
    return [makers[name]() for name in ENGINES if name in asked.engines]


def _ask(engines: list[Engine], facts: Facts, gathered: Path, bench: Bench, report: Report) -> None:
    questions = choose(facts, gathered)
    if questions is None:
        report.asked.append("no queries: the corpus has no numbers under v1/device/+/telemetry")
        return
    report.asked += questions.describe()
    right = reference(questions, gathered)
    by_name = {engine.name: engine for engine in engines}
    report.idle = bench.race({name: partial(each.idle, bench) for name, each in by_name.items()}, report.repeat)
    for question in NAMES:
        _say(f"asking {question}")
        commands = {name: partial(each.ask, question, questions, bench) for name, each in by_name.items()}
        runs = bench.race(commands, report.repeat)
        report.answers[question] = {
            name: Answered(run, _agrees(by_name[name], question, right[question], run)) for name, run in runs.items()
        }


def _agrees(engine: Engine, question: str, right: Answer, run: Run) -> str:
    if run.problem:
        return run.problem
    try:
        return compare(question, right, engine.understand(question, run.text))
    except (ValueError, KeyError, TypeError) as error:
        return f"NO: the answer is not understood: {error!r}"


def _measure_fleet(name: str, asked: argparse.Namespace, bench: Bench) -> FleetSize:
    _say(f"fleet {name}")
    folder = asked.work / "fleets"
    folder.mkdir(exist_ok=True)
    lines = folder / f"{name}.jsonl"
    count = write_lines(fleet(name, asked.fleet_scale), lines)
    messages = list(fleet(name, asked.fleet_scale))
    raw, blocks = zstd_blocks(messages)
    tape, exact = tape_size(asked.tapedeck, lines, messages, folder / name, bench)
    return FleetSize(name, count, raw, blocks, tape, exact)


if __name__ == "__main__":
    sys.exit(main())
