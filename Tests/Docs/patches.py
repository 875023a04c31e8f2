"""Whether the worked changes of CONTRIBUTING.md still apply to this tree."""

from __future__ import annotations

import subprocess
from pathlib import Path


def misfits(root: Path) -> list[str]:
    """The patches that do not apply, with what git says."""
    faults = []
    for patch in sorted((root / "docs" / "worked-diffs").glob("*.patch")):
        said = subprocess.run(
            ["git", "apply", "--check", str(patch)], cwd=root, capture_output=True, text=True, check=False)
        if said.returncode:
            faults.append(f"{patch.relative_to(root)} does not apply any more: {' / '.join(said.stderr.splitlines())}")
    return faults
