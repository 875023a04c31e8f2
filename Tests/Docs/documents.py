"""What a document asks its reader to type: blocks of commands with the output that it shows for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

NOT_RUN = "not run:"
VARIES = "numbers vary"
MARK = re.compile(r"^<!--\s*(.*?)\s*-->$")
INDENT = "    "
PROMPT = "$ "
INTERRUPT = "^C"


@dataclass
class Command:
    """A command line, its continuation lines included, and the lines that are shown below it."""

    line: int
    text: str
    output: list[str] = field(default_factory=list)

    def goes_on(self) -> bool:
        """Whether the command needs another line: a backslash at its end, or a quotation mark without its fellow."""
        return self.text.endswith("\\") or self.text.count("'") % 2 == 1 or self.text.count('"') % 2 == 1

    @property
    def is_interrupted(self) -> bool:
        """Whether the reader ends it with Ctrl-C, which terminals show in the output."""
        return any(line.startswith(INTERRUPT) for line in self.output)

    @property
    def in_background(self) -> bool:
        return self.text.split(" #")[0].rstrip().endswith("&")


@dataclass
class Block:
    """Commands that stand together, and what the comment in front of them says of them."""

    line: int
    mark: str
    commands: list[Command]

    @property
    def is_run(self) -> bool:
        return not self.mark.startswith(NOT_RUN)

    @property
    def varies(self) -> bool:
        return self.mark.startswith(VARIES)


def blocks(document: Path) -> list[Block]:
    """The indented blocks of a document that begin with a prompt."""
    found: list[Block] = []
    lines = document.read_text(encoding="utf-8").split("\n")
    mark, block, fenced = "", None, False
    for number, line in enumerate([*lines, "."], start=1):
        if line.startswith("```"):
            fenced = not fenced
        if line.startswith(INDENT) and not fenced:
            text = line[len(INDENT):]
            if block is None and text.startswith(PROMPT):
                block = Block(number, mark, [])
                found.append(block)
            if block is not None:
                _add(block, number, text)
            continue
        if line:
            given = MARK.match(line)
            mark, block = given.group(1) if given else "", None
        elif block is not None and not _goes_on(lines, number):
            mark, block = "", None
        elif block is not None:
            _add(block, number, "")
    for block in found:
        for command in block.commands:
            while command.output and not command.output[-1]:
                command.output.pop()
    return found


def _goes_on(lines: list[str], number: int) -> bool:
    """Whether the block has more lines below an empty one."""
    rest = next((line for line in lines[number:] if line), "")
    return rest.startswith(INDENT)


def _add(block: Block, number: int, text: str) -> None:
    last = block.commands[-1] if block.commands else None
    if last is not None and not last.output and last.goes_on():
        last.text = f"{last.text}\n{text}"
    elif text.startswith(PROMPT):
        block.commands.append(Command(number, text[len(PROMPT):]))
    elif last is not None:
        last.output.append(text)


def inline_code(document: Path) -> list[tuple[int, str]]:
    """What stands between backticks, with its line."""
    lines = enumerate(document.read_text(encoding="utf-8").split("\n"), start=1)
    return [(number, code) for number, line in lines for code in re.findall(r"`([^`]+)`", line)]
