"""Options of every kind: what passes, what is refused by name, and which columns they make part of the sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.estimators import options
from experiments.estimators.method import Method
from experiments.estimators.options import Option
from experiments.result import EstimateResult
from experiments.sample import Sample, draw, spec_columns
from experiments.spec import AnalysisSpec


def run(spec: AnalysisSpec, sample: Sample, data_sha256: str) -> EstimateResult:
    raise NotImplementedError


METHOD = Method(
    name="magic",
    run=run,
    uses=frozenset({"treatment", "covariates"}),
    options={"event": options.column(), "predictors": options.columns(), "lags": options.whole(1)},
    inference=("analytic", "wild_bootstrap"),
    partial=frozenset({"outcome"}),
)


@pytest.mark.parametrize(
    ("option", "good", "bad"),
    [
        (options.choice("a", 2), ["a", 2], ["b", True, None]),
        (options.number(0, 1), [0, 0.5, 1], [1.5, "1", True, float("nan")]),
        (options.number(above=0), [1e-9, 3], [0, -1, float("inf")]),
        (options.whole(1, 9), [1, 9], [0, 10, 2.0, True, "2"]),
        (options.flag(), [True, False], [1, "true"]),
        (options.column(), ["x"], ["", 1, ["x"]]),
        (options.columns(), ["x", ["x", "y:z"]], [[], ["x", 1], ""]),
        (options.numbers(0, 1, inside=True), [0.5, [0.1, 0.9]], [0, [], [0.5, 1], "0.5"]),
        (options.interval(), [[-5, 5], [0, 0]], [[5, -5], [1], 3]),
    ],
)
def test_kinds(option: Option, good: list[Any], bad: list[Any]) -> None:
    assert [option.accepts(value) for value in good] == [True] * len(good)
    assert [option.accepts(value) for value in bad] == [False] * len(bad)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"event": 3}, "E-SPEC-11", "a column's name"),
        ({"lags": 0}, "E-SPEC-11", "a whole number from 1"),
        ({"speed": 1}, "E-SPEC-06", "event, predictors, lags, categorical"),
        ({"categorical": ["z"]}, "E-SPEC-11", "x"),
    ],
)
def test_refused_by_name(given: dict[str, Any], code: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        METHOD.check(AnalysisSpec(estimator="magic", outcome="y", covariates=["x"], options=given))
    assert refused.value.code == code
    assert said in refused.value.text.en


def test_inference_that_the_method_lacks_is_refused() -> None:
    METHOD.check(AnalysisSpec(estimator="magic", outcome="y", inference={"method": "wild_bootstrap"}))
    with pytest.raises(Refused, match=r"randomisation is not available for magic.*analytic, wild_bootstrap"):
        METHOD.check(AnalysisSpec(estimator="magic", outcome="y", inference={"method": "randomisation"}))


def test_columns_of_options() -> None:
    assert METHOD.columns({"event": "arrest", "predictors": ["p", "q:r"], "lags": 2}) == ("arrest", "p", "q", "r")
    assert METHOD.columns({"event": 3, "speed": "x"}) == ()
    assert METHOD.may_lack(AnalysisSpec(estimator="magic", outcome="y", treatment="t")) == {"y"}


FRAME = pd.DataFrame({"y": [1.0, np.nan, 3.0, 4.0], "x": [1, 2, 2, 1], "e": [0.0, 1.0, np.nan, 1.0]})


def test_categories_of_numbers_and_columns_that_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.estimators.option_columns", lambda _, given: METHOD.columns(given))
    spec = AnalysisSpec(estimator="magic", outcome="y", covariates=["x"], options={"event": "e", "categorical": ["x"]})
    assert spec_columns(spec) == ["y", "x", "e"]
    assert draw(spec, FRAME).size == 2
    sample = draw(spec, FRAME, partial=METHOD.may_lack(spec))
    assert sample.counts["n_dropped"] == {"e": 1}
    assert sample.frame["y"].isna().tolist() == [False, True, False]
    assert sample.frame["x"].cat.categories.tolist() == [1, 2]
