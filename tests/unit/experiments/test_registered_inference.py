"""What a confirmatory result may rest on: not on CR1 of few clusters, not on clusters finer than the assignment's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.design.assignment import assign_sealed
from experiments.design.frame import seal
from experiments.design.redraws import Lottery, SealedDraw
from experiments.registry.schema.analysis import RegisteredAnalysis
from experiments.registry.schema.design import AssignmentSpec
from experiments.result import EstimateResult
from experiments.results import Attempt
from experiments.run import Asked, attempt
from experiments.source import Source
from tests.unit.experiments.test_run_and_report import FolderRelease

ARMS = ("on", "off")
SPEC = AssignmentSpec(unit_id="school", method="complete")
BASE: dict[str, Any] = {"id": "H1", "dataset": "panel_city_year", "outcome": "y", "treatment": "z"}


@pytest.fixture(scope="module")
def draw() -> SealedDraw:
    frame = seal(pd.DataFrame({"school": [f"S{n:02d}" for n in range(12)]}), SPEC)
    return SealedDraw(frame, SPEC, ARMS, assign_sealed(frame, SPEC, ARMS, seed=3).units)


@pytest.fixture
def source(tmp_path: Path, draw: SealedDraw) -> Source:
    rng = np.random.default_rng(6)
    rows = pd.DataFrame({"school": np.repeat(draw.frame.ids, 10)})
    treated = {unit.unit: float(unit.arm == "on") for unit in draw.units}
    rows["z"] = rows["school"].map(treated)
    rows["pupil"] = [f"{school}-{n // 2}" for n, school in enumerate(rows["school"])]
    rows["y"] = rng.normal(size=12).repeat(10) + rows["z"] + rng.normal(size=120)
    rows["passed"] = (rows["y"] > 0).astype(int)
    rows.to_parquet(tmp_path / "panel_city_year.parquet")
    return Source(FolderRelease(tmp_path), SPEC, draw.units, Lottery((draw,)))


def done(source: Source, *, is_confirmatory: bool = True, **fields: Any) -> Attempt:
    return attempt(source, RegisteredAnalysis(**BASE | fields), Asked(is_confirmatory))


def result(found: Attempt) -> EstimateResult:
    assert found.result is not None
    return found.result


def code(found: Attempt) -> str | None:
    return found.refused.code if found.refused else None


def test_the_row_of_few_clusters_carries_cr2_and_the_bootstrap_stands_beside(source: Source) -> None:
    few = result(done(source, estimator="ols", cluster=["school"], vcov="CR1"))
    cr2 = result(done(source, estimator="ols", cluster=["school"], vcov="CR2"))
    plain = result(done(source, estimator="ols", cluster=["school"], vcov="CR1", is_confirmatory=False))
    assert few.row("z").model_dump() == pytest.approx(cr2.row("z").model_dump())
    beside = few.diagnostics["few_clusters"]["z"]
    assert beside["CR1"]["std_error"] == plain.row("z").std_error
    assert beside["CR1"]["conf_low"] != few.row("z").conf_low
    assert (beside["headline"], beside["wild_bootstrap"]["draws"]) == ("CR2", 2**12)
    assert [item["code"] for item in few.warnings] == ["W-FEW-01"]
    assert few.spec_sha256 == plain.spec_sha256
    assert few.row("(Intercept)") == plain.row("(Intercept)")


def test_a_method_with_nothing_but_cr1_confirms_nothing(source: Source) -> None:
    logit = {"estimator": "logit", "outcome": "passed", "cluster": ["school"], "vcov": "CR1"}
    assert code(done(source, **logit)) == "E-FEW-01"
    assert code(done(source, **logit, is_confirmatory=False)) is None


@pytest.mark.parametrize("method", ["wild_bootstrap", "randomisation"])
def test_cr2_stands_beside_a_resampling_answer(source: Source, method: str) -> None:
    found = result(done(source, estimator="ols", cluster=["school"], vcov="CR1", inference={"method": method}))
    beside = found.diagnostics["few_clusters"]["z"]
    assert set(beside) == {"CR2", method}
    assert found.row("z").p_value == beside[method]["p_value"]


def test_clusters_finer_than_the_assignment_confirm_nothing(source: Source) -> None:
    assert code(done(source, estimator="ols", cluster=["pupil"], vcov="CR2")) == "E-RUN-04"
    assert code(done(source, estimator="ols", vcov="HC2")) == "E-RUN-04"
    assert code(done(source, estimator="ols", vcov="HC2", is_confirmatory=False)) is None
    assert code(done(source, estimator="ols", cluster=["school"], vcov="CR2")) is None


def test_randomisation_inference_of_a_registered_analysis_repeats_its_draw(source: Source) -> None:
    found = result(done(source, estimator="ols", inference={"method": "randomisation"}))
    assert found.diagnostics["mechanism"] == {"from": "registered assignment", "method": "complete", "lots": 12}
    assert found.diagnostics["randomisation"]["z"]["draws"] == 924
    elsewhere = Source(source.release)
    by_rows = result(done(elsewhere, estimator="ols", cluster=["school"], inference={"method": "randomisation"}))
    assert by_rows.diagnostics["mechanism"] == {"from": "columns"}
    assert by_rows.row("z").p_value == found.row("z").p_value
