"""Families: gates and sequences against the procedure at every alpha, maxT against one test and against every draw done again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.design.assignment import assign_sealed
from experiments.design.decisions import family_p
from experiments.design.frame import seal
from experiments.design.questions import Question, questions_of
from experiments.design.redraws import Lottery, SealedDraw
from experiments.estimators.onescan import choice as one_scan
from experiments.joint_families import joint_families
from experiments.multiplicity import adjust
from experiments.registry.protocol import Family, Protocol, load_protocol
from experiments.registry.schema.design import AssignmentSpec
from experiments.results import analysis_entry
from experiments.run import DEMO, attempt
from experiments.source import Source
from tests.unit.experiments.test_run_and_report import FolderRelease

SHAPE = (("F1", 2), ("F2", 2), ("F3", 1))


def questions() -> tuple[Question, ...]:
    """Return five questions in three families; all two-sided."""
    made = questions_of(load_protocol(DEMO / "SE-2026-0001.yml"))
    names = [name for name, count in SHAPE for _ in range(count)]
    return tuple(
        Question(item.analysis, item.hypothesis, "none", None, "non_zero", None, 0, "primary", name)
        for item, name in zip(made, names, strict=True)
    )


def corrected(families: list[Family], p_values: list[float]) -> list[float]:
    wrong = np.zeros((1, 5), dtype=bool)
    return family_p(questions(), tuple(families), np.array([p_values]), wrong)[0].tolist()


def chain(first: str, rule: str) -> list[Family]:
    behind = [{"gatekeeper": name, "gatekeeping": rule} for name in ("F1", "F2")]
    return [
        Family(id="F1", correction=first),
        Family(id="F2", correction=first, **behind[0]),
        Family(id="F3", correction="none", **behind[1]),
    ]


@pytest.mark.parametrize(
    ("families", "p_values", "expected"),
    [
        (chain("bonferroni", "serial"), [0.01, 0.02, 0.015, 0.001, 0.01], [0.02, 0.04, 0.04, 0.04, 0.04]),
        (chain("bonferroni", "serial"), [0.01, 0.3, 0.001, 0.001, 0.01], [0.02, 0.6, 0.6, 0.6, 0.6]),
        (chain("bonferroni", "parallel"), [0.01, 0.3, 0.005, 0.2, 0.01], [0.02, 0.6, 0.02, 0.6, 0.04]),
        (chain("holm", "serial"), [0.01, 0.02, 0.03, 0.03, 0.0], [0.02, 0.02, 0.06, 0.06, 0.06]),
        (chain("bonferroni", "serial"), [0.01, np.nan, 0.001, 0.001, 0.01], [0.02, np.nan, 1.0, 1.0, 1.0]),
    ],
)
def test_gates_by_hand(families: list[Family], p_values: list[float], expected: list[float]) -> None:
    assert corrected(families, p_values) == pytest.approx(expected, nan_ok=True)


def by_the_book(rule: str, p_values: list[float], alpha: float) -> list[bool]:
    """Return what a Bonferroni chain rejects at one alpha, family after family."""
    found, available, start = [], alpha, 0
    for _, count in SHAPE:
        own = [available > 0 and p <= available / count for p in p_values[start : start + count]]
        found, start = found + own, start + count
        available *= sum(own) / count if rule == "parallel" else float(all(own))
    return found


@pytest.mark.parametrize("rule", ["serial", "parallel"])
def test_corrected_p_values_decide_at_every_alpha_as_the_procedure_does(rule: str) -> None:
    rng = np.random.default_rng(3)
    for _ in range(40):
        p_values = (rng.uniform(size=5) ** 4).tolist()
        found = corrected(chain("bonferroni", rule), p_values)
        for alpha in (0.001, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5):
            assert [p <= alpha for p in found] == by_the_book(rule, p_values, alpha)


def test_a_wrong_sign_opens_no_gate_and_ends_a_sequence() -> None:
    wrong = np.array([[True, False, False, False, False]])
    p_values = np.array([[0.001, 0.001, 0.02, 0.01, 0.01]])
    serial = family_p(questions(), tuple(chain("holm", "serial")), p_values, wrong)[0]
    assert serial.tolist() == pytest.approx([0.002, 0.002, 1, 1, 1])
    first, second = (item.hypothesis.id for item in questions()[:2] if item.hypothesis)
    sequence = (Family(id="F1", correction="fixed_sequence", order=(first, second)),)
    assert family_p(questions(), sequence, p_values, wrong)[0][:2].tolist() == [1, 1]
    other_way = (Family(id="F1", correction="fixed_sequence", order=(second, first)),)
    assert family_p(questions(), other_way, p_values, wrong)[0][:2].tolist() == [1, 0.001]


UNITS = 12
STEPS = np.linspace(0, 1, 30)


def rows() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    made = pd.DataFrame([(unit, wave) for unit in range(UNITS) for wave in range(3)], columns=["unit", "month_index"])
    shared = rng.normal(size=UNITS)[made["unit"]]
    made["zone_id"], made["district_id"] = "beijing", [f"D{unit:02d}" for unit in made["unit"]]
    made["signal_share"] = (made["unit"] % 2).astype(float)
    made["speed_kmh"] = 30 + shared + 3 * made["signal_share"] + rng.normal(size=len(made)) * 0.5
    made["pm25_ugm3"] = 60 + 2 * shared + rng.normal(size=len(made))
    return made.drop(columns="unit")


@pytest.fixture
def release(tmp_path: Path) -> FolderRelease:
    rows().to_parquet(tmp_path / "panel_district_month.parquet")
    return FolderRelease(tmp_path)


def protocol(correction: str, estimators: tuple[str, str] = ("ols", "ols"), **more: Any) -> Protocol:
    made = load_protocol(DEMO / "SE-2026-0003.yml").model_dump(mode="json", exclude_unset=True)
    family = {"id": made["families"][0]["id"], "correction": correction, **more}
    for analysis, estimator in zip(made["analyses"], estimators, strict=True):
        for name in ("time", "unit", "vcov", "filter"):
            analysis.pop(name, None)
        analysis |= {"estimator": estimator, "cluster": ["district_id"]}
    return Protocol.model_validate({**made, "families": [family]})


def found(plan: Protocol, source: Source) -> dict[str, dict[str, Any]]:
    attempts = [attempt(source, item) for item in plan.analyses]
    entries = [analysis_entry(plan, item.analysis, item.result) for item in attempts if item.result is not None]
    adjusted = adjust(plan, entries, joint_families(plan, attempts, source))
    return {entry["analysis_id"]: entry["adjusted"] | {"row": entry["result"]} for entry in adjusted}


def test_romano_wolf_of_one_test_is_its_wild_bootstrap(release: FolderRelease) -> None:
    plan = protocol("romano_wolf")
    alone = plan.model_copy(update={"analyses": plan.analyses[:1]})
    made = found(alone, Source(release))["speed"]
    wild = made["row"]["diagnostics"]["few_clusters"]["signal_share"]["wild_bootstrap"]
    assert made["p_value"] == wild["p_value"]
    assert (made["resampling"]["by"], made["resampling"]["draws"]) == ("district_id", 2 ** (UNITS - 1))


def test_romano_wolf_of_a_long_table_needs_its_cross_products_only(
    release: FolderRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the sums of each district's rows or by the rows: the same draws, the same p-values."""
    one = rows()
    shifted = [one.assign(speed_kmh=one["speed_kmh"] + step, pm25_ugm3=one["pm25_ugm3"] * (1 + step)) for step in STEPS]
    pd.concat(shifted).to_parquet(release.table("panel_district_month"), index=False)
    plan, source = protocol("romano_wolf"), Source(release)
    attempts = [attempt(source, item) for item in plan.analyses]
    (by_rows,) = joint_families(plan, attempts, source).values()
    monkeypatch.setattr(one_scan, "ROWS_FROM", 100)
    monkeypatch.setattr(Source, "frame", lambda *_, **__: pytest.fail("the rows were read"))
    (by_sums,) = joint_families(plan, attempts, source).values()
    assert len(by_rows.p_values) == 2
    assert by_sums.p_values == pytest.approx(by_rows.p_values, abs=1e-12)
    assert by_sums.notes == by_rows.notes


