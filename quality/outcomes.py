"""What a check found: the record that suites, reconciliation and dbt tests share, and the refusal that carries it.

Belongs here: `CheckOutcome`, `PanelRefused`, storing outcomes as JSON and finding them again. Does not: deciding an outcome
(suites, row_accounts, dbt_runner), showing it (validation_page). Metadata holds counts and places, never a person's value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from data.durable import write_text
from data.messages import Refused, Text, WrongUsage
from data.paths import Workspace

Severity = Literal["error", "warn"]
RUN_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
LISTED_PLACES = 20
"""Places (zone/wave) that one outcome names; the rest is in the count."""


@dataclass(frozen=True)
class CheckOutcome:
    """One check of one table.

    Attributes
    ----------
    name
        The rule, such as ``E-RANGE-01:wait_min``, or the name of a dbt test.
    table
        The lake table or dbt model that was judged.
    passed
        Whether it holds.
    severity
        ``error`` blocks publication when it fails, ``warn`` does not.
    metadata
        Counts and places: JSON scalars and lists of texts.
    text
        What the rule demands, in both languages.
    kind
        Who judged: the expectation suite, the reconciliation, or a dbt test.
    """

    name: str
    table: str
    passed: bool
    severity: Severity
    metadata: Mapping[str, Any] = field(default_factory=dict)
    text: Text | None = None
    kind: Literal["suite", "reconcile", "dbt"] = "suite"

    @property
    def blocks(self) -> bool:
        """Whether this outcome keeps a build from being published."""
        return not self.passed and self.severity == "error"


class PanelRefused(Refused):
    """A build of the panels broke a blocking rule; the last good generation stays in place.

    `outcomes` holds every outcome of the build, the failed ones among them.
    """

    def __init__(self, outcomes: Sequence[CheckOutcome]) -> None:
        failed = [outcome for outcome in outcomes if outcome.blocks]
        named = "; ".join(f"{outcome.table}: {outcome.name}" for outcome in failed[:5])
        super().__init__(
            "E-PANEL-10",
            Text(
                en=f"The panels were not published: {len(failed)} blocking checks failed ({named}). The last good build stays in"
                " place. See the validation page of this run, then correct the data or the rule.",
                zh=f"面板未发布：{len(failed)} 项阻断检查未通过（{named}）。上一次合格的版本保持不变。"
                "请查看本次运行的检查页，然后更正数据或规则。",
            ),
        )
        self.outcomes = tuple(outcomes)


def run_folder(workspace: Workspace, run_id: str) -> Path:
    """Return the folder of a run's results.

    Raises
    ------
    WrongUsage
        E-RUN-01: the id could leave the folder (it must be letters, digits, dots, dashes, underscores).
    """
    if not RUN_ID.match(run_id):
        raise WrongUsage(
            "E-RUN-01",
            Text(
                en="A run id consists of letters, digits, dots, dashes and underscores, at most 128.",
                zh="运行编号只能由字母、数字、点、连字符和下划线组成，最多 128 个字符。",
            ),
        )
    return workspace.validations / run_id


def store(
    workspace: Workspace, run_id: str, table: str, outcomes: Iterable[CheckOutcome], facts: Mapping[str, Any]
) -> Path:
    """Write the outcomes of one table as ``validations/<run_id>/<table>.json``; a later call for it replaces them.

    Parameters
    ----------
    facts
        What else the page shows: rows, groups, as_of_seq. No values.
    """
    path = run_folder(workspace, run_id) / f"{table}.json"
    document = {
        "schema_version": 1,
        "run_id": run_id,
        "table": table,
        **facts,
        "checks": [_to_json(outcome) for outcome in outcomes],
    }
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return path


def stored(workspace: Workspace, run_id: str) -> list[dict[str, Any]]:
    """Return the stored documents of a run by table; empty if the run checked nothing."""
    return [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(run_folder(workspace, run_id).glob("*.json"))
    ]


def _to_json(outcome: CheckOutcome) -> dict[str, Any]:
    return {
        "name": outcome.name,
        "kind": outcome.kind,
        "passed": outcome.passed,
        "severity": outcome.severity,
        "metadata": dict(outcome.metadata),
        "text": outcome.text.model_dump() if outcome.text else None,
    }
