#!/usr/bin/env python3
"""Does to a recorder what happens to recorders, and checks each time what is on the tape.

    Tests/Faults/run.py .build/debug/tapedeck --short
    Tests/Faults/run.py .build/release/tapedeck --only kill,disk
    Tests/Faults/run.py --list

The check is always the same: what the recorder acknowledged to the broker is on the tape, redeliveries are marked, every
numbered message that is missing was sent within an interval of the loss ledger, the tape verifies, and the recorder
never used more than 96 MiB. Exits 0 when all faults passed, 1 otherwise. Faults that this machine cannot make (no root,
no C compiler) are named and left out.
"""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from faults import FAULTS, NotHere
from stage import Failure
from verdict import Verdict

COLUMNS = "{:<20} {:>9} {:>9} {:>7} {:>8} {:>13} {:>8} {:>7}  {}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tapedeck", nargs="?", default=".build/debug/tapedeck")
    parser.add_argument("--only", help="names, separated by commas")
    parser.add_argument("--skip", default="", help="names, separated by commas")
    parser.add_argument("--short", action="store_true", help="a shorter version of each")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    parser.add_argument("--list", action="store_true", help="say what there is")
    arguments = parser.parse_args()
    if arguments.list:
        for name, fault in FAULTS.items():
            print(f"{name:<20} {(fault.__doc__ or '').strip()}")
        return 0
    skipped = set(arguments.skip.split(","))
    names = [name for name in (arguments.only.split(",") if arguments.only else FAULTS) if name not in skipped]
    for name in names:
        if name not in FAULTS:
            print(f"no fault `{name}`; there are {', '.join(FAULTS)}", file=sys.stderr)
            return 1
    failed = 0
    left_out = []
    print(COLUMNS.format("fault", "sent", "recorded", "dup", "missing", "in the ledger", "memory", "time", "ledger"))

    def attempt(name: str) -> Verdict | str:
        began = time.monotonic()
        try:
            verdict = FAULTS[name](arguments.tapedeck, arguments.short)
        except NotHere as reason:
            return f"{name} ({reason})"
        except Failure as failure:
            verdict = Verdict(name, faults=[str(failure)])
        verdict.seconds = time.monotonic() - began
        return verdict

    with ThreadPoolExecutor(arguments.jobs) as pool:
        for verdict in pool.map(attempt, names):
            if isinstance(verdict, str):
                left_out.append(verdict)
                continue
            show(verdict)
            failed += not verdict.passed
    if left_out:
        print(f"left out: {', '.join(left_out)}")
    print("faults: all passed" if not failed else f"faults: {failed} FAILED")
    return 1 if failed else 0


def show(verdict: Verdict) -> None:
    causes = []
    for cause in verdict.causes:
        if cause not in causes:
            causes.append(cause)
    print(
        COLUMNS.format(
            verdict.name, verdict.sent, verdict.recorded, verdict.duplicates, verdict.missing, verdict.inside,
            f"{verdict.memory / 1024:.1f} M", f"{verdict.seconds:.0f} s", ", ".join(causes)),
        flush=True)
    for fault in verdict.faults:
        print(f"    FAILED: {fault}", flush=True)


sys.exit(main())
