"""Great Expectations judges a metrics frame: one expectation per metric, failing zones and waves named.

Belongs here: the only import of Great Expectations. Does not: what is measured (metrics, mart_metrics). The frame has one row per
zone and wave, so the verdict costs milliseconds whatever the table's size (domain/costs.md 2.5). Its Data Docs need the
network and are not used; its lists hold metrics (counts, shares), never a value of a row.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from data.messages import PlatformFailed, Text
from quality.metrics import Metric
from quality.outcomes import LISTED_PLACES, CheckOutcome

if TYPE_CHECKING:
    import pandas as pd

PLACES = ["zone", "wave"]


def judge(table: str, frame: pd.DataFrame, metrics: Sequence[Metric]) -> list[CheckOutcome]:
    """Return one outcome per metric.

    Parameters
    ----------
    table
        What the frame is about; it names the outcomes.
    frame
        Columns zone, wave, rows and one per metric's rule_id; one row per group. Without rows everything passes and
        ``groups`` is 0: nothing was there to check.
    metrics
        The rules; none gives no outcome.

    Raises
    ------
    PlatformFailed
        E-GX-01: an expectation could not be evaluated. A check that did not run is not a check that passed.
    """
    if not metrics:
        return []
    found = _validate(frame, metrics)
    verdicts = {result["expectation_config"]["meta"]["rule_id"]: result for result in found["results"]}
    return [_outcome(table, metric, frame, verdicts[metric.rule_id]) for metric in metrics]


def _validate(frame: pd.DataFrame, metrics: Sequence[Metric]) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own making; nothing of ours warns in this block
        import great_expectations as gx

        batch = _frames().get_batch(batch_parameters={"dataframe": frame})
        result = batch.validate(
            gx.ExpectationSuite(name="suite", expectations=[_expectation(metric) for metric in metrics]),
            result_format={"result_format": "COMPLETE", "unexpected_index_column_names": PLACES},
        )
        document: dict[str, Any] = result.to_json_dict()
    return document


@cache
def _frames() -> Any:  # noqa: ANN401 - the library is untyped
    """Return the batch definition of any frame. One context a process: each makes a folder that it does not remove."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    announcer = "great_expectations.data_context.types.base"
    logging.getLogger(announcer).setLevel(logging.WARNING)  # else it tells stderr about that folder
    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("metrics").add_dataframe_asset("frame")
    return asset.add_batch_definition_whole_dataframe("whole")


def _expectation(metric: Metric) -> Any:  # noqa: ANN401 - the library is untyped
    from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
    from great_expectations.expectations.metadata_types import FailureSeverity

    return ExpectColumnValuesToBeBetween(
        column=metric.rule_id,
        min_value=0,
        max_value=metric.maximum,
        severity=FailureSeverity.CRITICAL if metric.severity == "error" else FailureSeverity.WARNING,
        meta={"rule_id": metric.rule_id},
    )


def _outcome(table: str, metric: Metric, frame: pd.DataFrame, result: dict[str, Any]) -> CheckOutcome:
    if result["exception_info"].get("raised_exception", True):
        raise PlatformFailed(
            "E-GX-01",
            Text(
                en=f"{table}: the check {metric.rule_id} could not be evaluated.",
                zh=f"{table}：检查 {metric.rule_id} 无法执行。",
            ),
        )
    places = result["result"].get("unexpected_index_list") or []
    failing = sorted((str(place["zone"]), str(place["wave"]), place[metric.rule_id]) for place in places)
    worst = max((amount for _, _, amount in failing), default=0)
    metadata = {
        "limit": metric.maximum,
        "rows": int(frame["rows"].sum()),
        "groups": len(frame),
        "groups_failed": len(failing),
        "where": [f"{zone}/{wave}: {_shown(amount)}" for zone, wave, amount in failing[:LISTED_PLACES]],
    }
    if metric.maximum == 0:
        metadata["rows_failed"] = int(sum(amount for _, _, amount in failing))
    elif failing:
        metadata["worst"] = round(float(worst), 4)
    return CheckOutcome(metric.rule_id, table, bool(result["success"]), metric.severity, metadata, metric.text)


def _shown(amount: float) -> str:
    return f"{amount:g}" if float(amount).is_integer() else f"{amount:.3f}"
