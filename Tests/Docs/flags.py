"""The options that a program has, by its own description, and those that documents give it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

WORD = re.compile(r"(?<![\w-])(--[a-z][a-z0-9-]+|-[A-Za-z])(?![\w-])")


class Options:
    """Every option of every command."""

    def __init__(self, tapedeck: Path) -> None:
        said = subprocess.run([tapedeck, "--experimental-dump-help"], check=True, capture_output=True, text=True)
        self._names: dict[tuple[str, ...], set[str]] = {}
        self._collect(json.loads(said.stdout)["command"], ())
        self.all = set().union(*self._names.values())

    def _collect(self, command: dict, path: tuple[str, ...]) -> None:
        names = set()
        for argument in command.get("arguments", []):
            for name in argument.get("names") or []:
                names.add(("--" if name["kind"] == "long" else "-") + name["name"])
        self._names[path] = names | {"--help", "--version"}
        for child in command.get("subcommands", []):
            self._collect(child, (*path, child["commandName"]))

    def unknown(self, command: str) -> str:
        """Empty, or which command or option of a command line that calls the program does not exist."""
        for call in re.findall(r"(?:^|[;|&(<]\s*|sudo )tapedeck(?=\s)((?:[^;|&#'\"<>()]|'[^']*'|\"[^\"]*\")*)", command):
            words = re.sub(r"'[^']*'|\"[^\"]*\"", "''", call).split()
            path: tuple[str, ...] = ()
            while words and (*path, words[0]) in self._names:
                path = (*path, words.pop(0))
            if not path and words and words[0][0].isalpha() and words[0] != "help":
                return f"no command `tapedeck {words[0]}`"
            for option in WORD.findall(" ".join(words)):
                if option not in self._names[path]:
                    return f"`tapedeck {' '.join(path)}` has no option {option}"
        return ""
