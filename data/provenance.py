"""Which code is running: the commit, and whether files differ from it.

Belongs here: asking git. Does not: versions of libraries (the lock file pins them).
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from data.settings import REPOSITORY, child_environment

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Code:
    """The commit that produced something. `dirty`: files differ from it or are not in it, or it is unknown."""

    commit: str
    dirty: bool


def code_version(repository: Path = REPOSITORY) -> Code:
    """Return the commit of the running code; `unknown` where there is no git or no repository."""
    commit = _git(repository, "rev-parse", "HEAD")
    changes = _git(repository, "status", "--porcelain")
    if commit is None or changes is None:
        return Code(UNKNOWN, dirty=True)
    return Code(commit, dirty=bool(changes))


def _git(repository: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - fixed program, fixed arguments
        [program, "-C", str(repository), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env=child_environment(),
    )
    return done.stdout.strip() if done.returncode == 0 else None
