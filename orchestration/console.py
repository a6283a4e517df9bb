"""What a run says while it works: one short line per materialised table, failed check or warning, on stderr.

Belongs here: the logger of every job. Does not: what is said (the events' own metadata: counts, never values).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

import dagster as dg


class Lines(logging.Formatter):
    """`HH:MM:SS step  message`, without run ids and stack traces (those are in the event log)."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        meta = getattr(record, "dagster_meta", {})
        event = meta.get("dagster_event")
        said = event_line(event) if event else str(meta.get("orig_message", record.getMessage()))
        clock = self.formatTime(record, "%H:%M:%S")
        return f"{clock}  {meta.get('step_key') or 'run'}  {said}"


class Worth(logging.Filter):
    """Lets pass what an operator wants to see go by: materialisations, failed checks, failures, own messages from INFO.

    Not shown: each step that is left out because an earlier one failed; the first failure is the news.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is shown."""
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is None:
            follows = str(getattr(record, "dagster_meta", {}).get("orig_message", "")).startswith(
                "Dependencies for step"
            )
            return record.levelno >= logging.INFO and not follows
        return _table_made(event) or event.is_failure or _failed_check(event)


def _table_made(event: dg.DagsterEvent) -> bool:
    """Return whether a table was made; the partitions that a run for all of them touched are in the table's own line."""
    if not event.is_step_materialization:
        return False
    made = event.step_materialization_data.materialization
    return made.partition is None or "dagster/row_count" in made.metadata


def event_line(event: dg.DagsterEvent) -> str:
    """Return an event as a short sentence; counts of zero are left out."""
    if event.is_step_materialization:
        made = event.step_materialization_data.materialization
        where = made.asset_key.to_user_string() + (f" [{made.partition}]" if made.partition else "")
        return " · ".join([where, *(_counts(made.metadata) or ["no rows"])])
    if _failed_check(event):
        evaluation = event.asset_check_evaluation_data
        return f"{evaluation.asset_key.to_user_string()}: check {evaluation.check_name} {evaluation.severity.value.lower()}"
    return str(event.message)


def _failed_check(event: dg.DagsterEvent) -> bool:
    return (
        event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION and not event.asset_check_evaluation_data.passed
    )


def _counts(metadata: Mapping[str, dg.MetadataValue]) -> list[str]:
    return [
        f"{name.removeprefix('dagster/')} {entry.value:,}"
        for name, entry in metadata.items()
        if isinstance(entry, dg.IntMetadataValue) and entry.value and name != "as_of_seq"
    ]


def lines(init_context: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger of one run."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(Worth())
    logger = logging.Logger(f"zonelab.{init_context.run_id}", logging.DEBUG)  # noqa: LOG001 - not in the global tree: one per run
    logger.addHandler(handler)
    return logger


console = dg.LoggerDefinition(lines, description="One short line per thing that happened, on stderr.")

SPEAKING: dict[str, dict[str, dict[str, str]]] = {"loggers": {"console": {}}}
"""Run config that chooses it: a job's own config is not used for a run without a partition, so every launch says so."""
