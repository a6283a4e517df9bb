"""Weights for any waves: non-response is put back, what is cut stays in the sum, what cannot be done is refused."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from data.messages import Refused
from experiments.weights.build import make_weights, quality_of
from experiments.weights.raking import rake
from experiments.weights.spec import WeightSpec, load_weight_spec
from experiments.weights.survey import Survey, survey_mean
from experiments.weights.trimming import trim

SIZE = 4000
PLAIN = {"id": "w", "unit": ["id"], "wave": "wave", "observed": "seen"}


@pytest.fixture(scope="module")
def panel():
    """Three waves of 4,000 people whose staying depends on `x`, then on what they said the wave before."""
    rng = np.random.default_rng(7)
    size = SIZE
    x = rng.normal(size=size)
    first, second = (x + rng.normal(size=size) for _ in range(2))
    stays = rng.random((2, size))
    seen2 = stays[0] < 1 / (1 + np.exp(-(1 + x)))
    seen3 = seen2 & (stays[1] < 1 / (1 + np.exp(-(1 + second))))
    waves = [(1, np.ones(size, bool), first), (2, seen2, second), (3, seen3, x)]
    parts = [
        pd.DataFrame(
            {"id": np.arange(size), "wave": wave, "seen": seen, "x": x, "zone": np.where(x > 0, "a", "b")}
        ).assign(y=np.where(seen, y, np.nan))
        for wave, seen, y in waves
    ]
    return pd.concat(parts, ignore_index=True)


def spec(**fields):
    return WeightSpec.model_validate({**PLAIN, **fields})


def mean_of_the_first_wave(panel, made):
    first = panel[panel["wave"] == 1].merge(made.table, on="id")
    return first["y"].mean(), np.average(first["y"], weights=first["weight"])


def test_those_who_stayed_stand_for_everybody(panel):
    made = make_weights(spec(waves=[1, 2, 3], response={"frame": ["x"], "covariates": ["y"]}), panel)
    bare, weighted = mean_of_the_first_wave(panel, made)
    truth = panel.loc[panel["wave"] == 1, "y"].mean()
    assert abs(bare - truth) > 0.3
    assert abs(weighted - truth) < 0.1


def test_the_chances_are_those_of_the_model_by_hand(panel):
    waves = panel.assign(zone=panel["zone"])
    made = make_weights(spec(waves=[1, 2], response={"frame": ["zone"]}), waves)
    second = panel[panel["wave"] == 2]
    rates = second.groupby("zone")["seen"].mean()
    expected = 1 / second.loc[second["seen"], ["id", "zone"]].set_index("id")["zone"].map(rates)
    assert made.table["weight"].tolist() == pytest.approx(expected.tolist(), rel=1e-6)


def test_without_columns_everybody_counts_the_inverse_of_the_rate(panel):
    made = make_weights(spec(waves=[2]), panel)
    seen = int(panel.loc[panel["wave"] == 2, "seen"].sum())
    assert made.table["weight"].tolist() == pytest.approx([SIZE / seen] * seen)
    assert made.record["steps"][0]["method"] == "rate"


def test_classes_give_each_class_its_rate(panel):
    made = make_weights(spec(waves=[1, 2], response={"method": "classes", "classes": 4, "frame": ["x"]}), panel)
    assert sorted({round(1 / rate, 9) for rate in made.record["steps"][1]["classes"]}) == sorted(
        set(made.table["weight"].round(9))
    )
    assert made.table["weight"].sum() == pytest.approx(SIZE)


def test_any_set_of_waves_is_one_call(panel):
    sizes = {waves: len(make_weights(spec(waves=waves), panel).table) for waves in ((1,), (1, 2), (1, 3), (1, 2, 3))}
    assert sizes[1,] == SIZE
    assert sizes[1, 2] > sizes[1, 2, 3] == sizes[1, 3]


def test_who_leaves_the_population_is_no_non_respondent(panel):
    gone = panel.assign(alive=~((panel["wave"] == 2) & (panel["id"] < 100)))
    made = make_weights(spec(waves=[1, 2], in_scope="alive"), gone)
    assert made.record["steps"][1]["n_at_risk"] == SIZE - 100
    assert made.table["weight"].sum() == pytest.approx(SIZE - 100)
    assert made.table["id"].min() >= 100


def test_margins_hold_after_calibration(panel):
    made = make_weights(spec(waves=[1, 3], calibrate={"zone": {"a": 300, "b": 900}}, trim={"at": 3}), panel)
    first = panel[panel["wave"] == 1].merge(made.table, on="id")
    assert first.groupby("zone")["weight"].sum().to_dict() == pytest.approx({"a": 300, "b": 900})


def test_design_weights_are_where_weights_begin(panel):
    drawn = panel.assign(design=np.where(panel["zone"] == "a", 2.0, 5.0))
    made = make_weights(spec(waves=[1], base="design"), drawn)
    assert sorted(set(made.table["weight"])) == [2.0, 5.0]


def test_the_same_declaration_has_the_same_id_and_the_same_weights_in_any_order(panel):
    wanted = spec(waves=[1, 2], response={"frame": ["x"]})
    one, other = make_weights(wanted, panel), make_weights(wanted, panel.sample(frac=1, random_state=3))
    assert one.weight_id == other.weight_id
    assert one.table["id"].tolist() == other.table["id"].tolist()
    assert one.table["weight"].tolist() == pytest.approx(other.table["weight"].tolist(), rel=1e-9)


@pytest.mark.parametrize(
    ("fields", "change", "code"),
    [
        ({"waves": [1, 4]}, {}, "E-WGT-02"),
        ({"waves": [1], "base": "design"}, {"design": 0.0}, "E-WGT-03"),
        ({"waves": [1, 2], "response": {"frame": ["y"]}}, {"y": np.nan}, "E-WGT-03"),
        ({"waves": [1, 2]}, {"seen": False}, "E-WGT-04"),
        ({"waves": [2], "response": {"frame": ["seen_too"]}}, {}, "E-WGT-05"),
        ({"waves": [1], "calibrate": {"zone": {"a": 1, "b": 1, "c": 1}}}, {}, "E-RAKE-01"),
        ({"waves": [1], "base": "nothing_there"}, {}, "E-SPEC-09"),
    ],
)
def test_what_cannot_be_done_is_refused(panel, fields, change, code):
    broken = panel.assign(seen_too=panel["seen"].astype(float)).assign(**change)
    with pytest.raises(Refused) as told:
        make_weights(spec(**fields), broken)
    assert told.value.code == code


def test_a_unit_without_a_row_is_refused_with_its_count(panel):
    with pytest.raises(Refused, match="E-WGT-02") as told:
        make_weights(spec(waves=[1, 2]), panel.drop(panel.index[panel["wave"] == 2][:3]))
    assert "3 units" in told.value.text.en


def test_waves_must_rise():
    with pytest.raises(ValidationError, match="rise"):
        spec(waves=[3, 1])


def test_a_declaration_is_read_from_yaml(tmp_path):
    path = tmp_path / "w.yml"
    path.write_text("id: w\nunit: [id]\nwave: wave\nwaves: [1, 2]\nobserved: seen\ntrim: {at: 5}\n", encoding="utf-8")
    assert load_weight_spec(path).trim.at == 5
    path.write_text("id: w\nunknown: 1\n", encoding="utf-8")
    with pytest.raises(Refused, match="E-WGT-01"):
        load_weight_spec(path)


def test_margins_that_contradict_each_other_are_refused():
    data = pd.DataFrame({"a": [1, 1, 2], "b": [1, 1, 2]})
    with pytest.raises(Refused, match="E-RAKE-02"):
        rake(np.ones(3), data, {"a": {1: 5, 2: 5}, "b": {1: 5, 2: 6}})
    with pytest.raises(Refused, match="E-RAKE-03"):
        rake(np.ones(3), data, {"a": {1: 5, 2: 5}, "b": {1: 4, 2: 6}})


def test_trimming_keeps_the_sum_and_the_cap():
    drawn = np.random.default_rng(1).pareto(1.5, 400) + 1
    cut, told = trim(drawn, 4)
    assert cut.sum() == pytest.approx(drawn.sum())
    assert cut.max() <= told.cap * (1 + 1e-9)
    assert told.n_trimmed == (drawn > told.cap).sum() > 0


def test_effective_size_by_hand():
    found = quality_of(np.array([1.0, 1.0, 4.0]))
    assert found["effective_n"] == pytest.approx(36 / 18)
    assert found["design_effect"] == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"weights": np.array([1.0, 0.0])}, "E-SVY-01"),
        ({"weights": np.ones(3), "strata": ["a", "a", "b"]}, "E-SVY-02"),
        ({"weights": np.ones(4), "strata": ["a", "a", "b", "b"], "clusters": [1, 2, 2, 3]}, "E-SVY-03"),
        ({"weights": np.ones(2), "population": [1, 1]}, "E-SVY-03"),
    ],
)
def test_designs_without_a_variance_are_refused(fields, code):
    with pytest.raises(Refused, match=code):
        Survey(**fields)


def test_a_domain_of_nobody_is_refused():
    with pytest.raises(Refused, match="E-SVY-04"):
        survey_mean(Survey(np.ones(3)), np.ones(3), term="y", among=np.zeros(3, bool))
