"""What an engine must do to take part."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Iterable, Protocol

from corpus import Message, record
from measure import Bench, Run
from questions import Answer, Questions
from sizes import Size


class Engine(Protocol):
    """An engine with the corpus loaded into a folder of its own."""

    name: str

    def load(self) -> list[Size]:
        """Makes its stores from the files of `facts.gather`; gives their sizes."""
        ...

    def idle(self, bench: Bench) -> Run:
        """A process that starts the engine and asks nothing."""
        ...

    def ask(self, question: str, questions: Questions, bench: Bench) -> Run:
        """A whole process that answers a question."""
        ...

    def understand(self, question: str, text: str) -> Answer:
        """The process's output as an answer; ValueError or KeyError when it is none."""
        ...


def rows(text: str) -> Answer:
    """An answer of one JSON array a line."""
    return [json.loads(line) for line in text.splitlines() if line]


def quote(text: str) -> str:
    """A string literal of standard SQL."""
    return "'" + text.replace("'", "''") + "'"


def digest(messages: Iterable[Message]) -> str:
    """The digest of a record stream, as in the facts."""
    result = hashlib.blake2b(digest_size=16)
    for message in messages:
        result.update(record(message))
    return result.hexdigest()


def exactness(expected: str, messages: Iterable[Message]) -> str:
    """Whether the messages are those of the digest, in their order."""
    return "yes" if digest(messages) == expected else "NO"


def fresh(folder: Path) -> Path:
    """An empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
