#!/usr/bin/env python3
"""Makes the benchmark's own Python environment where it is missing, and runs the benchmark in it.

    Benchmarks/run.py --tapedeck .build/release/tapedeck [--corpus FILE] [--only …] [--repeat N] [--work DIR]

`--python PATH`, first of all arguments, takes an interpreter that has the packages of requirements.txt instead.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def environment() -> Path:
    """The interpreter of `.venv`, made or renewed when requirements.txt has changed since."""
    requirements = HERE / "requirements.txt"
    folder = HERE / ".venv"
    python = folder / "bin" / "python"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    stamp = folder / "requirements.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"bench: making {folder} (about 1 GB)", file=sys.stderr)
    try:
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
        subprocess.run(install, check=True)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"bench: {error}; on Debian python3-venv must be installed, and PyPI within reach; or give --python")
    stamp.write_text(wanted)
    return python


def main() -> None:
    """Replaces this process by the benchmark."""
    if sys.version_info < (3, 11):
        sys.exit("bench: needs Python 3.11 or newer")
    arguments = sys.argv[1:]
    if arguments[:1] == ["--python"] and len(arguments) > 1:
        python, arguments = Path(arguments[1]), arguments[2:]
    else:
        python = environment()
    try:
        os.execv(python, [str(python), str(HERE / "bench.py"), *arguments])
    except OSError as error:
        sys.exit(f"bench: {python}: {error.strerror}; give --python an interpreter")


if __name__ == "__main__":
    main()
