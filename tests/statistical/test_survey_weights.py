"""Design-based means, totals and regressions, and raked weights, against R's survey on its own data (statistics row 18)."""

import json

import numpy as np
import pandas as pd
import pytest

from data.settings import REPOSITORY
from experiments.weights.raking import rake
from experiments.weights.survey import Survey, design_effect, survey_mean, survey_regression, survey_total

SOURCE = REPOSITORY.parent / "shared" / "replication"
pytestmark = pytest.mark.skipif(not SOURCE.is_dir(), reason="the published data are not beside this checkout")
TOTALS = {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}}


@pytest.fixture(scope="module")
def published():
    targets = json.loads((SOURCE / "targets.json").read_text(encoding="utf-8"))
    listed = targets if isinstance(targets, list) else targets["targets"]
    return next(item["numbers"] for item in listed if item["id"] == "api_survey")


@pytest.fixture(scope="module")
def stratified():
    data = pd.read_csv(SOURCE / "apistrat.csv")
    return data, Survey(data["pw"].to_numpy(), strata=data["stype"], population=data["fpc"])


@pytest.fixture(scope="module")
def clustered():
    data = pd.read_csv(SOURCE / "apiclus1.csv")
    return data, Survey(data["pw"].to_numpy(), clusters=data["dnum"], population=data["fpc"])


@pytest.fixture(scope="module")
def raked(clustered):
    data, survey = clustered
    found = rake(survey.weights, data, TOTALS)
    return data, found, Survey(survey.weights, clusters=data["dnum"], population=data["fpc"], raked=found)


def test_mean_of_a_stratified_sample(stratified, published):
    data, survey = stratified
    row = survey_mean(survey, data["api00"].to_numpy(float), term="api00")
    assert (row.estimate, row.std_error) == pytest.approx(tuple(published["strat_mean_api00"].values()), rel=1e-8)
    assert row.df == 197


def test_mean_and_design_effect_of_a_cluster_sample(clustered, published):
    data, survey = clustered
    scores = data["api00"].to_numpy(float)
    row = survey_mean(survey, scores, term="api00")
    assert (row.estimate, row.std_error) == pytest.approx(tuple(published["clus_mean_api00"].values()), rel=1e-8)
    assert design_effect(survey, scores) == pytest.approx(published["deff_clus"], rel=1e-8)


def test_raked_weights_are_those_of_r(raked, published):
    data, found, _ = raked
    cells = data["stype"] + "_" + data["sch.wide"]
    for cell, weight in published["raked_weights_by_cell"].items():
        assert found.weights[cells == cell] == pytest.approx(weight, rel=1e-6)
    assert [found.weights.min(), found.weights.max()] == pytest.approx(published["raked_weight_range"], rel=1e-6)


def test_standard_errors_know_of_the_raking(raked, published):
    data, _, survey = raked
    total = survey_total(survey, data["enroll"].to_numpy(float), term="enroll")
    mean = survey_mean(survey, data["api00"].to_numpy(float), term="api00")
    assert (total.estimate, total.std_error) == pytest.approx(tuple(published["raked_total_enroll"].values()), rel=1e-8)
    assert (mean.estimate, mean.std_error) == pytest.approx(tuple(published["raked_mean_api00"].values()), rel=1e-8)


def test_regression_of_a_stratified_sample(stratified, published):
    data, survey = stratified
    design = np.column_stack([np.ones(len(data)), data["ell"], data["meals"]])
    wanted = published["svyglm"]
    rows = survey_regression(survey, data["api00"].to_numpy(float), design, terms=wanted["term"])
    assert [row.estimate for row in rows] == pytest.approx(wanted["est"], rel=1e-8)
    assert [row.std_error for row in rows] == pytest.approx(wanted["se"], rel=1e-8)
    assert rows[0].df == 195


def test_a_domain_and_the_rest_add_up(stratified):
    data, survey = stratified
    values, high = data["api00"].to_numpy(float), (data["stype"] == "H").to_numpy()
    everybody = survey_mean(survey, values, term="all").estimate
    parts = [survey_mean(survey, values, term="part", among=part).estimate for part in (high, ~high)]
    share = survey.weights[high].sum() / survey.weights.sum()
    assert share * parts[0] + (1 - share) * parts[1] == pytest.approx(everybody)


def test_the_order_of_rows_does_not_matter(clustered):
    data, survey = clustered
    turned = data.iloc[::-1]
    again = Survey(turned["pw"].to_numpy(), clusters=turned["dnum"], population=turned["fpc"])
    there, back = (
        survey_mean(one, table["api00"].to_numpy(float), term="y") for one, table in ((survey, data), (again, turned))
    )
    assert back.std_error == pytest.approx(there.std_error, rel=1e-12)