def test_romano_wolf_knows_how_tests_go_together(release: FolderRelease) -> None:
    plan = protocol("romano_wolf")
    made = found(plan, Source(release))
    alone = found(plan.model_copy(update={"analyses": plan.analyses[:1]}), Source(release))["speed"]["p_value"]
    assert alone <= made["speed"]["p_value"] <= 2 * alone
    twin = plan.analyses[0].model_copy(update={"id": "twin"})
    same = found(plan.model_copy(update={"analyses": (plan.analyses[0], twin)}), Source(release))
    assert same["speed"]["p_value"] == same["twin"]["p_value"] == alone  # one test said twice costs nothing


def test_a_member_without_a_result_keeps_its_share(release: FolderRelease) -> None:
    plan = protocol("romano_wolf")
    alone = found(plan.model_copy(update={"analyses": plan.analyses[:1]}), Source(release))["speed"]["p_value"]
    lost = plan.analyses[1].model_copy(update={"filter": "speed_kmh > 1000"})
    made = found(plan.model_copy(update={"analyses": (plan.analyses[0], lost)}), Source(release))
    assert (made["speed"]["p_value"], made["speed"]["n_tests"]) == (pytest.approx(2 * alone), 2)


def test_a_family_that_cannot_be_resampled_says_so(release: FolderRelease) -> None:
    made = found(protocol("romano_wolf", ("ols", "poisson")), Source(release))["speed"]
    assert (made["correction"], made["p_value"]) == (None, None)
    assert made["resampling"]["refused"]["code"] == "E-FAM-01"
    assert found(protocol("westfall_young"), Source(release))["speed"]["resampling"]["refused"]["code"] == "E-FAM-02"


