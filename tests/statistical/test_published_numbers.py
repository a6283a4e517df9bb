"""Numbers that published work and R found, on the same data files: relative difference 1e-6 at most."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.settings import REPOSITORY
from experiments.estimate import estimate
from experiments.frames import read_frame
from experiments.result import EstimateResult
from experiments.spec import AnalysisSpec

FOLDER = REPOSITORY.parent / "shared" / "replication"
pytestmark = pytest.mark.skipif(not (FOLDER / "targets.json").is_file(), reason="the published targets are not here")


def target(study: str) -> dict[str, Any]:
    entries = json.loads((FOLDER / "targets.json").read_text(encoding="utf-8"))
    return next(entry["numbers"] for entry in entries if entry["id"] == study)


def fitted(data: str | pd.DataFrame, **spec: Any) -> EstimateResult:
    frame = read_frame(FOLDER / data) if isinstance(data, str) else data
    return estimate(AnalysisSpec(**spec), frame, data_sha256="")


def assert_close(found: float, published: float) -> None:
    assert found == pytest.approx(published, rel=1e-6)


def test_social_insure_intention_to_treat() -> None:
    number = target("social_insure")
    result = fitted(
        "social_insure.csv",
        estimator="ols",
        outcome="takeup_survey",
        treatment="intensive",
        covariates=["default", "male", "age", "agpop", "ricearea_2010", "literacy", "risk_averse", "disaster_prob"],
        fixed_effects=["village"],
        cluster=["address"],
        vcov="CR1",
    )
    assert (result.n_obs, result.n_clusters) == (1378, 166)
    assert_close(result.row("intensive").estimate, number["intensive"])
    assert_close(result.row("intensive").std_error, number["se_intensive"])
    assert_close(result.row("default").estimate, number["default"])
    assert_close(result.row("default").std_error, number["se_default"])


def test_social_insure_first_stage() -> None:
    number = target("social_insure")
    result = fitted(
        "social_insure.csv",
        estimator="ols",
        outcome="pre_takeup_rate",
        treatment="default",
        covariates=["male", "age", "agpop", "ricearea_2010", "literacy", "intensive", "risk_averse", "disaster_prob"],
        fixed_effects=["village"],
        cluster=["address"],
    )
    assert_close(result.row("default").estimate, number["first_stage_default"])
    assert_close(result.row("default").std_error, number["first_stage_se"])


def test_nsw_difference_in_means_is_welch() -> None:
    number = target("nsw_itt")["diff_in_means"]
    row = fitted("nsw_mixtape.csv", estimator="difference_in_means", outcome="re78", treatment="treat").row("treat")
    assert_close(row.estimate, number["estimate"])
    assert_close(row.std_error, number["se_welch"])
    assert_close(row.df, number["df"])
    assert_close(row.p_value, number["p"])


def test_nsw_least_squares() -> None:
    number = target("nsw_itt")
    spec = {"estimator": "ols", "outcome": "re78", "treatment": "treat"}
    assert_close(fitted("nsw_mixtape.csv", **spec, vcov="nonrobust").row("treat").std_error, number["ols_se"])
    plain = fitted("nsw_mixtape.csv", **spec, vcov="HC2").row("treat")
    assert_close(plain.std_error, number["hc2"]["se"])
    assert_close(plain.conf_low, number["hc2"]["ci"][0])
    assert_close(plain.conf_high, number["hc2"]["ci"][1])
    covariates = ["age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"]
    adjusted = fitted("nsw_mixtape.csv", **spec, covariates=covariates).row("treat")
    assert_close(adjusted.estimate, number["ancova_hc2"]["estimate"])
    assert_close(adjusted.std_error, number["ancova_hc2"]["se"])
    assert_close(adjusted.p_value, number["ancova_hc2"]["p"])
    assert adjusted.df == number["ancova_hc2"]["df"]


def test_petersen_one_and_two_way_clusters() -> None:
    number = target("petersen")
    spec = {"estimator": "ols", "outcome": "y", "treatment": "x"}

    def error(**more: Any) -> float:
        return fitted("petersen.csv", **spec, **more).row("x").std_error

    assert_close(error(vcov="nonrobust"), number["se_ols"])
    assert_close(error(vcov="HC1"), number["se_HC1"])
    assert_close(error(cluster=["firm"]), number["se_firm"])
    assert_close(error(cluster=["year"]), number["se_year"])
    # sandwich gives each part of the two-way variance its own G/(G-1)
    assert_close(error(cluster=["firm", "year"], options={"cluster_count": "conventional"}), number["se_firm_year"])


def test_achievement_awards_cluster_trial() -> None:
    number = target("achievement_awards_crt")
    result = fitted(
        read_frame(FOLDER / "achievement_awards.csv").assign(quartile=lambda frame: "q" + frame["qrtl"].astype("str")),
        estimator="ols",
        outcome="Bagrut_status",
        treatment="treated",
        covariates=["school_type", "quartile"],
        filter="sex == 'Girl' and year == 2001 and qrtl >= 1",
        cluster=["school_id"],
    )
    assert (result.n_obs, result.n_clusters) == (1861, 34)
    assert_close(result.row("treated").estimate, number["estimate"])
    assert_close(result.row("treated").std_error, number["se_CR1"])


def test_thornton_clustered_by_village() -> None:
    number = target("thornton_hiv")
    spec = {"estimator": "ols", "outcome": "got", "cluster": ["villnum"]}
    first = fitted("thornton_hiv.csv", **spec, treatment="any")
    assert first.n_clusters == 119
    assert_close(first.row("any").estimate, number["any"])
    assert_close(first.row("any").std_error, number["se_CR1"])
    robust = fitted(
        "thornton_hiv.csv", estimator="ols", outcome="got", treatment="any", vcov="HC1", filter="villnum >= 0"
    )
    assert_close(robust.row("any").std_error, number["se_HC1"])
    second = fitted(
        "thornton_hiv.csv", **spec, treatment="tinc", covariates=["distvct", "age"], fixed_effects=["villnum"]
    )
    assert second.n_obs == number["n_fe"]
    assert_close(second.row("tinc").estimate, number["tinc_fe"])
    assert_close(second.row("tinc").std_error, number["tinc_fe_se"])


def test_wagepan_two_way_fixed_effects() -> None:
    number = target("wagepan_twfe")
    result = fitted(
        "wagepan.csv",
        estimator="twfe",
        outcome="lwage",
        treatment="union",
        covariates=["married", "expersq"],
        unit="nr",
        time="year",
    )
    for term in ("married", "union", "expersq"):
        assert_close(result.row(term).estimate, number[term])
        assert_close(result.row(term).std_error, number[f"se_{term}"])


def test_grunfeld_one_and_two_way_effects() -> None:
    number = target("grunfeld_panel")
    spec = {
        "estimator": "ols",
        "outcome": "invest",
        "covariates": ["value", "capital"],
        "filter": "firm != 'American Steel'",
    }

    def rows(**more: Any) -> EstimateResult:
        return fitted("grunfeld.csv", **spec, **more)

    within = rows(fixed_effects=["firm"], vcov="nonrobust")
    both = rows(fixed_effects=["firm", "year"], vcov="nonrobust")
    clustered = rows(fixed_effects=["firm"], cluster=["firm"])
    for term in ("value", "capital"):
        assert_close(within.row(term).estimate, number["within"][term])
        assert_close(within.row(term).std_error, number["within"][f"se_{term}"])
        assert_close(both.row(term).estimate, number["twoway"][term])
        assert_close(both.row(term).std_error, number["twoway"][f"se_{term}"])
        assert_close(clustered.row(term).std_error, number["within_cluster_fixest"][f"se_{term}"])
    pooled = rows(cluster=["firm"])
    bootstrap = target("grunfeld_wcr")
    assert_close(pooled.row("value").statistic, bootstrap["value"]["t"])
    assert_close(pooled.row("capital").statistic, bootstrap["capital"]["t"])
    dummies = rows(fixed_effects=["year"], cluster=["firm"])
    assert_close(dummies.row("capital").statistic, bootstrap["capital_with_year_dummies"]["t"])


def test_mpdta_staggered_two_way_effects_warn() -> None:
    number = target("mpdta_twfe_sunab_imputation_etwfe")["twfe"]
    result = fitted("mpdta.csv", estimator="twfe", outcome="lemp", cohort="first.treat", unit="countyreal", time="year")
    assert_close(result.row("att").estimate, number["att"])
    assert_close(result.row("att").std_error, number["se"])
    assert "W-TWFE-01" in [entry["code"] for entry in result.warnings]


def test_organ_donations_has_one_treated_cluster() -> None:
    number = target("organ_donations")
    frame = read_frame(FOLDER / "organ_donations.csv")
    frame["treated"] = ((frame["State"] == "California") & (frame["Quarter_Num"] > 3)).astype(int)
    result = fitted(frame, estimator="twfe", outcome="Rate", treatment="treated", unit="State", time="Quarter")
    assert result.n_obs == number["n"]
    assert_close(result.row("treated").estimate, number["att"])
    assert np.isnan(result.row("treated").std_error), "one treated cluster has no clustered standard error"
    assert "W-DID-07" in [entry["code"] for entry in result.warnings]


def test_card_first_stage() -> None:
    covariates = ["exper", "expersq", "black", "south", "smsa", *[f"reg66{place}" for place in range(1, 9)], "smsa66"]
    row = fitted(
        "card.csv", estimator="ols", outcome="educ", treatment="nearc4", covariates=covariates, vcov="nonrobust"
    ).row("nearc4")
    assert_close(row.statistic**2, target("card_iv")["first_stage_F"])


@pytest.mark.parametrize(("place", "outcome"), list(enumerate(["gave", "amount", "amountmat", "amountchange"])))
def test_karlan_list_welch(place: int, outcome: str) -> None:
    number = target("karlan_list_mht")
    frame = read_frame(FOLDER / "karlan_list.csv")
    frame["amountmat"] = frame["amount"] * (1 + frame["ratio"])
    row = fitted(frame, estimator="difference_in_means", outcome=outcome, treatment="treatment").row("treatment")
    assert_close(row.estimate, number["diff"][place])
    assert_close(row.p_value, number["p_raw"][place])


def test_paired_maize() -> None:
    number = target("zeamays_ri")
    wide = read_frame(Path(FOLDER / "zeamays.csv"))
    long = pd.concat(
        [
            pd.DataFrame({"pair": wide["pair"], "height": wide["cross"], "crossed": 1}),
            pd.DataFrame({"pair": wide["pair"], "height": wide["self"], "crossed": 0}),
        ]
    )
    row = fitted(long, estimator="difference_in_means", outcome="height", treatment="crossed", strata="pair").row(
        "crossed"
    )
    assert_close(row.estimate * len(wide), number["sum_diff"])
    assert_close(row.statistic, number["paired_t"])
    assert_close(row.p_value, number["paired_t_p"])
