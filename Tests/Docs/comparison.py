"""Whether a program's output is what a document shows."""

from __future__ import annotations

import re

ANYTHING = "…"
NUMBER = re.compile(r"\b(?=[0-9a-f-]*[0-9])[0-9a-f]{4,}(?:-[0-9a-f]+)*…?|[0-9][0-9.,:]*(?: (?:ns|µs|ms|s|m|h|kB|MB|B)\b)*")


def difference(shown: list[str], actual: list[str], *, varies: bool) -> str:
    """Empty, or what the document shows that the program did not say.

    `…` stands for any text; alone on a line, and at the end of the block, for any lines. What the program says beyond the last line
    shown counts as a difference. Where numbers vary, any number stands for any other, and spaces do not count.
    """
    lines = [_plain(line, varies) for line in shown]
    said = [_plain(line, varies) for line in actual]
    at, skipping = 0, False
    for number, line in enumerate(lines):
        if line == ANYTHING:
            skipping = True
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in line.split(ANYTHING)))
        found = next((index for index in range(at, len(said)) if pattern.fullmatch(said[index])), None)
        if found is None or found > at and not skipping:
            instead = actual[at] if at < len(actual) else "nothing more"
            return f"shown:   {shown[number]}\n        program: {instead}"
        at, skipping = found + 1, False
    return "" if skipping or at >= len(said) else f"not shown: {actual[at]}"


def _plain(line: str, varies: bool) -> str:
    if not varies:
        return line.rstrip()
    return " ".join(NUMBER.sub("#", line).split())
