"""The published form of results.json: pydantic models, and the JSON Schema made from them that lies beside the report's code.

Belongs here: what the file holds, its version, checking a document before it is written. Does not: computing anything.
`python -m experiments.results_schema` writes the schema; a test holds file and models together.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from data.messages import PlatformFailed, Text
from experiments.accounts.shapes import Label, Shape
from experiments.accounts.shapes_judged import Accounts, Level

SCHEMA_VERSION = 4
SCHEMA_FILE = Path(__file__).resolve().parent / "report" / "results.schema.json"
SCHEMA_ID = "urn:zonelab:results:4"
Sha = str
Number = float | None


class Pins(Shape):
    """What was read: the release, by content."""

    release_id: str
    generation_id: str
    as_of_seq: int
    simulated: bool
    submissions: int
    contracts: dict[str, Sha]
    tables: dict[str, dict[str, int | str]]


class ProtocolPin(Shape):
    """The plan that was run."""

    version: str
    digest: Sha


class Code(Shape):
    """The code that ran."""

    commit: str
    dirty: bool


class ArmLabel(Shape):
    """An arm of the comparison."""

    id: str
    label: Label
    type: str


class Design(Shape):
    """The design in words and codes."""

    study_type: str | None
    evaluation_method: str | None
    unit_of_assignment: str | None
    note: Label | None
    zones: list[str]
    arms: list[ArmLabel]


class HypothesisPart(Shape):
    """The hypothesis that an analysis answers; empty texts where none was registered."""

    id: str
    statement: Label
    population: Label
    arm: Label
    direction: str
    tier: str
    sesoi: Number
    family_id: str | None


class OutcomePart(Shape):
    """The outcome that an analysis is of."""

    id: str | None = None
    name: Label
    unit: Label
    level: str
    tier: str | None = None
    direction_of_benefit: str
    is_harm: bool


class EstimateRow(Shape):
    """One row in the broom vocabulary; null where a number does not exist or is infinite."""

    term: str
    estimate: Number
    std_error: Number
    statistic: Number
    df: Number
    p_value: Number
    conf_low: Number
    conf_high: Number
    group: str | float | None = None


class ResultPart(Shape):
    """One analysis done; `diagnostics` are each estimator's own."""

    estimator: str
    spec_sha256: Sha
    data_sha256: str
    n_obs: int
    n_units: int
    n_clusters: int | None
    estimates: list[EstimateRow]
    diagnostics: dict[str, Any]
    warnings: list[dict[str, Any]]


class Entry(Shape):
    """One registered analysis with its result. `certainty` is the level that its sentence speaks at."""

    number_id: str
    analysis_id: str
    term: str
    hypothesis: HypothesisPart
    outcome: OutcomePart
    dataset: str
    registered_spec_sha256: Sha
    spec: dict[str, Any]
    result: ResultPart
    adjusted: dict[str, Any] | None
    label: str
    status: str
    certainty: Level


class NotEstimated(Shape):
    """A registered analysis without a result, and why."""

    analysis_id: str
    code: str
    message: Label


class Assignment(Shape):
    """One draw on record."""

    assignment_sha256: str | None
    seed_commitment: str | None
    frame_sha256: str | None
    committed_at: str | None
    drawn_at: str | None
    revealed_at: str | None
    zones: list[str]


class Registration(Shape):
    """The version that reports cite, and its draws."""

    version: str
    registered_at: str | None
    document_sha256: Sha
    assignments: list[Assignment]


class RegisteredRow(Shape):
    """One line of "registered and done"."""

    hypothesis_id: str
    statement: Label | None
    tier: str
    analysis_ids: list[str]
    number_ids: list[str]
    label: str
    status: str
    changes: list[dict[str, Any]]


class Results(Shape):
    """results.json: everything that a report of one experiment on one release may say."""

    schema_version: Literal[4]
    experiment_id: str = Field(min_length=1)
    protocol: ProtocolPin
    release: Pins
    run_id: str
    code: Code
    title: Label
    levels: list[str]
    design: Design
    harm_outcomes_registered: int
    analyses: list[Entry]
    not_estimated: list[NotEstimated]
    registration: Registration | None
    registered_vs_done: list[RegisteredRow]
    deviations: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    timing: dict[str, Any]
    amendments: list[dict[str, Any]]
    exposure_epochs: list[dict[str, Any]]
    accounts: Accounts


def checked(document: dict[str, Any]) -> dict[str, Any]:
    """Return a results document that has its published form.

    Raises
    ------
    PlatformFailed
        E-RUN-05: it has not; the places are named, no value is repeated.
    """
    try:
        Results.model_validate(document)
    except ValidationError as error:
        places = sorted({".".join(str(part) for part in item["loc"]) for item in error.errors()})
        named, n = ", ".join(places[:5]), len(places)
        raise PlatformFailed(
            "E-RUN-05",
            Text(
                en=f"The results have not the published form at {n} places ({named}): nothing was written. Report this.",
                zh=f"结果有 {n} 处不符合公布的格式（{named}）：未写入文件。请报告此问题。",
            ),
        ) from None
    return document


def schema_text() -> str:
    """Return the JSON Schema of results.json as it is published."""
    made = Results.model_json_schema()
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID, **made}
    return json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_schema() -> None:
    """Write the published file."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    write_schema()
