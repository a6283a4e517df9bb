from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from data.messages import NotFound, Refused
from data.paths import Workspace
from experiments import replications
from experiments.replications import Replicated, replicate
from experiments.replications.calls import called
from experiments.replications.compared import addresses, compare
from experiments.replications.shown import markdown
from experiments.replications.social_insure import file_content
from experiments.replications.sources import read_data
from experiments.replications.study import Analysis, Data, Study, load_study, studies
from experiments.result import Estimate, EstimateResult


def row(term: str, estimate: float, error: float, group: str | float | None = None) -> Estimate:
    return Estimate(
        term=term,
        estimate=estimate,
        std_error=error,
        statistic=1,
        df=1,
        p_value=1,
        conf_low=0,
        conf_high=1,
        group=group,
    )


def result(intensive: float, **diagnostics: Any) -> EstimateResult:
    rows = (row("intensive", intensive, 0.027404723960821), row("default", 0.0933698068086647, 0.0301155410618586))
    return EstimateResult(
        estimator="ols",
        spec_sha256="",
        data_sha256="",
        n_obs=1378,
        n_units=1,
        n_clusters=166,
        estimates=rows,
        diagnostics=diagnostics,
    )


def test_agreement_is_judged_per_number() -> None:
    study = load_study("social_insure")
    first = study.analyses[0]
    assert [entry["agrees"] for entry in compare(study, first, result(0.00256555988708037))] == [True] * 6
    rows = compare(study, first, result(0.0025656))
    assert [entry["agrees"] for entry in rows] == [False, True, True, True, True, True]
    assert rows[0]["difference"] == pytest.approx(4.0e-8, rel=0.01)


def test_addresses_name_parts_groups_and_diagnostics() -> None:
    found = addresses(result(0.5, first_stage={"f": 9.0, "columns": ["z"]}, weights=[0.25, 0.75]))
    assert (found["intensive"], found["se(default)"], found["df(default)"]) == (0.5, 0.0301155410618586, 1)
    assert (found["diagnostics.first_stage.f"], found["diagnostics.weights.1"]) == (9.0, 0.75)
    grouped = result(0.5).model_copy(update={"estimates": (row("q", 2.0, 1.0, 0.25), row("q", 3.0, 1.0, "2004:2005"))})
    assert (addresses(grouped)["q@0.25"], addresses(grouped)["q@2004:2005"]) == (2.0, 3.0)


def test_tolerances_of_a_number_are_its_own() -> None:
    study = load_study("social_insure")
    published = {"source": "s", "numbers": {"intensive": {"value": 0.4, "absolute": 0.2}, "default": 0.09}}
    analysis = Analysis(id="a", call="two_means", published=published)
    assert [entry["agrees"] for entry in compare(study, analysis, result(0.5))] == [True, False]


def test_a_number_that_the_result_lacks_is_refused() -> None:
    study = load_study("social_insure")
    analysis = Analysis(id="a", call="two_means", published={"source": "s", "numbers": {"magic": 1.0}})
    with pytest.raises(Refused, match="magic"):
        compare(study, analysis, result(0.5))


def test_without_file_and_package_it_says_how_to_get_the_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "causaldata", None)
    with pytest.raises(NotFound, match="zonelab\\[replication\\]"):
        file_content(1410, tmp_path)
    with pytest.raises(NotFound, match=r"magic\.csv"):
        read_data(Data(file="magic.csv", rows=1), tmp_path)


def test_studies_without_data_are_skipped_with_a_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(replications, "studies", lambda: ["power_reference", "wagepan_twfe"])
    found = replicate(None, Workspace(tmp_path), tmp_path)
    assert {entry["study"] for entry in found.rows} == {"power_reference"}
    assert "wagepan.csv" in found.skipped["wagepan_twfe"].en
    with pytest.raises(NotFound, match=r"wagepan\.csv"):
        replicate("wagepan_twfe", Workspace(tmp_path), tmp_path)


def test_other_data_are_refused(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text("y\n1\n2\n", encoding="utf-8")
    with pytest.raises(Refused, match="2 rows instead of 7"):
        read_data(Data(file="some.csv", rows=7), tmp_path)


def test_file_is_as_a_submission_wants_it(tmp_path: Path) -> None:
    pytest.importorskip("causaldata")
    lines = file_content(1410, tmp_path).splitlines()
    assert lines[0].startswith("respondent_id,address,village,takeup_survey,")
    assert len(lines) == 1411
    assert lines[1].startswith("1,beilian2,beilian,0,62.0,2.0,10.0,30.0,1,1,0,0.0,0,")


def test_table_says_what_does_not_agree() -> None:
    entry = {"study": "wagepan_twfe", "analysis": "twoway", "term": "union", "published": 2.0, "estimate": 1.0}
    text = markdown(Replicated([entry | {"difference": -1.0, "agrees": False}], {}))
    assert "0 of 1 published numbers agree." in text
    assert "| wagepan_twfe | twoway | `twfe` | 1 | 0 | 0.5 |" in text
    assert "- `wagepan_twfe` twoway: union is 1, published 2." in text


def test_unknown_calls_are_not_found() -> None:
    with pytest.raises(NotFound, match="two_means"):
        called("magic", None, {})


PUBLISHED = {"source": "s", "numbers": {"x": 1.0}}


@pytest.mark.parametrize(
    "analyses",
    [
        [{"id": "a", "published": PUBLISHED}],
        [{"id": "a", "call": "two_means", "published": PUBLISHED}] * 2,
        [{"id": "a", "spec": {"estimator": "ols", "outcome": "y", "treatment": "t"}, "published": PUBLISHED}],
    ],
)
def test_faulty_declarations_are_refused(analyses: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        Study.model_validate({"study": "s", "title": {"en": "t", "zh": "t"}, "analyses": analyses})


@pytest.mark.parametrize("name", studies())
def test_study_files_are_named_after_their_study(name: str) -> None:
    assert load_study(name).study == name
