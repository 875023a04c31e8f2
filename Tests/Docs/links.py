"""Whether what a document points at is there: files, headings, targets of the Makefile."""

from __future__ import annotations

import re
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:^|`|\$ |&& |sudo )make ([a-z][a-z-]*)")
HEADING = re.compile(r"^#+ +(.*)$")


def missing(document: Path, root: Path) -> list[str]:
    """What is not there, each with its line."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    faults = []
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), start=1):
        for link in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if "://" not in link and not _leads_somewhere(document, link):
                faults.append(f"{number}: {link} leads nowhere")
        for target in MAKE.findall(line.removeprefix("    ")):
            if target not in targets:
                faults.append(f"{number}: there is no `make {target}`")
    return faults


def _leads_somewhere(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    file = document.parent / path if path else document
    return file.exists() and (not anchor or anchor in _anchors(file))


def _anchors(document: Path) -> set[str]:
    """The names that headings get on a page, as forges make them."""
    headings = (HEADING.match(line) for line in document.read_text(encoding="utf-8").split("\n"))
    words = (re.sub(r"[^\w\- ]", "", heading.group(1).lower()) for heading in headings if heading)
    return {word.replace(" ", "-") for word in words}
