"""Outcomes folded into one Dagster check result: counts and names, never values."""

import dagster as dg
import pytest

from orchestration.defs.quality import verdict
from orchestration.defs.raw import raw_key
from quality.outcomes import CheckOutcome


def outcome(name, *, passed, severity="error"):
    return CheckOutcome(name, "clinic_visit", passed=passed, severity=severity, metadata={"rows": 3})


@pytest.mark.parametrize(
    ("outcomes", "passed", "severity"),
    [
        ([], True, "ERROR"),
        ([outcome("a", passed=True)], True, "ERROR"),
        ([outcome("a", passed=False, severity="warn")], False, "WARN"),
        ([outcome("a", passed=False, severity="warn"), outcome("b", passed=False)], False, "ERROR"),
    ],
)
def test_one_failed_error_makes_the_check_an_error(outcomes, passed, severity):
    result = verdict(outcomes, raw_key("clinic_visit"), "suite")
    assert (result.passed, result.severity) == (passed, dg.AssetCheckSeverity(severity))


def test_the_metadata_names_the_failed_rules_and_their_counts():
    result = verdict(
        [outcome("E-RANGE-01:wait_min", passed=False), outcome("b", passed=True)], raw_key("clinic_visit"), "suite"
    )
    assert result.metadata["failed"].value == ["E-RANGE-01:wait_min"]
    assert result.metadata["counts"].value == {"E-RANGE-01:wait_min": {"rows": 3}}
