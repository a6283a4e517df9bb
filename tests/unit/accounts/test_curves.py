"""A registered specification curve: every choice estimated, told as a whole; plans without one keep text and hash."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from experiments.accounts.curved import curves, made
from experiments.curve.declared import CurveSpec, Joint
from experiments.design.diagnosis import design_hash
from experiments.estimate import estimate
from experiments.registry.check.analyses import _curve
from experiments.registry.protocol import load_protocol, protocol_digest
from experiments.registry.schema.analysis import RegisteredAnalysis
from experiments.run import DEMO

PROTOCOL = load_protocol(DEMO / "SE-2026-0001.yml")
CHOICES = CurveSpec(covariates=[[], ["age"]], samples=[None, "age >= 40"], joint=Joint(reps=99))
GIVEN = {
    "id": "main",
    "dataset": "t",
    "estimator": "ols",
    "outcome": "y",
    "treatment": "d",
    "cluster": ["c"],
    "vcov": "CR1",
}
ITEM = RegisteredAnalysis.model_validate({**GIVEN, "unit": "u", "specification_curve": CHOICES})


def rows():
    rng = np.random.default_rng(2)
    found = pd.DataFrame({"u": range(800), "c": [f"c{n // 20}" for n in range(800)], "age": rng.integers(20, 70, 800)})
    found["d"] = (found["c"].str[1:].astype(int) % 2).astype(float)
    return found.assign(y=2 * found["d"] + 0.1 * found["age"] + rng.normal(size=800))


SOURCE = SimpleNamespace(frame=lambda *_, **__: rows())


def with_curve(item=ITEM):
    return PROTOCOL.model_copy(update={"analyses": (item,)})


def test_each_point_is_the_analysis_with_its_choices():
    found = made(SOURCE, ITEM)
    data = rows()
    told = {(bool(point.choice.get("covariates")), point.choice.get("filter")): point for point in found.points}
    assert len(told) == 4
    for (adjusted, sample), point in told.items():
        spec = ITEM.spec().model_copy(
            update={"covariates": ("age",) if adjusted else (), "filter": sample, "unit": None}
        )
        again = estimate(spec, data, data_sha256="").row("d")
        assert point.estimate == pytest.approx(again.estimate)
        assert point.std_error == pytest.approx(again.std_error)


def test_a_curve_is_told_as_a_whole_with_the_place_of_the_registered():
    (told,) = curves(SOURCE, with_curve(), frozenset({"main"}))
    points = made(SOURCE, ITEM).points
    sizes = [point.estimate for point in points]
    assert (told.specifications, told.refused, told.draws) == (4, 0, 99)
    assert told.median == pytest.approx(float(np.median(sizes)))
    assert points[told.rank - 1].registered
    assert told.same_sign == 1.0
    assert told.varied == {"covariates": 2, "filter": 2}


def test_of_a_result_that_may_not_leave_no_curve_is_told():
    assert curves(SOURCE, with_curve(), frozenset()) == ()


def test_a_curve_that_cannot_run_says_why():
    broken = ITEM.model_copy(update={"cluster": ()})
    (told,) = curves(SOURCE, with_curve(broken), frozenset({"main"}))
    assert told.specifications == 0
    assert told.reason.en
    assert [problem.severity for problem in _curve(SimpleNamespace(protocol=PROTOCOL), "analyses.0", broken)] == [
        "error"
    ]


def test_columns_of_a_curve_are_checked_when_it_is_registered():
    item = PROTOCOL.analyses[0]
    assert list(_curve(SimpleNamespace(protocol=PROTOCOL), "analyses.0", item)) == []
    strange = item.model_copy(update={"specification_curve": CurveSpec(covariates=[[], ["shoe_size"]])})
    (problem,) = _curve(SimpleNamespace(protocol=PROTOCOL), "analyses.0", strange)
    assert "shoe_size" in problem.message.en


def test_a_plan_without_a_curve_keeps_its_text_and_one_with_it_keeps_its_diagnosis():
    item = PROTOCOL.analyses[0]
    assert item.specification_curve is not None
    bare = item.model_copy(update={"specification_curve": None})
    assert "specification_curve" not in bare.model_dump()
    without = PROTOCOL.model_copy(update={"analyses": (bare, *PROTOCOL.analyses[1:])})
    assert protocol_digest(without) == "550eea43ebec1ea92be6aa71511cf4513db10fe490cca2e038eb83d336de4820"
    assert design_hash(without) == design_hash(PROTOCOL)
    assert item.spec() == bare.spec()
