"""Whether what a document points at is there: files, headings, targets of the Makefile, names of the sources."""

from __future__ import annotations

import functools
import re
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?:^|`|\$ |&& |sudo )make ([a-z][a-z-]*)")
NAME = re.compile(r"^([A-Z][a-z]\w*[A-Z]\w*)(?:\.(\w+))?$")
PATH = re.compile(r"^(?:Sources|Tests|schema|docs|packaging|Benchmarks|Fuzz)/[\w./+@-]*$")
SOURCES = ("Sources/**/*.swift", "Tests/**/*.swift", "docs/worked-diffs/*.patch")
HEADING = re.compile(r"^#+ +(.*)$")


def missing(document: Path, root: Path) -> list[str]:
    """What is not there, each with its line."""
    targets = set(re.findall(r"^([a-z][a-z-]*):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    words, patched = _words(root)
    faults = []
    for number, line in enumerate(document.read_text(encoding="utf-8").split("\n"), start=1):
        for link in LINK.findall(re.sub(r"`[^`]*`", "", line)):
            if "://" not in link and not _leads_somewhere(document, link):
                faults.append(f"{number}: {link} leads nowhere")
        for target in MAKE.findall(line.removeprefix("    ")):
            if target not in targets:
                faults.append(f"{number}: there is no `make {target}`")
        for code in re.findall(r"`([^`]+)`", line):
            name = NAME.match(code)
            if name and not {part for part in name.groups() if part} <= words:
                faults.append(f"{number}: nothing in the sources is called `{code}`")
            if PATH.match(code) and not (root / code).exists() and code not in patched:
                faults.append(f"{number}: there is no {code}")
    return faults


@functools.cache
def _words(root: Path) -> tuple[frozenset[str], frozenset[str]]:
    """Every name of the sources, and the files that the worked changes add."""
    texts = [file.read_text(encoding="utf-8") for glob in SOURCES for file in root.glob(glob)]
    files = [file for glob in SOURCES for file in root.glob(glob)]
    words = {word for text in texts for word in re.findall(r"\w+", text)} | {file.stem for file in files}
    words |= {folder.name for folder in root.glob("Tests/*")}
    added = {path for text in texts for path in re.findall(r"^\+\+\+ b/(.*)$", text, re.MULTILINE)}
    return frozenset(words), frozenset(added)


def _leads_somewhere(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    file = document.parent / path if path else document
    return file.exists() and (not anchor or anchor in _anchors(file))


def _anchors(document: Path) -> set[str]:
    """The names that headings get on a page, as forges make them."""
    headings = (HEADING.match(line) for line in document.read_text(encoding="utf-8").split("\n"))
    words = (re.sub(r"[^\w\- ]", "", heading.group(1).lower()) for heading in headings if heading)
    return {word.replace(" ", "-") for word in words}
