"""A specification curve: each point is the single run, worlds without an effect are those of refitting, many are quick."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import yaml
from defusedxml.ElementTree import fromstring
from typer.testing import CliRunner

from apps.cli.main import app
from data.messages import Refused
from data.paths import Workspace
from experiments.curve.declared import CurveSpec
from experiments.curve.grouped import Source, grouped, groups
from experiments.curve.joint import weights_of, worlds
from experiments.curve.making import curve_of, curve_specs
from experiments.curve.points import evaluated
from experiments.estimate import estimate
from experiments.estimators.onescan.products_choice import wanted_by
from experiments.estimators.onescan.products_files import stored
from experiments.estimators.onescan.products_scan import products_of, texts_of
from experiments.spec import AnalysisSpec

DECLARED = CurveSpec(
    outcomes=["y", "y2"],
    covariates=[[], ["x"], ["x", "kind"]],
    fixed_effects=[[], ["wave"]],
    samples=[None, "wave >= 2", "zone != 3"],
    clusters=["zone", "zone:site"],
    weights=[None, "w"],
)
REGISTERED = {"estimator": "ols", "outcome": "y", "treatment": "d", "covariates": ["x"], "cluster": ["zone"]}


def rows(seed=1, zones=8, count=400, effect=0.5):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"zone": np.arange(count) % zones, "site": rng.integers(0, 3, count)})
    frame["wave"] = rng.integers(1, 4, count)
    frame["d"] = frame["zone"] % 2
    frame["x"], frame["w"] = rng.normal(size=count) + 3, rng.uniform(0.5, 2, count)
    frame["kind"] = rng.choice(["a", "b", "c"], count)
    frame["y"] = 40 + effect * frame["d"] + frame["x"] + rng.normal(size=zones)[frame["zone"]] + rng.normal(size=count)
    frame["y2"] = 2 * frame["y"] + rng.normal(size=count)
    for name in ("y2", "x", "kind"):
        frame.loc[rng.uniform(size=count) < 0.03, name] = None
    return frame


def curve(frame, declared=DECLARED, **fields):
    specs = curve_specs(AnalysisSpec(**REGISTERED | fields), declared)
    return specs, curve_of(specs, declared, products_of(wanted_by(specs, texts_of(frame)), frame))


@pytest.mark.integration
@pytest.mark.parametrize(("vcov", "every"), [("CR1", 29), ("CR2", 47)])
def test_every_point_is_the_single_run(vcov, every):
    frame = rows()
    specs, found = curve(frame, vcov=vcov)
    assert len(specs) == 2 * 3 * 2 * 3 * 2 * 2 == len(found.points)
    assert not found.refused
    for spec in specs[::every]:
        own = next(point for point in found.points if point.choice == _choice(spec))
        single = estimate(spec, frame, data_sha256="")
        row = single.row("d")
        for name in ("estimate", "std_error", "statistic", "df", "p_value", "conf_low", "conf_high"):
            assert getattr(own, name) == pytest.approx(getattr(row, name), rel=1e-8, abs=1e-10), name
        assert (own.n_obs, own.n_clusters) == (single.n_obs, single.n_clusters)


def _choice(spec):
    fields = {"outcome", "covariates", "fixed_effects", "filter", "cluster", "weights"}
    return {name: value for name, value in spec.model_dump(mode="json", include=fields).items() if value}


def test_points_ascend_and_the_registered_one_is_marked():
    found = curve(rows(), CurveSpec(covariates=[[], ["x"]], samples=[None, "wave >= 2"]))[1]
    assert [point.estimate for point in found.points] == sorted(point.estimate for point in found.points)
    assert [point.registered for point in found.points].count(True) == 1
    assert found.points[found.registered].choice["covariates"] == ["x"]


@pytest.mark.parametrize("vcov", ["CR1", "CR2"])
@pytest.mark.parametrize("own", ["zone", "zone:site"])
def test_a_world_is_what_refitting_its_outcome_gives(vcov, own):
    """y* = what the null leaves + weight of the cluster x its residual; refitted by rows, cluster by cluster."""
    frame = rows().dropna().reset_index(drop=True)
    spec = AnalysisSpec(**REGISTERED | {"cluster": [own], "fixed_effects": ["wave"], "vcov": vcov})
    specs = [AnalysisSpec(**REGISTERED), spec]
    products = products_of(wanted_by(specs, texts_of(frame)), frame)
    source = Source(products, "zone")
    members = next(one for one in groups(specs, source) if one[0][1] is spec)
    point = evaluated(spec, grouped(members, source))
    weights = weights_of(8, 999, 1)[0]
    made = worlds([point], weights, exact=True)
    others = np.column_stack([frame["x"], pd.get_dummies(frame["wave"]).to_numpy(float)])
    null = others @ np.linalg.lstsq(others, frame["y"], rcond=None)[0]
    for draw in (0, 5, 77):
        weight = np.array([weights[draw, source.numbers[(zone,)]] for zone in frame["zone"]])
        again = frame.assign(y=null + weight * (frame["y"] - null))
        row = estimate(spec, again, data_sha256="").row("d")
        assert made.effects[draw, 0] == pytest.approx(row.estimate, rel=1e-8, abs=1e-10)
        assert made.statistics[draw, 0] == pytest.approx(row.statistic, rel=1e-7)


def test_worlds_without_an_effect_are_seldom_beaten_without_one():
    declared = CurveSpec(covariates=[[], ["x"]], samples=[None, "wave >= 2"])
    strong = curve(rows(effect=9.0, zones=12), declared)[1].joint
    none = curve(rows(effect=0.0, zones=12), declared)[1].joint
    assert strong.median.p_value < 0.05 < none.median.p_value
    assert strong.significant.p_value < 0.1 < none.significant.p_value, "all four are significant in some worlds too"
    assert (strong.same_sign.value, strong.significant.value, strong.scale) == (1.0, 1.0, "outcome")


def test_one_specification_has_the_p_value_of_the_wild_bootstrap():
    """All sign vectors: the largest |t| of a curve of one is the bootstrap-t of the single run."""
    frame = rows()
    point = curve(frame, CurveSpec())[1].points[0]
    spec = AnalysisSpec(**REGISTERED | {"inference": {"method": "wild_bootstrap"}})
    assert point.p_adjusted == estimate(spec, frame, data_sha256="").row("d").p_value


def test_what_cannot_be_estimated_is_named_and_the_others_stand():
    frame = rows().assign(copy=lambda table: table["d"])
    found = curve(frame, CurveSpec(covariates=[["x"], ["copy"]], samples=[None, "d == 1"]))[1]
    assert {refused.code for refused in found.refused} == {"E-EST-02", "E-EST-03"}
    assert len(found.points) == 1


@pytest.mark.archive
def test_by_command_with_a_picture(tmp_path, monkeypatch):
    monkeypatch.setenv("ZONELAB_HOME", str(tmp_path / "home"))
    rows().to_parquet(tmp_path / "rows.parquet")
    (tmp_path / "spec.yml").write_text(yaml.safe_dump(REGISTERED))
    (tmp_path / "curve.yml").write_text(yaml.safe_dump({"covariates": [[], ["x"]], "samples": [None, "wave >= 2"]}))
    told = ["estimate", str(tmp_path / "spec.yml"), "--data", str(tmp_path / "rows.parquet"), "--json"]
    more = ["--curve", str(tmp_path / "curve.yml"), "--plot", str(tmp_path / "curve.svg")]
    document = json.loads(CliRunner().invoke(app, [*told, *more]).stdout)
    curve_found = document["specification_curve"]
    assert (len(curve_found["points"]), curve_found["joint"]["cluster"]) == (4, "zone")
    registered = next(point for point in curve_found["points"] if point["registered"])
    own = next(row for row in document["estimates"] if row["term"] == "d")
    assert registered["estimate"] == pytest.approx(own["estimate"], rel=1e-9)
    picture = fromstring((tmp_path / "curve.svg").read_text(encoding="utf-8"))
    assert "4 specifications" in picture.findtext("{http://www.w3.org/2000/svg}title")


def test_sums_of_a_table_are_made_once(tmp_path):
    frame = rows()
    place, wanted = Workspace(tmp_path), wanted_by([AnalysisSpec(**REGISTERED)], texts_of(frame))
    made = stored(place, "a" * 64, wanted, lambda: products_of(wanted, frame))
    again = stored(place, "a" * 64, wanted, lambda: pytest.fail("made again"))
    assert list(again.cells) == list(made.cells)
    for cell, sums in made.cells.items():
        np.testing.assert_array_equal(again.cells[cell].spreads, sums.spreads)
    with pytest.raises(LookupError):
        stored(place, "b" * 64, wanted, lambda: {}["other bytes"])


@pytest.mark.parametrize(
    ("code", "fields", "declared"),
    [
        ("E-CURVE-02", {"cluster": [], "vcov": "HC2"}, {}),
        ("E-CURVE-02", {"estimator": "twfe", "unit": "zone", "time": "wave", "covariates": []}, {}),
        (
            "E-CURVE-01",
            {},
            {"samples": [f"wave >= {n}" for n in range(200)], "outcomes": [f"y{n}" for n in range(101)]},
        ),
    ],
)
def test_refusals(code, fields, declared):
    with pytest.raises(Refused) as error:
        curve_specs(AnalysisSpec(**REGISTERED | fields), CurveSpec(**declared))
    assert error.value.code == code
