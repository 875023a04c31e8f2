#!/usr/bin/env python3
"""Runs the tests with coverage and says, module by module, what no test executes.

    scripts/coverage.py [MODULE …]   the table of all modules; of those named also every line that was never executed

Programs that the tests start count where they end by themselves; those that Tests/Faults kills do not.
"""

import collections
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".build" / "coverage"
SWIFT = ["--scratch-path", str(SCRATCH), "--enable-code-coverage"]
# The generated runner, the tests themselves, other packages and the system are not what is measured.
IGNORED = r"(/Tests/|\.build/|/usr/)"


def llvm_cov():
    """The tool of the Swift toolchain: that of the system reads another format."""
    return pathlib.Path(os.path.realpath(shutil.which("swift"))).parent / "llvm-cov"


def executions():
    """How often each line was executed: file → line → count."""
    products = SCRATCH / "debug"
    export = subprocess.run(
        [llvm_cov(), "export", "-format=lcov", f"-instr-profile={products}/codecov/default.profdata",
         f"-ignore-filename-regex={IGNORED}", products / "tapedeckPackageTests.xctest",
         "-object", products / "tapedeck"],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = collections.defaultdict(dict)
    file = None
    for row in export.splitlines():
        key, _, value = row.partition(":")
        if key == "SF":
            file = pathlib.Path(value)
            file = file.relative_to(ROOT) if file.is_absolute() else file
        elif key == "DA":
            number, count = value.split(",")[:2]
            lines[file][int(number)] = int(count)
    return lines


def module(file):
    return file.parts[1] if file.parts[0] == "Sources" else file.parts[0]


def show(name, lines):
    for file in sorted(lines):
        missed = [number for number, count in sorted(lines[file].items()) if count == 0]
        if module(file) != name or not missed:
            continue
        source = (ROOT / file).read_text().splitlines()
        print(f"\n{file}")
        for number in missed:
            print(f"{number:6} {source[number - 1]}")


def main():
    subprocess.run(["swift", "build", "--build-tests", *SWIFT], cwd=ROOT, check=True)
    subprocess.run(["swift", "test", "--skip-build", "--disable-xctest", *SWIFT], cwd=ROOT, check=True)
    lines = executions()
    totals = collections.defaultdict(lambda: [0, 0])
    for file, counts in lines.items():
        totals[module(file)][0] += len(counts)
        totals[module(file)][1] += sum(1 for count in counts.values() if count == 0)
    for name, (count, missed) in sorted(totals.items()):
        print(f"{name:16} {count:6} lines {missed:5} never executed {100 - 100 * missed / count:6.1f} %")
    for name in sys.argv[1:]:
        show(name, lines)


if __name__ == "__main__":
    main()
