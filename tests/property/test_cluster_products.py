"""Cluster cross-products of a file give what all its rows give: every number of a regression's result."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from data.messages import Refused
from experiments.estimate import estimate
from experiments.estimators.onescan import products_choice
from experiments.estimators.onescan.products import added
from experiments.estimators.onescan.products_choice import estimate_from_products, in_products, wanted_by
from experiments.estimators.onescan.products_files import read_products, write_products
from experiments.estimators.onescan.products_scan import products_of, scan_products, texts_of
from experiments.spec import AnalysisSpec

pytestmark = pytest.mark.integration

CLOSE = 1e-9
WORLDS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "rows": st.integers(400, 900),
        "zones": st.sampled_from([5, 12, 18, 45]),
        "gaps": st.sampled_from([0.0, 0.05]),
        "far": st.sampled_from([0.0, 1e4]),
        "scale": st.sampled_from([1.0, 1e-5]),
    }
)
FIELDS = st.fixed_dictionaries(
    {
        "covariates": st.sampled_from([[], ["x"], ["x", "z"], ["x", "kind"]]),
        "fixed_effects": st.sampled_from([[], ["wave"], ["zone"], ["zone:site", "wave"]]),
        "cluster": st.sampled_from(["zone", "zone:site"]),
        "vcov": st.sampled_from([None, "CR1", "CR2", "CR3"]),
        "weights": st.sampled_from([None, "w"]),
        "filter": st.sampled_from([None, "wave >= 2", "x > 0"]),
        "inference": st.sampled_from([{}, {"method": "wild_bootstrap", "reps": 199}]),
    }
)


def rows_of(world):
    rng, count = np.random.default_rng(world["seed"]), world["rows"]
    zone = rng.integers(0, world["zones"], count)
    zone[: world["zones"]] = np.arange(world["zones"])
    frame = pd.DataFrame({"zone": zone, "site": rng.integers(0, 3, count), "wave": rng.integers(1, 5, count)})
    frame["d"] = ((frame["zone"] + frame["site"]) % 2).astype(int)
    frame["x"] = (rng.normal(size=count) + 3) * world["scale"]
    frame["z"], frame["w"] = rng.normal(size=count), rng.uniform(0.5, 2, count)
    frame["kind"] = rng.choice(["a", "b", "c"], count)
    frame["y"] = (
        world["far"] + 0.4 * frame["d"] + frame["z"] + rng.normal(size=world["zones"])[zone] + rng.normal(size=count)
    )
    for name in ("y", "x", "kind"):
        frame.loc[rng.uniform(size=count) < world["gaps"], name] = None
    return frame


def spec_of(fields):
    given_fields = {name: value for name, value in fields.items() if value}
    return AnalysisSpec(estimator="ols", outcome="y", treatment="d", **given_fields)


def outcome_of(call):
    try:
        return call().to_dict()
    except Refused as refusal:
        return {"refused": refusal.code}


def differences(one, two, scale, path=""):
    """Yield where two documents differ by more than rounding; the number of few rows is nobody's result."""
    if isinstance(one, dict) and isinstance(two, dict):
        for name in sorted((set(one) | set(two)) - {"one_scan"}):
            yield from differences(one.get(name), two.get(name), scale, f"{path}.{name}")
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for place, (left, right) in enumerate(zip(one, two, strict=True)):
            yield from differences(left, right, scale, f"{path}[{place}]")
    elif isinstance(one, float) or isinstance(two, float):
        if one is None or two is None or not math.isclose(one, two, rel_tol=CLOSE, abs_tol=CLOSE * scale):
            yield path, one, two
    elif one != two:
        yield path, one, two


@pytest.fixture(autouse=True)
def any_length(monkeypatch):
    monkeypatch.setattr(products_choice, "SHORTER", 1e-6)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(world=WORLDS, fields=FIELDS)
def test_cross_products_give_what_all_rows_give(world, fields):
    frame, spec = rows_of(world), spec_of(fields)
    assert in_products(spec)
    other = AnalysisSpec(estimator="ols", outcome="z", treatment="d", cluster=["site"], weights="w", filter="wave != 3")
    products = products_of(wanted_by([spec, other], texts_of(frame)), frame)
    by_rows = outcome_of(lambda: estimate(spec, frame, data_sha256=""))
    in_one = outcome_of(lambda: estimate_from_products(spec, products, ""))
    event("refused" if "refused" in by_rows else "estimated")
    assert not list(differences(by_rows, in_one, (1 + world["far"] * CLOSE**0.5) / world["scale"] ** 0.5))


@pytest.mark.parametrize("batch", [7, 100, 10_000])
def test_cross_products_of_parts_add_up(tmp_path, monkeypatch, batch):
    frame = rows_of({"seed": 5, "rows": 600, "zones": 12, "gaps": 0.05, "far": 100.0, "scale": 1.0})
    spec = spec_of({"covariates": ["x", "kind"], "cluster": "zone", "weights": "w", "filter": "wave >= 2"})
    wanted = wanted_by([spec], texts_of(frame))
    for place, part in enumerate((frame[:250], frame[250:])):
        part.to_parquet(tmp_path / f"{place}.parquet")
    monkeypatch.setattr("experiments.estimators.onescan.products_scan.BATCH_ROWS", batch)
    parts = [scan_products(tmp_path / f"{place}.parquet", wanted) for place in (1, 0)]
    write_products(tmp_path / "both.products", added(parts))
    pooled = estimate_from_products(spec, read_products(tmp_path / "both.products"), "").to_dict()
    whole = estimate_from_products(spec, products_of(wanted, frame), "").to_dict()
    assert not list(differences(whole, pooled, 1.0))
