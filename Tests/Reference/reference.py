#!/usr/bin/env python3
"""Answers Tapedeck's questions from `tapedeck export` without Tapedeck: a second opinion to compare with.

    tapedeck export fleet.tape -o fleet.jsonl
    Tests/Reference/reference.py fleet.jsonl trend > trend.jsonl

The definitions are those of docs/answers.md. All arithmetic is exact until a number is printed.
"""

from __future__ import annotations

import argparse
import signal
import sys
from functools import partial
from typing import Any, Callable, Iterable, Iterator

import commands
import devices
import exact_json
import state
import telemetry
import trend
from instants import from_rfc3339
from messages import Message, read

sys.setrecursionlimit(10_000)  # payloads may be nested 512 deep

Question = Callable[[Iterable[Message]], Iterator[dict[str, Any]]]

QUESTIONS: dict[str, Question] = {
    "telemetry": telemetry.rows,
    "telemetry-status": telemetry.status_rows,
    "trend": trend.rows,
    "trend-arrival": partial(trend.rows, clock="arrival"),
    "trend-by-device": partial(trend.rows, by_device=True),
    "commands": commands.rows,
    "commands-summary": commands.summary,
    "devices": devices.rows,
    "state": state.rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Answers a question from an export of a tape.")
    parser.add_argument("export", help="a file that `tapedeck export` wrote")
    parser.add_argument("question", choices=QUESTIONS)
    parser.add_argument("--at", type=from_rfc3339, help="for state: what arrived before this time, RFC 3339")
    arguments = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with open(arguments.export, encoding="utf-8", newline="\n") as lines:
        ask = partial(state.rows, at=arguments.at) if arguments.question == "state" else QUESTIONS[arguments.question]
        for row in ask(read(lines)):
            print(exact_json.write(row))


if __name__ == "__main__":
    main()
