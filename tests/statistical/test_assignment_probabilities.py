"""Do the draws come out as often as declared? Marginal frequencies over many seeds, exact joint structure in each of them."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2, norm

from experiments.design.assignment import assign_sealed, draw_codes
from experiments.design.frame import seal
from experiments.registry.schema.design import AssignmentSpec, Rerandomisation

SEEDS, MANY = 600, 3000
"""Draws looked at; the slow rung looks at many."""
ALPHA = 1e-4  # seeds are fixed: the tests do not flicker, and this leaves room for looking at a dozen of them
ARMS = ("t1", "t2", "c")

FRAME = pd.DataFrame(
    {
        "id": [f"u{place:02d}" for place in range(14)],
        "school": [f"s{place // 2}" for place in range(14)],
        "stratum": ["a"] * 6 + ["b"] * 4 + ["c"] * 4,
        "income": np.random.default_rng(5).normal(size=14),
    }
)
RATIO = {"t1": 1, "t2": 2, "c": 3}

DESIGNS = {
    "simple": AssignmentSpec(method="simple", unit_id="id", ratio=RATIO),
    "complete": AssignmentSpec(method="complete", unit_id="id", ratio=RATIO),
    "block": AssignmentSpec(method="block", unit_id="id", strata=("stratum",), ratio=RATIO),
    "block_odd": AssignmentSpec(method="block", unit_id="id", strata=("stratum",)),
    "cluster": AssignmentSpec(method="cluster", unit_id="id", cluster="school", ratio=RATIO),
    "block_cluster": AssignmentSpec(
        method="block_cluster", unit_id="id", cluster="school", strata=("stratum",), ratio={"c": 2}
    ),
    "stepped_wedge": AssignmentSpec(
        method="stepped_wedge", unit_id="id", periods=("p1", "p2", "p3"), ratio={"c": 2, "p1": 3}, strata=("stratum",)
    ),
    "factorial": AssignmentSpec(
        method="factorial", unit_id="id", factors={"f": ("t1", "t2"), "g": ("c", "d")}, ratio={"t2": 3}
    ),
    "rerandomised": AssignmentSpec(
        method="rerandomised",
        unit_id="id",
        rerandomisation=Rerandomisation(covariates=("income",), accept_probability=0.5),
    ),
}


def arms_of(design):
    return {"factorial": ("t1", "t2", "c", "d"), "stepped_wedge": ("t1", "c")}.get(design, ARMS)


QUICK = [(name, SEEDS) for name in DESIGNS if name != "rerandomised"]
SLOW = [pytest.param((name, MANY), marks=pytest.mark.slow) for name in DESIGNS]


@pytest.fixture(scope="module", params=[*QUICK, *SLOW], ids=lambda pair: "-".join(map(str, pair)))
def drawn(request):
    """Return the design, its sealed frame and the choice of each unit by seed."""
    name, seeds = request.param
    spec = DESIGNS[name]
    frame = seal(FRAME, spec)
    return name, frame, [draw_codes(frame, spec, arms_of(name), seed=seed) for seed in range(seeds)]


def share_table(many):
    """Return P(option) of each unit as declared: collected from the draws in which the unit got the option."""
    table = np.full((len(many[0].choice), len(many[0].options)), np.nan)
    for draw in many:
        table[np.arange(len(draw.choice)), draw.choice] = draw.probability
    return table


def test_every_unit_gets_every_arm_as_often_as_declared(drawn):
    _, _, many = drawn
    declared = share_table(many)
    assert np.allclose(declared.sum(axis=1), 1.0)
    counts = sum(np.eye(len(many[0].options))[draw.choice] for draw in many)
    statistic = ((counts - len(many) * declared) ** 2 / (len(many) * declared)).sum(axis=1)
    # each unit is a multinomial of its own; units of a draw depend on each other, so the bound is Bonferroni's
    assert statistic.max() < chi2.isf(ALPHA / len(statistic), len(many[0].options) - 1)


def test_joint_structure_is_exact_in_every_draw(drawn):
    name, frame, many = drawn
    if name == "simple":
        pytest.skip("counts are left to chance")
    spec = DESIGNS[name]
    clustered = bool(spec.cluster)
    members = np.array(frame.texts([spec.cluster]) if clustered else frame.ids)
    blocks = np.array(frame.texts(spec.strata) if spec.strata else [""] * len(frame))
    shares = share_table(many)[0]
    for draw in many[:300]:
        for member in set(members):
            assert len(set(draw.choice[members == member])) == 1
        for block in set(blocks):
            inside = {member: draw.choice[members == member][0] for member in members[blocks == block]}
            got = np.bincount(list(inside.values()), minlength=len(shares))
            assert (np.abs(got - len(inside) * shares) < 1).all()


def test_odd_units_are_independent_between_blocks():
    """The remainder of one block says nothing about another's."""
    spec, frame = DESIGNS["block_odd"], seal(FRAME, DESIGNS["block_odd"])
    blocks = np.array(frame.texts(["stratum"]))
    extra = []
    for seed in range(SEEDS):
        choice = draw_codes(frame, spec, ARMS, seed=seed).choice
        extra.append([np.bincount(choice[blocks == block], minlength=3).argmax() for block in ("b", "c")])
    table = np.zeros((3, 3))
    np.add.at(table, tuple(np.array(extra).T), 1)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / SEEDS
    assert ((table - expected) ** 2 / expected).sum() < chi2.isf(ALPHA, 4)


