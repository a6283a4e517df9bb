"""The result of an analysis leaves only when its design tells of no single person (R7), and without rows of few units."""

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.disclosed import released
from experiments.estimate import estimate
from experiments.result import Estimate
from experiments.spec import AnalysisSpec

PANEL = "panel_individual_wave"


def people(n=300):
    rng = np.random.default_rng(7)
    treat = rng.permutation(np.arange(n) % 2)
    return pd.DataFrame(
        {
            "zone_id": "beijing",
            "person_id": [f"k1:{place:04d}" for place in range(n)],
            "clinic_id": [f"c{place % 40}" for place in range(n)],
            "treat": treat,
            "age": rng.normal(45, 12, n),
            "rare": [1 if place < 4 else 0 for place in range(n)],
            "wait_min": 30 + 2 * treat + rng.normal(0, 5, n),
        }
    )


def leaves(frame, dataset=PANEL, **fields):
    spec = AnalysisSpec(estimator="ols", outcome="wait_min", treatment="treat", **fields)
    return released(dataset, spec, frame, estimate(spec, frame, data_sha256=""), frozenset())


def test_a_trial_as_registered_leaves_as_it_is():
    found = leaves(people(), covariates=["age"], cluster=["clinic_id"])
    assert [row.term for row in found.estimates][:2]
    assert found.warnings == leaves(people(), covariates=["age"], cluster=["clinic_id"]).warnings


@pytest.mark.parametrize("fields", [{"covariates": ["rare"]}, {"filter": "age > 80"}, {"filter": "rare == 1"}])
def test_what_tells_of_few_people_is_refused(fields):
    frame = people()
    frame.loc[:5, "age"] = [81, 82, 83, 84, 85, 86]
    frame.loc[:5, "treat"] = [0, 1, 0, 1, 0, 1]
    with pytest.raises(Refused, match="E-SDC-07"):
        leaves(frame, **fields)


def test_a_text_of_categories_is_no_way_around():
    frame = people().assign(group=lambda frame: np.where(frame["rare"] == 1, "ours", "others"))
    with pytest.raises(Refused, match="E-SDC-07"):
        leaves(frame, covariates=["group"])


def test_published_figures_of_cities_are_not_judged():
    frame = people(20).rename(columns={"person_id": "city_id"})
    assert leaves(frame, "panel_city_year", covariates=["rare"]).estimates


def test_rows_of_few_organisations_are_taken_out_with_a_warning():
    rng = np.random.default_rng(3)
    starts = {place: 4 if place < 25 else 6 if place < 31 else 0 for place in range(80)}
    frame = pd.DataFrame(
        [
            {"zone_id": "z", "org_id": f"o{place}", "adopted": start, "quarter": quarter, "y": rng.normal() + start / 9}
            for place, start in starts.items()
            for quarter in range(1, 9)
        ]
    )  # fmt: skip
    spec = AnalysisSpec(
        estimator="group_time",
        outcome="y",
        cohort="adopted",
        unit="org_id",
        time="quarter",
        options={"aggregate": "group"},
    )
    result = estimate(spec, frame, data_sha256="")
    assert any(
        isinstance(row, Estimate) and float(row.group or 0) == 6 for row in result.estimates if row.group is not None
    )
    found = released("panel_organisation_quarter", spec, frame, result, frozenset())
    assert {float(row.group) for row in found.estimates if row.group is not None} == {4.0}
    assert [told["code"] for told in found.warnings][-1] == "W-SDC-01"
