"""A finding is what the results file says; a file that is none is refused by name."""

from __future__ import annotations

import json

import pytest

from apps.viewer.components import forest_chart, wording
from apps.viewer.findings import list_reports, load_report
from data.messages import Refused
from data.releases import load_release

pytestmark = pytest.mark.integration  # seconds, not milliseconds: not in the quick rung


def test_every_number_is_the_file_s(full):
    release = load_release(full)
    reports = list_reports(full, release.release_id)
    assert [report.experiment_id for report in reports] == ["SE-2026-0001", "SE-2026-0002", "SE-2026-0003"]
    for report in reports:
        document = json.loads(report.path.read_text(encoding="utf-8"))
        for finding, entry in zip(report.findings, document["analyses"], strict=True):
            row = next(row for row in entry["result"]["estimates"] if row["term"] == entry["term"])
            assert (finding.estimate, finding.conf_low, finding.conf_high, finding.std_error, finding.p_value) == (
                row["estimate"],
                row["conf_low"],
                row["conf_high"],
                row["std_error"],
                row["p_value"],
            )
            assert finding.is_harm is entry["outcome"]["is_harm"]


def test_forest_says_its_numbers_in_words(full):
    report = list_reports(full, load_release(full).release_id)[0]
    waits = [finding for finding in report.findings if finding.analysis_id.startswith("wait")]
    figure = forest_chart.forest(waits)
    assert all(finding.said.estimate in figure.alt for finding in waits)
    assert figure.chart.to_dict()["layer"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"experiment_id": "SE-1"}', "\x00"])
def test_a_broken_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "R1" / "SE-9" / "results.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused) as caught:
        load_report(path)
    assert "R1/SE-9/results.json" in caught.value.text.zh
    assert str(tmp_path) not in caught.value.text.en


@pytest.mark.parametrize("label", ["confirmatory", "deviated", "exploratory"])
def test_the_computed_label_is_told_wherever_the_number_stands(full, tmp_path, label):
    source = list_reports(full, load_release(full).release_id)[0].path
    document = json.loads(source.read_text(encoding="utf-8"))
    document["analyses"] = [{**entry, "label": label} for entry in document["analyses"][:1]]
    path = tmp_path / "results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    report = load_report(path)
    (finding,) = report.findings
    word = {"confirmatory": "Confirmatory", "deviated": "Deviated from the plan", "exploratory": "Exploratory"}[label]
    assert word in wording.label(finding.label).text
    assert word in wording.exact_cells(finding)[-1].text
    (sentence,) = wording.bottom_line(report)
    assert (word in sentence.text) is (label != "confirmatory")
    drawn = json.dumps(forest_chart.forest([finding]).chart.to_dict())
    assert f'"kind": "{label}"' in drawn
    assert label in forest_chart.KINDS
