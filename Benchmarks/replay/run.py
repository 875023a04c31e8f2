#!/usr/bin/env python3
"""Measures how true to time and how fast messages are replayed, beside a C publisher and what PyPI has.

    Benchmarks/replay/run.py --tapedeck .build/release/tapedeck [--only timing,burst,memory,peers] [--repeat N]
                             [--rates R,R] [--seconds S] [--priority N] [--work DIR]

Needs mosquitto, a C compiler and libmosquitto-dev; the peers are installed from PyPI into a virtual environment of the
work folder. Brokers are private ones on free loopback ports. Prints one table and writes report.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from broker import Broker
from peers import Peers
from programs import Runner, build_publisher
from table import print_rows
from tapes import steady


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tapedeck", type=Path, required=True, help="the release binary")
    parser.add_argument("--only", default="timing,burst,memory,peers", help="sections to run")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, in turn; the median by p50 or rate is shown")
    parser.add_argument("--rates", default="100,1000,10000", help="messages a second of the timed runs")
    parser.add_argument("--seconds", type=int, default=10, help="length of a timed run (the figures use 60)")
    parser.add_argument(
        "--priority", type=int, default=0,
        help="run broker and publishers as SCHED_FIFO of this priority, to take other load off them (needs root)")
    parser.add_argument("--work", type=Path, default=Path(__file__).resolve().parent / ".work")
    return parser.parse_args()


def timing(runner: Runner, rates: list[int], seconds: int) -> None:
    """Steady rates, tapedeck and the C publisher in turn."""
    for rate in rates:
        for qos in (0, 1):
            tape = steady(runner, rate, seconds, qos)
            runner.in_turn(
                f"{rate:,}/s QoS {qos}",
                {"C": lambda: runner.publisher(tape, qos, "timed"), "tapedeck": lambda: runner.tapedeck(tape)})


def burst(runner: Runner) -> None:
    """As fast as the broker takes it."""
    for qos in (0, 1):
        tape = steady(runner, 10_000, 20, qos)
        runner.in_turn(
            f"burst QoS {qos}",
            {
                "C": lambda: runner.publisher(tape, qos, "burst"),
                "tapedeck": lambda: runner.tapedeck(tape, "--max-speed", "--no-rate-cap"),
            })


def memory(runner: Runner) -> None:
    """The peak of resident memory while the target takes nothing."""
    tape = steady(runner, 10_000, 60, 1)
    runner.blocked(tape)


def main() -> None:
    """Runs the sections and prints what came out."""
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    sections = options.only.split(",")
    publisher = build_publisher(options.work)
    with Broker(options.work, options.priority) as broker:
        runner = Runner(options.tapedeck.resolve(), publisher, broker, options.work, options.repeat, options.priority)
        if "timing" in sections:
            timing(runner, [int(rate) for rate in options.rates.split(",")], options.seconds)
        if "burst" in sections:
            burst(runner)
        if "memory" in sections:
            memory(runner)
        if "peers" in sections:
            Peers(options.work).run(runner, options.seconds)
    print_rows(runner.rows, sys.stdout)
    (options.work / "report.json").write_text(json.dumps(runner.rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
