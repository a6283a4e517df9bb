"""Diagnosis: what is asked, what is true, what is decided, and that a seed says everything."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from data.messages import Refused
from experiments.design.decisions import corrected, directed, p_of_test
from experiments.design.diagnose import _joined, diagnose
from experiments.design.diagnosis import DIAGNOSANDS, design_hash
from experiments.design.generators.world import Streams
from experiments.design.models import read_model
from experiments.design.questions import questions_of
from experiments.design.quick import quick_mde
from experiments.design.simulation import Bench
from experiments.registry.protocol import Family, Protocol
from experiments.registry.schema.design import ModelM
from tests.statistical.small_designs import analysis, cluster_trial, factorial_trial, hypothesis, inquiry

pytestmark = pytest.mark.archive


def changed(protocol: Protocol, **fields: object) -> Protocol:
    return Protocol.model_validate({**protocol.model_dump(exclude_unset=True), **fields})


@pytest.mark.integration  # two processes that start afresh import everything again
def test_same_seed_same_diagnosis_on_one_process_and_on_two():
    protocol = cluster_trial(effect=0.3)
    alone = diagnose(protocol, sims=60, seed=4, processes=1)
    assert alone.to_dict() == diagnose(protocol, sims=60, seed=4, processes=2).to_dict()


def test_a_seed_says_everything_whichever_part_comes_first():
    bench = Bench(cluster_trial(effect=0.3))
    parts = [bench.run(range(5), 4), bench.run(range(5, 9), 4)]
    in_order, other_way = (_joined(iter(listed), 9, None) for listed in (parts, parts[::-1]))
    assert np.array_equal(in_order.declared, other_way.declared)
    assert np.array_equal(in_order.truth, other_way.truth)
    assert not np.array_equal(in_order.declared[:2], bench.run(range(2), 5).declared)


def test_more_simulations_begin_with_the_same_ones():
    bench = Bench(cluster_trial())
    assert np.array_equal(bench.run(range(3), seed=1).declared, bench.run(range(8), seed=1).declared[:3])
    assert np.array_equal(bench.run(range(5, 8), seed=1).declared, bench.run(range(8), seed=1).declared[5:])


def test_every_diagnosand_has_a_value_and_an_error():
    document = diagnose(cluster_trial(effect=0.9), sims=30, processes=1).to_dict()["analyses"][0]
    for name in DIAGNOSANDS:
        assert document[name]["value"] is not None
        assert document[name]["mc_se"] is not None


@pytest.mark.parametrize("progress", [None, "told"])
def test_progress_counts_to_the_end(progress: str | None):
    seen: list[tuple[int, int]] = []
    diagnose(cluster_trial(), sims=26, processes=1, progress=(lambda *at: seen.append(at)) if progress else None)
    assert seen == ([(25, 26), (26, 26)] if progress else [])


# --- truth -----------------------------------------------------------------------------------------------------------------


def truth(protocol: Protocol) -> float:
    return diagnose(protocol, sims=2, processes=1).analysis("main").truth


def test_truth_follows_filter_and_mix():
    model = {
        "moderators": {"is_old": {"share": 0.25, "exact": True}},
        "outcome": {"effects": {"new": {"size": 1.0, "extra": {"is_old": 2.0}}}},
    }
    assert truth(cluster_trial(**model)) == pytest.approx(1.5)
    older = changed(cluster_trial(**model), analyses=[analysis(filter="is_old == True")])
    assert truth(older) == pytest.approx(3.0)


def test_truth_under_partial_take_up():
    model = {
        "compliance": {"new": {"take_up": 0.6}, "old": {"crosses_to": "new", "crossover": 0.1}},
        "units_per_cluster": 400,
    }
    assert truth(cluster_trial(effect=2.0, **model)) == pytest.approx(1.0, abs=0.05)
    late = changed(cluster_trial(effect=2.0, **model), inquiries=[inquiry("late")])
    assert truth(late) == pytest.approx(2.0)


def test_smallest_effect_is_that_of_being_assigned():
    model = {"compliance": {"new": {"take_up": 0.5}}, "units_per_cluster": 40}
    bench = Bench(cluster_trial(effect=0.0, sesoi=1.5, **model))
    assert bench.variants[0].effects["score"].size == pytest.approx(3.0)
    assert bench.run(range(30), 1).smallest[:, 0, 0].mean() == pytest.approx(1.5, abs=0.15)


def test_spillover_pulls_the_estimate_towards_zero():
    found = diagnose(
        cluster_trial(effect=4.0, spillover={"fraction": 0.5, "within": "zone"}), sims=20, processes=1
    ).analysis("main")
    assert found.truth == pytest.approx(4.0)
    assert found.value("bias").value == pytest.approx(-4.0 * 0.5 * 12 / 23, abs=0.3)


def test_binary_outcome_is_a_difference_of_probabilities():
    protocol = cluster_trial(outcome={"scale": "binary", "mean": 0.4, "sd": None, "icc": 0.02}, effect=0.2)
    protocol = cluster_trial(
        outcome={"scale": "binary", "mean": 0.4, "sd": None, "icc": 0.02, "effects": {"new": {"size": 0.2}}},
        units_per_cluster=200,
    )
    assert truth(protocol) == pytest.approx(0.2, abs=0.02)


def test_estimand_without_a_number_has_no_bias():
    found = diagnose(changed(cluster_trial(), inquiries=[inquiry("qte")]), sims=3, processes=1).analysis("main")
    assert found.truth is None
    assert found.value("bias").value is None
    assert found.value("power").value is not None


# --- staggered and stepped -------------------------------------------------------------------------------------------------


def stepped(**spec: object) -> Protocol:
    model = {
        "waves": ["W1", "W2", "W3", "W4"],
        "treated_from": "W2",
        "indicators": {"on": {"arms": ["new"], "kind": "exposed"}},
        "outcome": {"effects": {"new": {"size": 1.0}}, "cluster_autocorrelation": 0.8},
    }
    assigned = {"method": "stepped_wedge", "unit_id": "school_id", "periods": ["W2", "W3", "W4"], **spec}
    plan = [analysis(treatment="on", fixed_effects=["school_id", "wave"])]
    return changed(cluster_trial(**model), assignment_spec=assigned, analyses=plan)


def test_stepped_wedge_starts_when_drawn():
    bench = Bench(stepped())
    drawn = bench.world.draw(Streams.of(1, 0))
    frame = drawn.realise(bench.mechanism.draw(drawn, 3), {}).frame
    first = frame[frame["on"] == 1].groupby("school_id", observed=True)["wave_order"].min()
    assert first.value_counts().to_dict() == {2: 8, 3: 8, 4: 8}
    assert not frame.loc[frame["wave"] == "W1", "on"].any()
    found = diagnose(stepped(), sims=25, processes=1).analysis("main")
    assert found.truth == pytest.approx(1.0)
    assert abs(found.value("bias").value) < 4 * found.value("bias").mc_se


# --- factorial -------------------------------------------------------------------------------------------------------------


def test_truths_of_a_factorial_are_main_effects_and_interaction():
    found = diagnose(factorial_trial(call=1.0, visit=0.5, both=0.4), sims=2, processes=1)
    assert found.analysis("call").truth == pytest.approx(1.0 + 0.4 / 2)  # half of the others have the visit
    assert found.analysis("visit").truth == pytest.approx(0.5 + 0.4 / 2)
    assert found.analysis("both").truth == pytest.approx(0.4)


def test_registered_analyses_find_each_term_of_a_factorial():
    found = diagnose(factorial_trial(call=1.0, visit=0.5, both=0.4, persons=800), sims=12, processes=1)
    for name in ("call", "visit", "both"):
        bias = found.analysis(name).value("bias")
        assert abs(bias.value) < 4 * bias.mc_se
        assert found.analysis(name).value("coverage").value > 0.6


def test_smallest_effect_of_a_factor_has_no_interaction_and_that_of_an_interaction_leaves_the_factors():
    bench = Bench(factorial_trial(call=1.0, visit=0.5, both=0.4, sesoi=0.3, persons=2000))
    found = bench.run(range(6), 1).smallest[:, :, 0].mean(axis=0)
    assert found == pytest.approx([0.3, 0.3, 0.3], abs=0.1)


def test_spread_of_a_factorial_is_that_of_the_closed_form():
    """64 persons: an effect is a difference of halves (variance 4/64), the interaction one of four quarters (16/64)."""
    found = quick_mde(factorial_trial(persons=64))
    reach = {df: stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df) for df in (60, 61)}
    assert [found[name]["mde"] for name in ("call", "visit")] == pytest.approx([reach[61] * 2 / 8] * 2)
    assert found["both"]["mde"] == pytest.approx(reach[60] * 4 / 8)


def test_nobody_can_have_two_levels_of_one_factor():
    impossible = factorial_trial(effects={"call+no_call": {"size": 1.0}})
    with pytest.raises(Refused, match="nobody can be in call\\+no_call"):
        diagnose(impossible, sims=2)


# --- decisions -------------------------------------------------------------------------------------------------------------


def test_equivalence_is_decided_by_the_interval():
    protocol = cluster_trial(direction="equivalence", sesoi=0.4)
    bench = Bench(protocol)
    numbers = bench.run(range(30), 1).declared[:, 0]
    inside = (numbers[:, 4] > -0.4) & (numbers[:, 5] < 0.4)
    assert np.array_equal(p_of_test(bench.questions[0], numbers) < 0.05, inside)
    assert 0 < inside.mean() < 1


def test_non_inferiority_looks_at_the_harmful_side_only():
    bench = Bench(cluster_trial(direction="non_inferiority", sesoi=0.4))
    numbers = bench.run(range(15), 1).declared[:, 0]
    assert np.array_equal(p_of_test(bench.questions[0], numbers) < 0.05, numbers[:, 4] > -0.4)


def test_a_significant_effect_of_the_wrong_sign_decides_nothing():
    question = questions_of(cluster_trial(direction="decrease"))[0]
    numbers = np.array([[2.0, 0.1, 22.0, 1e-9, 1.8, 2.2], [-2.0, 0.1, 22.0, 1e-9, -2.2, -1.8]])
    assert (p_of_test(question, numbers) < 0.05).tolist() == [True, True]
    assert (directed(question, numbers, p_of_test(question, numbers)) < 0.05).tolist() == [False, True]


@pytest.mark.parametrize(("name", "theirs"), [("holm", "holm"), ("bh", "fdr_bh"), ("bonferroni", "bonferroni")])
def test_family_corrections_are_those_of_statsmodels(name: str, theirs: str):
    from statsmodels.stats.multitest import multipletests

    p_values = np.random.default_rng(1).random((4, 6)) ** 3  # each of its calls collects garbage: few rows
    ours = corrected(Family(id="f", correction=name), p_values)
    for row, expected in zip(ours, p_values, strict=True):
        assert row == pytest.approx(multipletests(expected, 0.05, theirs)[1], abs=1e-14)


def test_a_refused_analysis_counts_as_a_test_that_decides_nothing():
    ours = corrected(Family(id="f", correction="holm"), np.array([[0.02, np.nan]]))
    assert ours[0, 0] == pytest.approx(0.04)
    assert np.isnan(ours[0, 1])


# --- hash, model, refusals -------------------------------------------------------------------------------------------------


def test_design_hash_is_of_the_design_and_not_of_its_texts():
    protocol = cluster_trial()
    kept = changed(protocol, title_brief={"en": "Another title"}, version="0.2")
    noted = changed(protocol, diagnosis_note={"en": "Why"}, design_note={"en": "How"})
    sized = changed(
        protocol,
        hypotheses=[hypothesis("increase", 0.5) | {"sesoi": {"value": 0.5, "unit": {"en": "p"}, "basis": {"en": "b"}}}],
    )
    assert design_hash(protocol) == design_hash(noted) == design_hash(sized)
    relabelled = changed(protocol, arms=[{**arm.model_dump(), "label": {"en": "x"}} for arm in protocol.arms])
    assert design_hash(protocol) == design_hash(kept) == design_hash(relabelled)
    for other in (
        changed(protocol, analyses=[analysis(vcov="CR1", alpha=0.01)]),
        changed(protocol, inquiries=[inquiry("ate")]),
        cluster_trial(sesoi=0.6),
        cluster_trial(effect=0.1),
        changed(protocol, assignment_spec={"method": "simple", "unit_id": "school_id"}),
    ):
        assert design_hash(other) != design_hash(protocol)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model_m": None}, "E-DIAG-03"),
        ({"analyses": []}, "E-DIAG-04"),
        ({"model_m": {"generator": "other"}}, "E-DIAG-01"),
        ({"model_m": {"generator": "series", "parameters": {"x": 1}}}, "E-DIAG-02"),
        ({"assignment_spec": {"method": "complete", "unit_id": "street_id"}}, "E-DIAG-06"),
        ({"assignment_spec": {"method": "factorial", "unit_id": "school_id"}}, "E-ASSIGN-05"),
        ({"inquiries": [inquiry() | {"contrast": {"arm_a": "new", "arm_b": "neu"}}]}, "E-DIAG-06"),
    ],
)
def test_what_cannot_be_diagnosed_is_refused_by_name(fields: dict, code: str):
    with pytest.raises(Refused) as caught:
        diagnose(changed(cluster_trial(), **fields), sims=2)
    assert caught.value.code == code


@pytest.mark.parametrize("sims", [1, 100_001])
def test_number_of_simulations_has_bounds(sims: int):
    with pytest.raises(Refused, match="simulations"):
        diagnose(cluster_trial(), sims=sims)


def test_an_analysis_that_is_refused_has_its_reason():
    found = diagnose(changed(cluster_trial(), analyses=[analysis(outcome="unknown")]), sims=2, processes=1)
    assert found.analysis("main").refused[0] == "E-SPEC-09"
    assert found.analysis("main").failed == 2
    assert found.analysis("main").value("mde").value is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"treated_from": "W9"},
        {"attrition": {"new": [0.1, 0.2]}},
        {"outcomes": {"y": {"mean": 0.0}}},
        {"outcomes": {"y": {"mean": 2.0, "scale": "binary"}}},
        {"outcomes": {"y": {"mean": 0.0, "sd": 1.0, "levels": {"unknown": 1.0}}}},
        {"baselines": {"y0": "unknown"}},
        {"absence": 1.2},
    ],
)
def test_parameters_out_of_bounds_are_refused(wrong: dict):
    right = {"clusters_per_block": 2, "units_per_cluster": 2, "waves": ["W1"], "treated_from": "W1"}
    right["outcomes"] = {"y": {"mean": 0.0, "sd": 1.0}}
    read_model(ModelM(generator="clustered_panel", parameters=right))
    with pytest.raises(Refused) as caught:
        read_model(ModelM(generator="clustered_panel", parameters={**right, **wrong}))
    assert caught.value.code == "E-DIAG-02"


def test_draft_without_assignment_is_diagnosed_as_if_drawn():
    protocol = changed(cluster_trial(), assignment_spec=None)
    assert diagnose(protocol, sims=2, processes=1).assignment == "assumed block"


# --- live panel ------------------------------------------------------------------------------------------------------------


def test_quick_says_why_it_cannot():
    assert "reason" in quick_mde(changed(cluster_trial(), model_m=None))
    broken = quick_mde(changed(cluster_trial(), analyses=[analysis(hypothesis_ids=["H9"])]))
    assert "H9" in broken["reason"]["en"]
    other = quick_mde(changed(cluster_trial(), analyses=[analysis(estimator="gee")]))
    assert other["main"]["mde"] is None
    refused = quick_mde(changed(cluster_trial(), analyses=[analysis(outcome="unknown")]))
    assert refused["main"]["mde"] is None


def test_quick_warns_of_few_clusters_and_large_effects():
    entry = quick_mde(cluster_trial(sesoi=0.1))["main"]
    assert {warning["code"] for warning in entry["warnings"]} == {"W-EST-01", "W-DIAG-01"}
    assert entry["basis"]["zh"]
