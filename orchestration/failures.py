"""What a failure means to the clock: a refusal is final, a busy disk is worth another try; both leave a record.

Belongs here: the translation of room errors to Dagster failures, the retry policy, the record that an operator finds in
`<home>/failures/<run_id>.json`. Does not: the messages themselves (they come with the error).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
from sqlalchemy.exc import OperationalError

from data.messages import PlatformFailed, ZonelabError
from data.paths import Workspace

TRANSIENT = (OSError, OperationalError)
"""A lock held by another writer (filelock.Timeout is an OSError), a disk that is busy, a locked SQLite file."""

RETRY = dg.RetryPolicy(max_retries=2, delay=1, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS)
REFUSED, BROKEN = 1, 5


@dataclass(frozen=True)
class StepFailure:
    """One step that failed: where, what, and whether the input (1) or the platform (5) is at fault."""

    step: str
    code: str
    message: dict[str, str]
    exit_code: int


@contextmanager
def told() -> Iterator[None]:
    """Let transient errors through to the retry policy; end the step at once for everything else.

    Raises
    ------
    dagster.Failure
        Not retried. Carries the code and both languages of a `ZonelabError`; of any other exception only the type,
        because its message may hold a person's value.
    """
    try:
        yield
    except (*TRANSIENT, dg.Failure, PlatformFailed):
        raise
    except ZonelabError as error:
        said = {"code": error.code, "en": error.text.en, "zh": error.text.zh}
        raise dg.Failure(error.text.en, metadata=said, allow_retries=False) from error
    except Exception as error:
        raise dg.Failure(f"unexpected {type(error).__name__}", allow_retries=False) from error


def step_failures(events: Sequence[dg.DagsterEvent]) -> list[StepFailure]:
    """Return what failed in a run, in order; a step skipped because of an earlier failure is not repeated."""
    return [_step_failure(event) for event in events if event.is_step_failure]


def _step_failure(event: dg.DagsterEvent) -> StepFailure:
    data = event.step_failure_data
    told_by = data.user_failure_data
    found = {name: entry.value for name, entry in (told_by.metadata if told_by else {}).items()}
    step = event.step_key or "run"
    if "code" in found:
        message = {"en": str(found["en"]), "zh": str(found["zh"])}
        return StepFailure(step, str(found["code"]), message, REFUSED)
    name = data.error.cls_name if data.error else None
    if name == "DagsterAssetCheckFailedError":
        return StepFailure(
            step,
            "E-RUN-02",
            {"en": f"{step}: a blocking check failed.", "zh": f"{step}：一项阻断性检查未通过。"},
            REFUSED,
        )
    what = told_by.description if told_by and told_by.description else f"unexpected {name}"
    return StepFailure(step, "E-RUN-03", {"en": f"{step}: {what}", "zh": f"{step}：{what}"}, BROKEN)


def record_failure(workspace: Workspace, run_id: str, job: str, failures: Sequence[StepFailure]) -> Path:
    """Write `<home>/failures/<run_id>.json`, once per run whoever sees the failure first; returns its path."""
    from data.durable import write_text

    path = workspace.home / "failures" / f"{run_id}.json"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        document = {
            "run_id": run_id,
            "job": job,
            "seen_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "failures": [asdict(failure) for failure in failures],
        }
        write_text(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return path
