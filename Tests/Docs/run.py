#!/usr/bin/env python3
"""Types what the documents tell their readers to type, and compares what comes of it with what they show.

    Tests/Docs/run.py .build/debug/tapedeck
    Tests/Docs/run.py .build/release/tapedeck docs/querying.md --show

A document is one shell in an empty folder, from its first command to its last; brokers on localhost and at *.example are private
mosquittos. Every indented block that begins with `$ ` is run. A comment on the line or paragraph before it says otherwise:

    <!-- not run: REASON -->    it cannot be run here; its options must exist all the same
    <!-- numbers vary -->       in the output any number may stand for any other

`…` in the output stands for anything; `^C` at the beginning of a line is where the reader presses Ctrl-C. A command must end with 0, unless the next one is `echo $?`, which shows the code that it
must end with. Options between backticks, links and `make` targets must exist too, and the patches
of docs/worked-diffs must apply. Exits 0 when every document says the truth, 1 otherwise.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from comparison import difference
from documents import INTERRUPT, Block, blocks, inline_code
from flags import WORD, Options
from links import missing
from patches import misfits
from shell import Shell, Stuck

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = {"--strict", "--filter", "--static-swift-stdlib", "--list", "--short", "--only", "--jobs", "--show"}
"""Options of other programs that documents speak of between backticks."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tapedeck", nargs="?", default=".build/debug/tapedeck", type=Path)
    parser.add_argument("documents", nargs="*", type=Path, help="all unless told")
    parser.add_argument("--show", action="store_true", help="print what the program says")
    arguments = parser.parse_args()
    tapedeck = arguments.tapedeck.resolve()
    options = Options(tapedeck)
    documents = arguments.documents or [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda path: check(path, tapedeck, options, arguments.show), documents))
    faults = [fault for result in results for fault in result[1]] + misfits(ROOT)
    for fault in faults:
        print(f"docs: {fault}")
    commands = sum(result[0] for result in results)
    left_out = sum(result[2] for result in results)
    print(
        f"docs: {commands} commands of {len(documents)} documents run, {left_out} left out with a reason, "
        f"{f'{len(faults)} FAULTS' if faults else 'all true'}, {time.monotonic() - began:.0f} s")
    return 1 if faults else 0


def check(document: Path, tapedeck: Path, options: Options, show: bool) -> tuple[int, list[str], int]:
    """How many commands were run, what is wrong, and how many were left out."""
    found = blocks(document)
    name = document.resolve().relative_to(ROOT)
    faults = [
        f"{name}:{command.line}: {unknown}"
        for block in found for command in block.commands if (unknown := options.unknown(command.text))
    ]
    faults += [f"{name}:{fault}" for fault in missing(document, ROOT)]
    for line, code in inline_code(document):
        unknown = options.unknown(code)
        if not unknown and code.startswith("--") and WORD.match(code).group() not in options.all | FOREIGN:
            unknown = f"no command has an option {code}"
        if unknown:
            faults.append(f"{name}:{line}: {unknown}")
    left_out = sum(len(block.commands) for block in found if not block.is_run)
    run = [block for block in found if block.is_run]
    if not run:
        return 0, faults, left_out
    with Shell(tapedeck) as shell:
        for block in run:
            try:
                faults += [f"{name}:{fault}" for fault in type_in(block, shell, show)]
            except Stuck as stuck:
                faults.append(f"{name}:{block.line}: {stuck}")
                break
    return sum(len(block.commands) for block in run), faults, left_out


def type_in(block: Block, shell: Shell, show: bool) -> list[str]:
    """Runs the commands of a block; returns what differs."""
    faults = []
    for index, command in enumerate(block.commands):
        began = time.monotonic()
        status, lines = shell.run(
            command.text, in_background=command.in_background, is_interrupted=command.is_interrupted)
        if show:
            print(f"{time.monotonic() - began:6.1f} s  $ {command.text}\n" + "".join(f"    {line}\n" for line in lines))
        following = block.commands[index + 1].text if index + 1 < len(block.commands) else ""
        if status != 0 and not re.fullmatch(r"echo \$\?", following):
            faults.append(f"{command.line}: exit code {status}: {' / '.join(lines[-3:])}")
        elif command.output:
            shown = [line.removeprefix(INTERRUPT) for line in command.output]
            differs = difference(shown, lines, varies=block.varies)
            if differs:
                faults.append(f"{command.line}: $ {command.text}\n        {differs}")
    return faults


sys.exit(main())
