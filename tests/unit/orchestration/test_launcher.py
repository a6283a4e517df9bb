"""The launcher: one JSON document on stdout, the promised exit code, a named job or nothing."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import dagster as dg
import pytest

from data.settings import REPOSITORY
from orchestration import launch
from orchestration.failures import StepFailure

HEAVY = ("great_expectations", "dbt", "statsmodels", "pandas", "streamlit")


def test_an_unknown_job_is_refused_by_name_and_nothing_runs(capfd):
    assert launch.main(["--job", "everythin"]) == 4
    out = capfd.readouterr().out
    assert json.loads(out)["error"]["code"] == "E-RUN-01"
    assert "build_release" in json.loads(out)["error"]["message"]["en"]


def test_a_workspace_without_history_is_told_to_init(capfd):
    assert launch.main(["--job", "ingest"]) == 4
    assert json.loads(capfd.readouterr().out)["error"]["code"] == "E-RUN-04"


def test_whatever_is_printed_meanwhile_goes_to_stderr(capfd):
    with launch.stdout_for_the_answer() as answer:
        os.write(1, b"noise of a C library\n")
        os.write(answer, b"{}\n")
    captured = capfd.readouterr()
    assert captured.out == "{}\n"
    assert "C library" in captured.err


def check(*, passed, severity="ERROR"):
    return SimpleNamespace(passed=passed, severity=dg.AssetCheckSeverity(severity))


def test_a_failed_check_of_severity_warn_is_a_warning():
    counted = launch.check_counts(
        [check(passed=good, severity=level) for good in (True, False) for level in ("ERROR", "WARN")]
    )
    assert counted == {"passed": 2, "failed": 1, "warned": 1}


@pytest.mark.parametrize(
    ("status", "codes", "expected"),
    [("SUCCESS", [], 0), ("FAILURE", [1], 1), ("FAILURE", [1, 5], 5), ("FAILURE", [], 5)],
)
def test_the_platforms_fault_outweighs_the_inputs(status, codes, expected):
    failures = tuple(StepFailure("step", "E", {}, code) for code in codes)
    assert launch.RunOutcome("r", status, {}, None, failures).exit_code == expected


@pytest.mark.integration
def test_loading_the_definitions_imports_no_heavy_library():
    script = f"import sys; from orchestration.definitions import defs; defs(); print([m for m in {HEAVY} if m in sys.modules])"
    found = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
    assert "Warning" not in found.stderr
