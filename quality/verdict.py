"""What became of a submission: the result that callers get and the command prints.

Belongs here: the result's shape. Does not: reaching the verdict (intake), the catalogue row (data.submissions).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from data.submissions import Submission
from quality.problems import Problem

Status = Literal["accepted", "quarantined", "rejected", "duplicate"]


@dataclass(frozen=True)
class Counts:
    """Rows of a file by what became of them."""

    read: int
    accepted: int
    quarantined: int
    unchanged: int


class SubmissionResult(BaseModel):
    """What became of a file; `model_dump(mode="json")` is what `zonelab submit --json` prints.

    `rows_read = rows_accepted + rows_quarantined + rows_unchanged`. A duplicate names the first submission and counts no rows;
    a rejected file's rows, if it could be read and kept, are all in quarantine.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    submission_id: str
    sha256: str
    status: Status
    rows_read: int
    rows_accepted: int
    rows_quarantined: int
    rows_unchanged: int
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """0 when nothing is left to fix (accepted, duplicate), else 1."""
        return 0 if self.status in ("accepted", "duplicate") else 1

    @classmethod
    def of(
        cls, submission: Submission, status: Status, counts: Counts, problems: Sequence[Problem]
    ) -> SubmissionResult:
        """Build the result of a submission."""
        return cls(
            submission_id=submission.submission_id,
            sha256=submission.sha256,
            status=status,
            rows_read=counts.read,
            rows_accepted=counts.accepted,
            rows_quarantined=counts.quarantined,
            rows_unchanged=counts.unchanged,
            problems=tuple(problems),
        )


def settled_result(submission: Submission) -> SubmissionResult:
    """Return the result of a settled submission as the catalogue holds it: two callers that settle at once agree."""
    if submission.status == "received":
        raise ValueError(f"{submission.submission_id} is not settled")
    counts = Counts(
        submission.rows_read, submission.rows_accepted, submission.rows_quarantined, submission.rows_unchanged
    )
    problems = [Problem.model_validate(told) for told in submission.problems]
    return SubmissionResult.of(submission, submission.status, counts, problems)
