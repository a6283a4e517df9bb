"""Neighbouring waves: a shifted mean and shifted shares are found where they are, noise and first waves are not."""

import numpy as np
import pandas as pd
import pytest

from data.contracts import Contract
from data.duck import open_duckdb
from quality.drift import drift_aggregates, drift_metrics, with_drift
from quality.metrics import frame_sql

TEXT = {"en": "x", "zh": "x"}


def column(name, kind="string", **more):
    return {"name": name, "type": kind, "label": {"en": name, "zh": name}, **more}


CONTRACT = Contract.model_validate(
    {
        "name": "waves",
        "version": "1.0",
        "title": TEXT,
        "description": TEXT,
        "unit": "person",
        "grain": "x",
        "source_kind": "survey",
        "key": ["zone_id", "person_id", "wave"],
        "wave_column": "wave",
        "columns": [
            column("zone_id", required=True, source="zone"),
            column("person_id", required=True),
            column("wave", required=True),
            column("wait", "number"),
            column("mood", "integer", codes={"1": TEXT, "2": TEXT, "3": TEXT}),
            column("note"),
        ],
    }
)


def lake(waves, size=200, zone="deqing", **moved):
    """Draw `size` people per wave; `moved` maps a wave to how far its waits are shifted."""
    rng = np.random.default_rng(3)
    parts = [
        pd.DataFrame(
            {
                "zone_id": zone,
                "person_id": [f"P{n}" for n in range(size)],
                "wave": wave,
                "wait": rng.normal(40 + moved.get(wave, 0), 10, size),
                "mood": rng.choice([1, 2, 3], size, p=[0.2, 0.3, 0.5] if moved.get(wave, 0) < 99 else [0.5, 0.3, 0.2]),
                "note": "text",
            }
        )
        for wave in waves
    ]
    return pd.concat(parts, ignore_index=True)


def distances(table):
    with open_duckdb() as connection:
        connection.register("rows_", table)
        frame = connection.execute(frame_sql(CONTRACT, "select * from rows_", [], drift_aggregates(CONTRACT))).df()
    return with_drift(CONTRACT, frame).set_index(["zone", "wave"])


def test_what_is_followed():
    assert [metric.rule_id for metric in drift_metrics(CONTRACT)] == ["W-DRIFT-01:wait", "W-DRIFT-02:mood"]
    assert {metric.severity for metric in drift_metrics(CONTRACT)} == {"warn"}


def test_a_table_without_waves_has_nothing_to_follow():
    bare = CONTRACT.model_copy(update={"wave_column": None})
    assert drift_metrics(bare) == []


def test_a_moved_mean_is_found_in_its_wave_and_in_the_next_that_returns():
    found = distances(lake(["W1", "W2", "W3"], W2=10))["W-DRIFT-01:wait"]
    assert found["deqing", "W1"] == 0
    assert found["deqing", "W2"] == pytest.approx(1, abs=0.2)
    assert found["deqing", "W3"] == pytest.approx(1, abs=0.2)


def test_noise_stays_under_the_limits():
    found = distances(lake(["W1", "W2", "W3"]))
    limits = {metric.rule_id: metric.maximum for metric in drift_metrics(CONTRACT)}
    assert all(found[name].max() < limit for name, limit in limits.items())


def test_the_stability_index_by_hand():
    first, second = np.array([20.0, 30, 50]), np.array([50.0, 30, 20])
    people = [
        pd.DataFrame(
            {"zone_id": "x", "person_id": "p", "wave": wave, "wait": 1.0, "mood": np.repeat([1, 2, 3], counts)}
        )
        for wave, counts in (("W1", first.astype(int)), ("W2", second.astype(int)))
    ]
    old, new = ((counts + 0.5) / (counts + 0.5).sum() for counts in (first, second))
    expected = float(((new - old) * np.log(new / old)).sum())
    found = distances(pd.concat(people))["W-DRIFT-02:mood"]
    assert found["x", "W2"] == pytest.approx(expected)
    assert expected > 0.25


def test_the_wave_before_w10_is_w9():
    found = distances(lake(["W9", "W10", "W2"], W2=30))["W-DRIFT-01:wait"]
    assert found["deqing", "W10"] < 0.5
    assert found["deqing", "W9"] > 0.5


def test_zones_are_not_compared_with_each_other():
    both = pd.concat([lake(["W1"]), lake(["W2"], zone="hefei", W2=30)])
    assert distances(both)["W-DRIFT-01:wait"].max() == 0


def test_few_values_say_nothing():
    assert distances(lake(["W1", "W2"], size=29, W2=50))["W-DRIFT-01:wait"].max() == 0


def test_a_constant_that_changes_is_drift():
    table = lake(["W1", "W2"]).assign(wait=lambda rows: np.where(rows["wave"] == "W1", 1.0, 2.0))
    assert distances(table)["W-DRIFT-01:wait"]["deqing", "W2"] == 99
