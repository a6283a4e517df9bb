from __future__ import annotations

import sys

import pytest

from data.messages import Refused
from experiments.replications.social_insure import file_content
from experiments.replications.study import compare, load_study
from experiments.result import Estimate, EstimateResult


def result(intensive: float) -> EstimateResult:
    def row(term: str, estimate: float, error: float) -> Estimate:
        return Estimate(
            term=term, estimate=estimate, std_error=error, statistic=1, df=1, p_value=1, conf_low=0, conf_high=1
        )

    rows = (row("intensive", intensive, 0.027404723960821), row("default", 0.0933698068086647, 0.0301155410618586))
    return EstimateResult(
        estimator="ols",
        spec_sha256="",
        data_sha256="",
        n_obs=1,
        n_units=1,
        n_clusters=1,
        estimates=rows,
        diagnostics={},
    )


def test_agreement_is_judged_per_number() -> None:
    study = load_study("social_insure")
    assert [row["agrees"] for row in compare(study, result(0.00256555988708037))] == [True] * 4
    rows = compare(study, result(0.0025656))
    assert [row["agrees"] for row in rows] == [False, True, True, True]
    assert rows[0]["difference"] == pytest.approx(4.0e-8, rel=0.01)


def test_without_the_package_it_says_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "causaldata", None)
    with pytest.raises(Refused, match="zonelab\\[replication\\]"):
        file_content(1410)


def test_other_data_are_refused() -> None:
    pytest.importorskip("causaldata")
    with pytest.raises(Refused, match="1410 rows instead of 7"):
        file_content(7)


def test_file_is_as_a_submission_wants_it() -> None:
    pytest.importorskip("causaldata")
    lines = file_content(1410).splitlines()
    assert lines[0].startswith("respondent_id,address,village,takeup_survey,")
    assert len(lines) == 1411
    assert lines[1].startswith("1,beilian2,beilian,0,62.0,2.0,10.0,30.0,1,1,0,0.0,0,")
