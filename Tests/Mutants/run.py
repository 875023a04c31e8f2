#!/usr/bin/env python3
"""Makes each mistake of mutants.py in a copy of the tree and looks whether a test notices it.

A mutant that no test notices is named, and the exit code is 1. Each costs a build of what depends on its file and the
tests that are named for it; the copy keeps what was built between them.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from mutants import MUTANTS, Mutant

ROOT = Path(__file__).resolve().parents[2]
COPIED = ["Package.swift", "Package.resolved", "Sources", "Tests", "schema", "docs"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="a part of the names to try")
    parser.add_argument("--list", action="store_true", help="say what there is")
    parser.add_argument("--check", action="store_true", help="say which no longer fit the sources, and make none")
    parser.add_argument("--work", type=Path, default=ROOT / ".build" / "mutants", help="where the copy is made")
    arguments = parser.parse_args()
    chosen = [mutant for mutant in MUTANTS if not arguments.only or arguments.only in mutant.name]
    if arguments.list:
        for mutant in chosen:
            print(f"{mutant.name}: {mutant.file}, {mutant.tests}")
        return 0
    if arguments.check:
        stale = [mutant.name for mutant in chosen if (ROOT / mutant.file).read_text().count(mutant.old) != 1]
        for name in stale:
            print(f"{name}: its text does not stand exactly once in its file; see Tests/Mutants/mutants.py")
        return 1 if stale else 0
    copy(arguments.work)
    print("mutants: building the tree as it is", flush=True)
    if (built := build(arguments.work)) is not None:
        print(built)
        return 1
    survivors = []
    for mutant in chosen:
        began = time.monotonic()
        outcome = attempt(mutant, arguments.work)
        print(f"{outcome:10}  {time.monotonic() - began:4.0f} s  {mutant.name}", flush=True)
        if outcome != "killed":
            survivors.append(mutant.name)
    print(f"mutants: {len(chosen) - len(survivors)} of {len(chosen)} killed")
    return 1 if survivors else 0


def copy(work: Path) -> None:
    work.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        source, target = ROOT / name, work / name
        if source.is_dir():
            subprocess.run(["rsync", "-a", "--delete", f"{source}/", f"{target}/"], check=True)
        elif source.exists():
            shutil.copy2(source, target)


def build(work: Path) -> str | None:
    """None when it builds, else what the compiler said."""
    run = subprocess.run(["swift", "build", "--build-tests"], cwd=work, capture_output=True, text=True)
    if run.returncode == 0:
        return None
    return "\n".join(line for line in run.stdout.splitlines() if "error:" in line) or run.stdout[-2_000:]


def attempt(mutant: Mutant, work: Path) -> str:
    file = work / mutant.file
    text = file.read_text()
    if text.count(mutant.old) != 1:
        return "not found"
    file.write_text(text.replace(mutant.old, mutant.new))
    try:
        if (error := build(work)) is not None:
            print(error)
            return "no build"
        command = ["swift", "test", "--skip-build", "--disable-xctest", "--filter", mutant.tests]
        output, code = within(400, command, work)
        if "with 0 tests" in output:
            return "no tests"
        return "survived" if code == 0 else "killed"
    finally:
        file.write_text(text)


def within(seconds: int, command: list[str], work: Path) -> tuple[str, int]:
    """What a command says and its exit code; one that takes longer is ended with everything that it started."""
    run = subprocess.Popen(
        command, cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        output, _ = run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        output, _ = run.communicate()
    return output, run.returncode


if __name__ == "__main__":
    sys.exit(main())
