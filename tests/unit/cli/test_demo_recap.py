"""The demo's recap: recorded numbers side by side."""

import dataclasses
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from apps.cli import recap
from data.demo import DemoFile, load_manifest
from data.messages import Refused
from data.submissions import Submission


def submission(sha256, run_id="r1", status="accepted", **more):
    counts = {"rows_read": 10, "rows_accepted": 10, "rows_quarantined": 0, "rows_unchanged": 0, "problems": ()} | more
    return Submission(
        submission_id=f"SUB-{sha256}",
        sha256=sha256,
        file_name="f.csv",
        zone="deqing",
        contract="clinic_visit",
        wave="W1",
        actor="inbox",
        status=status,
        correction_reason=more.pop("correction_reason", None),
        received_at="",
        run_id=run_id,
        **{name: value for name, value in counts.items() if name != "correction_reason"},
    )


def manifest(*digests):
    return SimpleNamespace(files=[SimpleNamespace(sha256=digest, contract="clinic_visit") for digest in digests])


def test_a_file_sent_twice_is_one_submission_and_one_duplicate():
    came = recap.intake(manifest("a", "a", "b"), [submission("a"), submission("b"), submission("other")], "r1")
    assert (came.files, came.new, came.duplicates, came.rows_read) == (3, 2, 1, 20)


def test_a_second_run_takes_nothing_new_and_still_tells_what_is_in():
    came = recap.intake(manifest("a", "b"), [submission("a"), submission("b")], "r2")
    assert (came.new, came.duplicates, came.rows_accepted) == (0, 2, 20)


def test_a_refused_file_that_is_sent_again_is_told_once():
    twice = [submission("a", "r1", "rejected", rows_accepted=0), submission("a", "r2", "rejected", rows_accepted=0)]
    came = recap.intake(manifest("a"), twice, "r2")
    assert (came.new, came.duplicates, came.rows_read, came.submissions) == (0, 1, 10, {"rejected": 1})


def test_corrections_and_reasons_are_counted():
    error = {"severity": "error", "code": "E-RANGE-01", "count": 3}
    warning = {"severity": "warning", "code": "W-COL-03", "count": 9}
    found = [
        submission("a", status="quarantined", rows_accepted=7, rows_quarantined=3, problems=(error, warning)),
        submission("b", rows_read=4, rows_accepted=4, correction_reason="late"),
    ]
    came = recap.intake(manifest("a", "b"), found, "r1")
    assert came.corrections == 4
    assert came.quarantine == {"E-RANGE-01": 3}
    assert came.submissions == {"quarantined": 1, "accepted": 1}


@pytest.fixture
def results(tmp_path) -> Path:
    rows = [
        {"term": "(Intercept)", "estimate": 30.0, "conf_low": 29.0, "conf_high": 31.0},
        {"term": "treat", "estimate": -5.5, "conf_low": -7.0, "conf_high": -4.0},
    ]
    analysis = {"analysis_id": "wait_itt", "term": "treat", "result": {"estimates": rows}}
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"experiment_id": "SE-1", "analyses": [analysis]}), encoding="utf-8")
    return path


def truth(tmp_path, value):
    entry = {"experiment": "SE-1", "analysis": "wait_itt", "outcome": "wait_min", "truth": value, "is_harm": False}
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"estimates": [entry, {**entry, "analysis": "not_run"}]}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("value", "covered"), [(-6.0, True), (-4.0, True), (-3.9, False)])
def test_an_estimate_is_the_row_of_the_treatment_beside_its_truth(tmp_path, results, value, covered):
    (entry,) = recap.judged(truth(tmp_path, value), [results])
    assert (entry.estimate, entry.truth, entry.covered) == (-5.5, value, covered)


def written(workspace, name, digest):
    """Leave the manifest of a demo of one file, as `write_files` does."""
    file = DemoFile("deqing", "clinic_visit", "files/f.csv", rows=10, size=1, sha256=digest, is_correction=False)
    folder = workspace.demo / name
    folder.mkdir()
    found = {"seed": 1, "scale": 1.0, "files": [dataclasses.asdict(file)]}
    (folder / "manifest.json").write_text(json.dumps(found), encoding="utf-8")
    return load_manifest(folder)


def test_a_demo_of_another_seed_is_not_mixed_in(workspace):
    first, second = written(workspace, "1-1", "a"), written(workspace, "2-1", "b")
    taken = [submission("a"), submission("c", status="rejected", rows_accepted=0)]
    recap.same_programme(workspace, first, taken)
    recap.same_programme(workspace, second, [])
    with pytest.raises(Refused, match="E-DEMO-04"):
        recap.same_programme(workspace, second, taken)