def test_westfall_young_repeats_the_registered_draw(release: FolderRelease) -> None:
    spec = AssignmentSpec(unit_id="district_id", method="block", strata=("pair",))
    people = pd.DataFrame({"district_id": [f"D{unit:02d}" for unit in range(UNITS)], "pair": np.arange(UNITS) // 4})
    frame, arms = seal(people, spec), ("on", "off")
    draw = SealedDraw(frame, spec, arms, assign_sealed(frame, spec, arms, seed=4).units)
    treated = {unit.unit: float(unit.arm == "on") for unit in draw.units}
    table = rows().assign(signal_share=rows()["district_id"].map(treated))
    table.to_parquet(release.folder / "panel_district_month.parquet")
    lottery = Lottery((draw,))
    plan = protocol("westfall_young")
    made = found(plan, Source(release, spec, draw.units, lottery))
    assert (made["speed"]["resampling"]["draws"], made["speed"]["resampling"]["exact"]) == (6**3, True)
    again = []
    for choice in lottery.lots(99, 1).others:
        lots = {unit: float(choice[place] == 0) for unit, place in lottery.lot_of.items()}
        other = table.assign(signal_share=table["district_id"].map(lots))
        treated, control = (other[other["signal_share"] == arm] for arm in (1, 0))
        again.append([treated[item.outcome].mean() - control[item.outcome].mean() for item in plan.analyses])
    drawn = np.abs(again) / np.sqrt(np.mean(np.square(again), axis=0))
    own = np.abs([item["row"]["estimates"][1]["estimate"] for item in made.values()]) / np.sqrt(
        np.mean(np.square(again), axis=0)
    )
    first, last = np.argmax(own), np.argmin(own)
    least = np.mean(drawn.max(axis=1) >= own[first] - 1e-9)
    expected = {first: least, last: max(least, np.mean(drawn[:, last] >= own[last] - 1e-9))}
    assert [item["p_value"] for item in made.values()] == pytest.approx([expected[0], expected[1]], abs=1e-12)


def test_fields_that_say_nothing_leave_the_text_of_a_registered_family_as_it_was() -> None:
    plain = Family(id="main", correction="holm")
    assert plain.model_dump(mode="json") == {"id": "main", "correction": "holm", "alpha": 0.05}
    sequence = Family(id="main", correction="fixed_sequence", order=("H1",), gatekeeper="a", gatekeeping="serial")
    assert Family.model_validate(sequence.model_dump(mode="json")) == sequence
