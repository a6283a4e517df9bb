"""The drop folder: files laid down under inbox/<zone>/<contract>/ become submissions.

Belongs here: which files are there, whole and in a known place; taking them in and clearing them away. Does not: when to look
(orchestration's sensor), what a submission does (intake).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from data.contracts import Column, Contract, contract_names, load_contract
from data.durable import remove_file
from data.messages import NotFound, Refused
from data.paths import Workspace
from data.readers.open import stamp_of
from data.reference import PROGRAMME, zones
from quality.cells import UNKNOWN_WAVE
from quality.intake import submit
from quality.settled import is_being_written, is_settled
from quality.verdict import SubmissionResult

SETTLE_SECONDS = 2.0
CORRECTIONS = "corrections"
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
LABELS = tuple(
    re.compile(rf"(?:^|[_\-. ])({label})(?=$|[_\-. ])")
    for label in (r"W\d", r"\d{4}Q[1-4]", r"\d{4}-(?:0[1-9]|1[0-2])")
)


@dataclass(frozen=True)
class InboxFile:
    """A file that waits: `wave` is the label in its name (W2, 2026Q1, 2026-03) or `U`."""

    path: Path
    zone: str
    contract: str
    wave: str
    correction_reason: str | None = None


def pending(workspace: Workspace, *, settle_seconds: float = SETTLE_SECONDS) -> list[InboxFile]:
    """Return the files that may be taken, sorted by path.

    Left alone: dotfiles, unfinished downloads (`.part`, `.tmp`), links, files touched less than `settle_seconds` ago, and files
    that somebody has open for writing, however long they pause. Files in a folder that is no zone or contract: see `misplaced`.
    """
    known = [found for path in _files(workspace) if (found := _located(workspace, path)) is not None]
    return [found for found in known if is_settled(found.path, settle_seconds)]


def misplaced(workspace: Workspace) -> list[Path]:
    """Return the files that nobody will take: not in inbox/<zone>/<contract>/, or a hard link to a file elsewhere."""
    return [path for path in _files(workspace) if _located(workspace, path) is None]


def take(
    workspace: Workspace, files: Sequence[InboxFile], *, run_id: str, actor: str = "inbox"
) -> list[SubmissionResult]:
    """Submit files and remove them from the inbox whatever the verdict: their bytes are in the originals.

    A file that vanished or is no regular file any more is passed over; so is one that somebody has opened for writing since it
    was listed. One that changed while it was read, or is being written now, stays and will be taken next time. If submitting
    raises anything else, or the process dies, the file stays: taken again, it goes on where it stopped, and no row enters twice.
    """
    results: list[SubmissionResult] = []
    for file in files:
        if is_being_written(file.path):
            continue
        try:
            before = stamp_of(file.path.lstat())
            result = submit(
                file.path,
                contract=file.contract,
                zone=file.zone,
                wave=_context_wave(file),
                actor=actor,
                workspace=workspace,
                run_id=run_id,
                correction_reason=file.correction_reason,
                sole=True,
            )
        except (FileNotFoundError, NotFound, Refused):
            continue
        results.append(result)
        if _untouched(file.path, before):
            remove_file(file.path)
    return results


def _untouched(path: Path, before: tuple[int, int, int, int]) -> bool:
    return path.exists() and not is_being_written(path) and stamp_of(path.lstat()) == before


def wave_label(name: str) -> str:
    """Return the wave that a file name carries, `U` if none.

    >>> wave_label("visits_W2.xlsx"), wave_label("org-2026Q1.csv"), wave_label("x_2026-03.csv"), wave_label("a.csv")
    ('W2', '2026Q1', '2026-03', 'U')
    """
    found = (pattern.search(name) for pattern in LABELS)
    return next((match[1] for match in found if match), UNKNOWN_WAVE)


def _files(workspace: Workspace) -> Iterator[Path]:
    for path in sorted(workspace.inbox.rglob("*")):
        inside = path.relative_to(workspace.inbox).parts
        hidden = any(part.startswith(".") for part in inside)
        if not hidden and path.suffix.lower() not in UNFINISHED and path.is_file() and not path.is_symlink():
            yield path


def _located(workspace: Workspace, path: Path) -> InboxFile | None:
    if path.stat().st_nlink > 1:  # somebody else holds the same bytes and could change them after the check
        return None
    match path.relative_to(workspace.inbox).parts:
        case (zone, contract, _):
            reason = None
        case (zone, contract, folder, name) if folder == CORRECTIONS:
            reason = f"delivered as a correction: {name}"
        case _:
            return None
    if contract not in contract_names() or (zone != PROGRAMME and zone not in zones()):
        return None
    return InboxFile(path, zone, contract, wave_label(path.name), reason)


def _context_wave(file: InboxFile) -> str | None:
    """Return the label if it is a wave of the contract; a month in the name of a wave survey's file is none."""
    column = _wave_source(load_contract(file.contract))
    fits = column is not None and (column.pattern is None or re.fullmatch(column.pattern, file.wave))
    return file.wave if fits and file.wave != UNKNOWN_WAVE else None


def _wave_source(contract: Contract) -> Column | None:
    return next((column for column in contract.columns if column.source == "wave"), None)
