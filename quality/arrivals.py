"""A file that came as bytes (a page's form, a request) gets a path for as long as it is looked at: a private folder that goes.

Belongs here: the folder, the name in it, and clearing what a dead process left. Does not: reading, checking, keeping (check,
intake). The kernel's lock on a folder says that its owner lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.messages import Refused, Text
from data.paths import Workspace
from data.readers.open import scratch_folder, sweep

LONGEST_NAME = 200
NAMELESS = "file"


@contextmanager
def arriving(workspace: Workspace, name: str) -> Iterator[Path]:
    """Yield the path at which the bytes of a file called `name` may be laid; on leaving it is gone with its folder."""
    sweep(workspace.staging)
    with scratch_folder(workspace.staging) as folder:  # readable by us alone
        yield folder / file_name(name)


@contextmanager
def laid_down(workspace: Workspace, name: str, content: bytes) -> Iterator[Path]:
    """Yield the path of a file that holds `content`; see `arriving`."""
    with arriving(workspace, name) as path:
        path.write_bytes(content)
        yield path


def file_name(given: str) -> str:
    r"""Return what a file may be called here: the last part of the name, without control characters, not too long.

    >>> file_name("C:\\data\\访谈_W2.xlsx"), file_name("../../etc/passwd"), file_name("..")
    ('访谈_W2.xlsx', 'passwd', 'file')
    """
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    while len(kept.encode()) > LONGEST_NAME:
        kept = kept[1:]  # the end holds the extension
    return kept if kept.strip(".") else NAMELESS


def too_large(limit_mb: int) -> Refused:
    """Return the refusal of a file above the limit."""
    return Refused(
        "E-SIZE-01",
        Text(
            en=f"The file is larger than {limit_mb} MB. Split it, or lay it into the drop folder.",
            zh=f"文件超过 {limit_mb} MB。请拆分文件，或放入投递文件夹。",
        ),
    )
