"""The balance table against hand computation; what the lint finds in an analysis beside its assignment."""

import math

import pandas as pd
import pytest

from experiments.design.assignment import AssignedUnit, assign_sealed
from experiments.design.balance import balance, balance_covariates
from experiments.design.frame import seal
from experiments.design.lint import design_lint, probability_lint
from experiments.design.sealed_columns import columns_of, with_assignment
from experiments.registry.protocol import Protocol, load_protocol
from experiments.registry.schema.design import AssignmentSpec, ModelM, Rerandomisation, Threshold
from experiments.run import DEMO

FRAME = pd.DataFrame(
    {"id": list("abcdef"), "x": [1.0, 2.0, 3.0, 4.0, 6.0, None], "kind": ["u", "v", "u", "u", "v", None]}
)
SPEC = AssignmentSpec(method="external", unit_id="id", balance_covariates=("x", "kind"))


@pytest.fixture
def rows():
    sealed = seal(FRAME.assign(arm=["t", "t", "t", "c", "c", "c"]), SPEC)
    made = assign_sealed(sealed, SPEC, ("t", "c"), seed=0)
    return {(row.covariate, row.level): row for row in balance(sealed, made, balance_covariates(SPEC))}


def test_standardised_difference_of_a_number(rows):
    row = rows["x", None]
    assert (row.arm, row.reference, row.n, row.n_reference, row.missing, row.missing_reference) == (
        "c",
        "t",
        2,
        3,
        1,
        0,
    )
    # means 5 and 2, variances 2 and 1
    assert row.std_difference == pytest.approx(3 / math.sqrt(1.5))
    assert row.variance_ratio == pytest.approx(2.0)


def test_levels_of_a_category_are_shares(rows):
    row = rows["kind", "u"]
    assert (row.mean, row.mean_reference) == (0.5, pytest.approx(2 / 3))
    assert row.std_difference == pytest.approx((0.5 - 2 / 3) / math.sqrt((0.25 + 2 / 9) / 2))
    assert row.variance_ratio is None
    assert set(rows) == {("x", None), ("kind", "u"), ("kind", "v")}


def test_what_cannot_be_standardised_is_none_or_zero():
    sealed = seal(FRAME.assign(arm=["t", "t", "t", "c", "c", "c"], x=[1, 1, 1, 2, 2, 2], kind="u"), SPEC)
    made = assign_sealed(sealed, SPEC, ("t", "c"), seed=0)
    first, second = balance(sealed, made, ("x", "kind"), reference="c")
    assert (first.std_difference, first.reference) == (None, "c")
    assert second.std_difference == 0.0


CITED = load_protocol(DEMO / "SE-2026-0001.yml")
BLOCKED = AssignmentSpec(
    method="block_cluster", unit_id="clinic_id", strata=("zone_id", "block_id"), columns={"treatment": "treat"}
)


def protocol(spec=BLOCKED, *, analysis=None, **changes) -> Protocol:
    """Return the first demo protocol with one analysis, changed."""
    first = CITED.analyses[0].model_copy(update=analysis or {})
    fixed = {"assignment_spec": spec, "allocation": "randomised", "analyses": (first,), "robustness": ()}
    return CITED.model_copy(update={**fixed, "model_m": None, **changes})


def found(given: Protocol):
    return {(problem.path.split(".")[-1], problem.severity) for problem in design_lint(given)}


PAIRS = ModelM(generator="clustered_panel", parameters={"clusters_per_block": 2})


def test_the_demo_respects_its_design():
    assert found(protocol(model_m=PAIRS)) == set()


def test_without_a_declaration_there_is_nothing_to_hold_it_to():
    assert found(protocol(None)) == set()


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        ((), {("cluster", "error")}),
        (("zone_id:person_id",), {("cluster", "error")}),
        (("zone_id:clinic_id",), set()),
        (("clinic_id",), set()),
        (("zone_id",), {("vcov", "warning")}),  # fewer than forty zones are planned
        (("assignment_cluster",), set()),
    ],
)
def test_clusters_are_those_of_the_assignment_or_coarser(cluster, expected):
    assert found(protocol(analysis={"cluster": cluster})) == expected


@pytest.mark.parametrize(("size", "severity"), [(2, "error"), (4, "warning")])
def test_with_absorbed_small_blocks_the_block_is_the_cluster(size, severity):
    model = ModelM(generator="clustered_panel", parameters={"clusters_per_block": size})
    assert found(protocol(model_m=model, analysis={"cluster": ("clinic_id",)})) == {("cluster", severity)}
    assert found(protocol(model_m=model)) == set()