def test_pairs_of_units_are_drawn_together_as_often_as_complete_randomisation_says():
    """P(both in the first arm) = n1(n1 − 1) / n(n − 1) for every pair: all allocations are equally likely."""
    spec = AssignmentSpec(method="complete", unit_id="id")
    frame = seal(FRAME.head(6), spec)
    found = Counter(tuple(draw_codes(frame, spec, ("t", "c"), seed=seed).choice) for seed in range(SEEDS))
    assert len(found) == 20
    expected = SEEDS / 20
    assert sum((count - expected) ** 2 / expected for count in found.values()) < chi2.isf(ALPHA, 19)


def test_seeds_that_follow_each_other_are_independent():
    spec = AssignmentSpec(method="complete", unit_id="id")
    frame = seal(FRAME, spec)
    first = np.array([draw_codes(frame, spec, ("t", "c"), seed=seed).choice[0] for seed in range(SEEDS)], dtype=float)
    for lag in (1, 2, 7):
        together = np.corrcoef(first[lag:], first[:-lag])[0, 1]
        assert abs(together) < norm.isf(ALPHA / 2) / np.sqrt(SEEDS - lag)


@pytest.mark.slow
def test_rerandomisation_accepts_as_often_as_declared_and_balances():
    rng = np.random.default_rng(2)
    people = pd.DataFrame(
        {"id": [f"u{place:03d}" for place in range(120)], "x": rng.normal(size=120), "z": rng.normal(size=120)}
    )
    rule = Rerandomisation(covariates=("x", "z"), accept_probability=0.1)
    spec = AssignmentSpec(method="rerandomised", unit_id="id", rerandomisation=rule)
    frame = seal(people, spec)
    draws = [draw_codes(frame, spec, ("t", "c"), seed=seed) for seed in range(400)]
    tries = np.array([draw.criterion["draws"] for draw in draws])
    # geometric with mean 1/p
    assert abs(tries.mean() - 10) < 4 * np.sqrt(90 / 400)
    gap = np.array([_gap(frame.numbers("x"), draw.choice) for draw in draws])
    plain = AssignmentSpec(method="complete", unit_id="id", balance_covariates=("x",))
    open_frame = seal(people, plain)
    loose = np.array(
        [_gap(frame.numbers("x"), draw_codes(open_frame, plain, ("t", "c"), seed=s).choice) for s in range(400)]
    )
    # Morgan and Rubin (2012), theorem 3.2: variance falls by 1 − v, v = P(χ²(p + 2) ≤ a) / P(χ²(p) ≤ a)
    limit = chi2.ppf(0.1, 2)
    reduction = chi2.cdf(limit, 4) / 0.1
    assert gap.var() / loose.var() == pytest.approx(reduction, rel=0.5)


def _gap(values, choice):
    return values[choice == 0].mean() - values[choice == 1].mean()


@pytest.mark.slow
def test_rerandomised_unequal_probabilities_are_estimated_and_marked():
    rule = Rerandomisation(covariates=("income",), accept_probability=0.3)
    spec = AssignmentSpec(method="rerandomised", unit_id="id", rerandomisation=rule, ratio={"t": 1, "c": 2})
    frame = seal(FRAME.assign(income=[6.0] + [0.0, 1.0] * 6 + [0.5]), spec)  # one unit far out
    made = assign_sealed(frame, spec, ("t", "c"), seed=4)
    assert made.certainty == "estimated"
    declared = {unit.unit: unit.probability if unit.arm == "t" else 1 - unit.probability for unit in made.units}
    hits = sum((draw_codes(frame, spec, ("t", "c"), seed=seed).choice == 0) for seed in range(1000)) / 1000
    expected = np.array([declared[unit] for unit in frame.ids])
    assert np.abs(hits - expected).max() < 0.075
    assert expected[0] < 0.25  # they do differ: the outlying unit is treated more rarely
