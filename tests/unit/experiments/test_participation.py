"""Rates by hand, curves and patterns by hand, and whether leaving depends on the arm against statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from data.messages import Refused
from experiments.participation.aapor import outcome_rates
from experiments.participation.attrition import Names, differential_attrition
from experiments.participation.retention import retention
from experiments.participation.shown import classes_shown
from quality.disclosure import TOTAL

EXAMPLE = {"I": 400, "P": 50, "R": 150, "NC": 100, "O": 50, "UH": 120, "UO": 30, "NE": 250}
BY_HAND = {
    "rr1": 400 / 900,
    "rr2": 450 / 900,
    "rr3": 400 / (750 + 0.75 * 150),
    "rr4": 450 / (750 + 0.75 * 150),
    "rr5": 400 / 750,
    "rr6": 450 / 750,
    "coop1": 400 / 650,
    "coop2": 450 / 650,
    "coop3": 400 / 600,
    "coop4": 450 / 600,
    "ref1": 150 / 900,
    "ref2": 150 / (750 + 0.75 * 150),
    "ref3": 150 / 750,
    "con1": 650 / 900,
    "con2": 650 / (750 + 0.75 * 150),
    "con3": 650 / 750,
    "e": 0.75,
}


def test_every_rate_by_hand():
    assert outcome_rates(EXAMPLE) == pytest.approx(BY_HAND)


def test_a_given_e_is_used():
    assert outcome_rates(EXAMPLE, e=0)["rr3"] == pytest.approx(BY_HAND["rr5"])
    assert outcome_rates(EXAMPLE, e=1)["rr3"] == pytest.approx(BY_HAND["rr1"])


def test_nobody_in_the_denominator_is_no_rate():
    assert outcome_rates({"NE": 5})["rr1"] is None


@pytest.mark.parametrize(("counts", "e"), [({"X": 1}, None), ({"I": -1}, None), ({"I": 1}, 1.5)])
def test_what_is_no_count_is_refused(counts, e):
    with pytest.raises(Refused, match="E-AAPOR-01"):
        outcome_rates(counts, e=e)


def wide(patterns):
    """Turn "1-0" marks into a panel with a row per unit and wave."""
    rows = [
        {"id": unit, "wave": wave, "seen": mark == "1", "alive": mark != "-"}
        for unit, marks in patterns.items()
        for wave, mark in enumerate(marks, 1)
    ]
    return pd.DataFrame(rows)


def test_curve_and_patterns_by_hand():
    panel = wide({"a": "111", "b": "101", "c": "100", "d": "11-", "e": "011"})
    found = retention(panel, unit=["id"], wave="wave", observed="seen", in_scope="alive")
    assert found.curve["n_in_scope"].tolist() == [4, 4, 3]
    assert found.curve["n_observed"].tolist() == [4, 2, 2]
    assert found.curve["n_followed"].tolist() == [0, 4, 1]
    assert found.cumulative().tolist() == pytest.approx([1, 0.5, 2 / 3])
    assert found.wave_on_wave().tolist()[1:] == [0.5, 1.0]
    kinds = found.patterns.set_index("pattern")["kind"].to_dict()
    assert kinds == {"111": "complete", "101": "intermittent", "100": "monotone", "11-": "complete"}


def test_a_unit_that_lacks_a_wave_is_refused():
    with pytest.raises(Refused, match="E-WGT-02"):
        retention(wide({"a": "111", "b": "11"}), unit=["id"], wave="wave", observed="seen")


@pytest.fixture(scope="module")
def trial():
    """Forty clusters in ten blocks, half treated; the treated leave more often, the more so the older they are."""
    rng = np.random.default_rng(5)
    people = pd.DataFrame({"id": range(1200), "clinic": np.repeat(range(40), 30), "age": rng.normal(50, 10, 1200)})
    people = people.assign(block=people["clinic"] // 4, treat=people["clinic"] % 2)
    chance = 0.1 + people["treat"] * (0.08 + 0.008 * (people["age"] - 50))
    left2 = rng.random(1200) < chance
    left3 = left2 | (rng.random(1200) < 0.1)
    return pd.concat(
        [people.assign(wave=wave, seen=~left) for wave, left in ((1, np.zeros(1200, bool)), (2, left2), (3, left3))],
        ignore_index=True,
    )


NAMES = Names(
    unit=("id",), wave="wave", observed="seen", treatment="treat", strata="block", cluster="clinic", covariates=("age",)
)


def test_differential_attrition_is_found_and_agrees_with_statsmodels(trial):
    found = differential_attrition(trial, NAMES)
    later = trial[trial["wave"] > 1].assign(unseen=lambda rows: 1.0 - rows["seen"])
    peer = smf.ols("unseen ~ 0 + C(wave):C(block) + C(wave):treat", later).fit(
        cov_type="cluster", cov_kwds={"groups": later["clinic"], "df_correction": True}
    )
    expected = [peer.params[f"C(wave)[{wave}]:treat"] for wave in (2, 3)]
    assert [row.estimate for row in found.differences] == pytest.approx(expected)
    assert [row.std_error for row in found.differences] == pytest.approx(
        [peer.bse[f"C(wave)[{wave}]:treat"] for wave in (2, 3)], rel=1e-6
    )
    assert found.joint.p_value < 0.02
    assert (found.joint.df1, found.joint.df2) == (2, 39)


def test_who_is_taken_away_differs_by_arm(trial):
    assert differential_attrition(trial, NAMES).selective.p_value < 0.05


def test_without_a_difference_the_test_is_quiet(trial):
    shuffled = trial.assign(treat=(trial["clinic"] // 2) % 2, seen=(trial["id"] * 7 + trial["wave"]) % 10 > 1)
    shuffled.loc[shuffled["wave"] == 1, "seen"] = True
    found = differential_attrition(shuffled, NAMES)
    assert found.joint.p_value > 0.05


@pytest.mark.parametrize(
    ("change", "code"), [({"treat": 1}, "E-EST-03"), ({"seen": False}, "E-EST-01"), ({"clinic": 1}, "E-EST-04")]
)
def test_trials_that_cannot_say_are_refused(trial, change, code):
    with pytest.raises(Refused, match=code):
        differential_attrition(trial.assign(**change), NAMES)


def test_small_classes_of_a_zone_are_not_shown_and_do_not_follow_from_the_others():
    zones = {
        "beijing": {"I": 60, "P": 12, "R": 4, "NC": 30, "UO": 0},
        "jinan": {"I": 80, "P": 15, "R": 20, "NC": 25, "UO": 0},
        "hefei": {"I": 90, "P": 16, "R": 22, "NC": 21, "UO": 0},
    }
    shown = classes_shown(zones, "person", "fct_disposition")
    assert shown["beijing", "R"] is None
    assert shown["jinan", "UO"] == 0  # no zone has the class
    for line in ([("beijing", name) for name in zones["beijing"]], [(zone, "R") for zone in zones]):
        assert sum(shown[key] is None for key in line) != 1
    assert shown["beijing", TOTAL] == 105


def test_a_zone_of_few_people_tells_no_number():
    shown = classes_shown({"a": {"I": 5, "R": 3}, "b": {"I": 60, "R": 40}}, "person", "fct_disposition")
    assert shown["a", TOTAL] is None
    assert shown["a", "I"] is None