def test_strata_left_out_are_a_doubt_for_a_line_and_an_error_for_a_logit():
    assert found(protocol(analysis={"fixed_effects": ("wave",)})) == {("fixed_effects", "warning")}
    logit = {"fixed_effects": ("wave",), "estimator": "logit"}
    assert found(protocol(analysis=logit)) == {("fixed_effects", "error")}
    for accounted in ({"strata": "block_id"}, {"covariates": ("block_id",)}, {"fixed_effects": ("clinic_id", "wave")}):
        assert found(protocol(analysis={"fixed_effects": ("wave",), **accounted})) == set()


WEDGE = AssignmentSpec(method="stepped_wedge", unit_id="clinic_id", periods=("W2", "W3"), columns={"period": "wave"})


def test_a_wedge_has_effects_of_time():
    clusters = {"cluster": ("clinic_id",), "fixed_effects": ("clinic_id",)}
    assert found(protocol(WEDGE, analysis=clusters)) == {("fixed_effects", "error")}
    assert found(protocol(WEDGE, analysis={**clusters, "fixed_effects": ("clinic_id", "wave")})) == set()
    assert found(protocol(WEDGE, analysis={**clusters, "estimator": "twfe", "time": "wave"})) == set()


def test_a_threshold_is_not_a_draw():
    rule = AssignmentSpec(method="threshold", unit_id="clinic_id", threshold=Threshold(variable="beds", cut=1))
    given = found(protocol(rule, analysis={"cluster": ("clinic_id",)}))
    assert given == {("estimator", "error"), ("allocation", "error")}
    assert (
        found(protocol(rule, allocation="non_randomised", analysis={"cluster": ("clinic_id",), "estimator": "rdd"}))
        == set()
    )


def test_what_others_chose_is_not_a_draw():
    chosen = AssignmentSpec(method="external", unit_id="clinic_id")
    plain = {"cluster": ("clinic_id",), "fixed_effects": (), "allocation": "non_randomised"}
    allocation = plain.pop("allocation")
    given = found(protocol(chosen, allocation=allocation, analysis=plain))
    assert given == {("estimator", "error"), ("evaluation_method", "error")}
    did = {**plain, "fixed_effects": ("clinic_id", "wave")}
    assert found(protocol(chosen, allocation=allocation, evaluation_method="did", analysis=did)) == set()
    assert found(protocol(chosen, allocation="randomised", analysis=plain)) == set()  # a lottery that others held


def test_a_draw_is_randomised():
    assert ("allocation", "error") in found(protocol(allocation="non_randomised"))


def test_rerandomisation_asks_for_its_covariates_and_weights():
    rule = Rerandomisation(covariates=("beds",))
    spec = AssignmentSpec(
        method="rerandomised", unit_id="clinic_id", rerandomisation=rule, ratio={"triage": 2, "usual": 1}
    )
    clusters = {"cluster": ("clinic_id",)}
    assert found(protocol(spec, analysis=clusters)) == {("covariates", "warning"), ("weights", "error")}
    adjusted = {**clusters, "covariates": ("beds",), "weights": "assignment_weight"}
    assert found(protocol(spec, analysis=adjusted)) == set()


def lot(unit, arm, chance, block="b"):
    return AssignedUnit(unit, "", arm, block, unit, "", chance)


def test_chances_that_differ_need_weights_or_blocks():
    units = [lot("a", "t", 0.5), lot("b", "t", 0.25, "d"), lot("c", "c", None)]
    assert [problem.path for problem in probability_lint(protocol(analysis={"fixed_effects": ("wave",)}), units)] == [
        "analyses.0.weights"
    ]
    assert list(probability_lint(protocol(), units)) == []
    assert list(probability_lint(protocol(analysis={"fixed_effects": ()}), units[:1])) == []


def test_blocks_are_enough_only_where_chances_differ_between_blocks():
    within = [lot("a", "t", 0.5), lot("b", "t", 0.25), lot("c", "c", 0.5)]
    assert [problem.path for problem in probability_lint(protocol(), within)] == ["analyses.0.weights"]
    assert list(probability_lint(protocol(analysis={"weights": "assignment_weight"}), within)) == []


def test_a_field_that_the_method_passes_over_is_told():
    spec = BLOCKED.model_copy(update={"method": "complete"})
    assert ("strata", "error") in found(protocol(spec))


def test_columns_are_those_of_the_released_table():
    renamed = BLOCKED.model_copy(update={"columns": {"unit": "site", "block": "pair"}})
    assert (columns_of(renamed).cluster, columns_of(renamed).block) == ("site", "pair")


def test_a_table_gets_the_columns_of_the_draw():
    table = pd.DataFrame({"zone_id": ["z", "z", "y"], "clinic_id": ["a", "b", "a"], "wait": [1, 2, 3]})
    made = with_assignment(table, [lot("z:a", "t", 0.25), lot("z:b", "c", 0.75)], "zone_id:clinic_id")
    assert made["assignment_arm"].fillna("").tolist() == ["t", "c", ""]
    assert made["assignment_weight"].tolist()[:2] == [4.0, pytest.approx(4 / 3)]
