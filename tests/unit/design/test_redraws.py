"""The registered lottery drawn again: its draws are the mechanism's, and inference by them is what re-estimation gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.messages import Refused
from experiments.design.assignment import assign_sealed
from experiments.design.frame import seal
from experiments.design.redraws import Lottery, SealedDraw
from experiments.design.sealed_columns import with_lots
from experiments.estimate import estimate
from experiments.registry.schema.design import AssignmentSpec
from experiments.spec import AnalysisSpec, Inference

TWO = ("t", "c")
PERIODS = ("1", "2", "3")
MECHANISMS = {
    "complete": ({"method": "complete"}, TWO, 70),
    "block": ({"method": "block", "strata": ("b",)}, TWO, 36),
    "ratio": ({"method": "complete", "ratio": {"t": 1, "c": 3}}, TWO, 28),
    "cluster": ({"method": "cluster", "cluster": "g"}, TWO, 6),
    "block_cluster": ({"method": "block_cluster", "cluster": "g", "strata": ("b",)}, TWO, 4),
    "simple": ({"method": "simple"}, TWO, 256),
    "rerandomised": ({"method": "rerandomised", "rerandomisation": {"covariates": ("x",)}}, TWO, None),
    "factorial": (
        {"method": "factorial", "cluster": "g", "factors": {"A": ("a1", "a0"), "B": ("b1", "b0")}},
        ("a1", "a0", "b1", "b0"),
        24,
    ),
    "stepped_wedge": ({"method": "stepped_wedge", "periods": PERIODS, "ratio": {"c": 1}, "cluster": "g"}, TWO, 24),
}


def people(count: int = 8) -> pd.DataFrame:
    place = np.arange(count)
    noise = np.random.default_rng(4).normal(size=count)
    return pd.DataFrame({"u": [f"u{n:02d}" for n in place], "g": place // 2, "b": place // 4, "x": noise})


def sealed(name: str, seed: int = 5) -> SealedDraw:
    declared, arms, _ = MECHANISMS[name]
    spec = AssignmentSpec(unit_id="u", **declared)
    frame = seal(people(), spec)
    return SealedDraw(frame, spec, arms, assign_sealed(frame, spec, arms, seed=seed).units)


def draws_of(draw: SealedDraw) -> set[tuple[int, ...]]:
    return {tuple(row) for row in Lottery((draw,)).lots(9, 1).others.tolist()}


@pytest.mark.parametrize("name", MECHANISMS)
def test_all_draws_are_those_that_the_mechanism_makes(name: str) -> None:
    draw = sealed(name)
    every, made = draws_of(draw), {tuple(row) for row in draw.sampled(60, 3).tolist()}
    assert Lottery((draw,)).lots(9, 1).exact
    assert made <= every
    assert tuple(draw.drawn.tolist()) in every
    assert len(every) == (MECHANISMS[name][2] or len(every))
    if len(every) <= 6:
        assert made == every


def test_a_balance_criterion_leaves_fewer_draws() -> None:
    assert len(draws_of(sealed("rerandomised"))) < 70
    x = people()["x"].to_numpy()
    gaps = {
        draw: abs(x[np.array(draw) == 0].mean() - x[np.array(draw) == 1].mean())
        for draw in draws_of(sealed("complete"))
    }
    kept = draws_of(sealed("rerandomised"))
    assert max(gaps[draw] for draw in kept) < min(gap for draw, gap in gaps.items() if draw not in kept)


def test_draws_that_are_not_equally_likely_are_drawn_with_the_seed() -> None:
    spec = AssignmentSpec(unit_id="u", method="complete")
    frame = seal(people(7), spec)
    draw = SealedDraw(frame, spec, TWO, assign_sealed(frame, spec, TWO, seed=5).units)
    first, again, other = (Lottery((draw,)).lots(20, seed) for seed in (1, 1, 2))
    assert not first.exact
    assert (first.others == again.others).all()
    assert (first.others != other.others).any()


def test_zones_drawn_apart_are_crossed() -> None:
    one = sealed("block_cluster")
    other = replace(one, units=one.units)
    lots = Lottery((one, other)).lots(9, 1)
    assert (lots.exact, lots.others.shape) == (True, (16, 8))
    assert len({tuple(row) for row in lots.others.tolist()}) == 16


SPECS = {
    "complete": AnalysisSpec(estimator="difference_in_means", outcome="y", treatment="z"),
    "block": AnalysisSpec(estimator="difference_in_means", outcome="y", treatment="z", strata="b"),
    "cluster": AnalysisSpec(estimator="ols", outcome="y", treatment="z", covariates=("x",), cluster=("g",)),
    "block_cluster": AnalysisSpec(estimator="ols", outcome="y", treatment="z", fixed_effects=("b",), weights="w"),
    "rerandomised": AnalysisSpec(estimator="ancova", outcome="y", treatment="z", covariates=("x",)),
    "factorial": AnalysisSpec(estimator="ols", outcome="y", treatment="z"),
    "stepped_wedge": AnalysisSpec(estimator="twfe", outcome="y", treatment="z", unit="u", time="time"),
}


def rows_of(draw: SealedDraw, choice: np.ndarray) -> pd.DataFrame:
    """Return rows in which each lot has the option that `choice` gives it."""
    options = [draw.options[place] for place in choice]
    rows = people().merge(pd.DataFrame({"time": [0, 1, 2, 3]}), how="cross")
    noise = np.random.default_rng(8).normal(size=(3, len(rows)))
    lot = rows["u"].map(Lottery((draw,)).lot_of)
    option = [options[place] for place in lot]
    starts = [float(item.period or "inf") for item in option]
    is_wedge = draw.spec.method == "stepped_wedge"
    z = [
        start <= time if is_wedge else item.arm[0] in "ta" and item.arm[:2] != "a0"
        for item, start, time in zip(option, starts, rows["time"], strict=True)
    ]
    return rows.assign(z=np.array(z, dtype=float), y=noise[0] + rows["x"] + lot % 3, w=np.exp(noise[1]))


@pytest.mark.parametrize("name", SPECS)
def test_inference_is_that_of_estimating_again_under_every_draw(name: str) -> None:
    draw, spec = sealed(name), SPECS[name]
    lottery = Lottery((draw,))
    lots = lottery.lots(9, 1)
    rows = with_lots(rows_of(draw, draw.drawn), lottery.lot_of, "u")
    found = estimate(
        spec.model_copy(update={"inference": Inference(method="randomisation")}), rows, data_sha256="", lots=lots
    )
    again = []
    for choice in lots.others:
        try:
            again.append(estimate(spec, rows_of(draw, choice), data_sha256="").row("z").estimate)
        except Refused:
            continue
    own = found.row("z").estimate
    assert own == pytest.approx(estimate(spec, rows, data_sha256="").row("z").estimate, abs=1e-12)
    assert found.row("z").p_value == np.mean(np.abs(again) >= abs(own) - 1e-9)
    assert found.diagnostics["randomisation"]["z"]["draws"] == len(again)
    assert found.diagnostics["mechanism"]["from"] == "registered assignment"


def test_what_was_not_drawn_is_refused() -> None:
    draw = sealed("complete")
    lottery = Lottery((draw,))
    lots = lottery.lots(9, 1)
    rows = with_lots(rows_of(draw, draw.drawn), lottery.lot_of, "u")
    spec = SPECS["complete"].model_copy(update={"inference": Inference(method="randomisation")})
    chosen = rows.assign(z=np.where(rows.index == 0, 1 - rows["z"], rows["z"]))
    strangers = rows.assign(assignment_lot=np.where(rows["u"] == "u00", np.nan, rows["assignment_lot"]))
    ols = spec.model_copy(update={"estimator": "ols", "covariates": ("z:x",)})
    for bad, frame, code in ((spec, chosen, "E-RI-06"), (spec, strangers, "E-RI-04"), (ols, rows, "E-RI-07")):
        with pytest.raises(Refused) as refused:
            estimate(bad, frame, data_sha256="", lots=lots)
        assert refused.value.code == code
    twfe = SPECS["stepped_wedge"].model_copy(update={"inference": Inference(method="randomisation")})
    with pytest.raises(Refused) as refused:
        estimate(twfe, rows, data_sha256="")
    assert refused.value.code == "E-RI-08"


def test_a_threshold_is_no_lottery() -> None:
    spec = AssignmentSpec(unit_id="u", method="threshold", threshold={"variable": "x", "cut": 0.0})
    frame = seal(people(), spec)
    with pytest.raises(Refused) as refused:
        Lottery((SealedDraw(frame, spec, TWO, assign_sealed(frame, spec, TWO, seed=0).units),)).lots(9, 1)
    assert refused.value.code == "E-RI-03"
