from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from data.messages import NotFound, Refused
from experiments.spec import AnalysisSpec, load_spec, spec_digest

INTERFACE_FIELDS = {
    "id", "estimator", "outcome", "treatment", "cohort", "unit", "time", "covariates", "fixed_effects", "instrument",
    "strata", "cluster", "weights", "filter", "vcov", "inference", "alpha", "options",
}  # fmt: skip


def test_fields_are_those_of_the_interface() -> None:
    assert set(AnalysisSpec.model_fields) == INTERFACE_FIELDS


def test_unknown_field_is_named(tmp_path: Path) -> None:
    path = tmp_path / "spec.yml"
    path.write_text("estimator: ols\noutcome: y\nfixed_effect: [a]\n", encoding="utf-8")
    with pytest.raises(Refused, match="fixed_effect: Extra inputs"):
        load_spec(path)


@pytest.mark.parametrize("content", ["- 1\n", "a: [", "estimator: ols\n", "estimator: ols\noutcome: y\nalpha: 2\n"])
def test_what_is_not_a_spec_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "spec.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Refused, match="E-SPEC-01"):
        load_spec(path)


def test_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_spec(tmp_path / "none.yml")


def test_spec_cannot_be_changed() -> None:
    spec = AnalysisSpec(estimator="ols", outcome="y")
    with pytest.raises(ValidationError):
        spec.outcome = "z"  # type: ignore[misc]


def test_digest_ignores_form_but_not_meaning() -> None:
    one = AnalysisSpec(estimator="ols", outcome="y", cluster="site")
    assert spec_digest(one) == spec_digest(AnalysisSpec(outcome="y", estimator="ols", cluster=["site"], alpha=0.05))
    assert spec_digest(one) != spec_digest(one.model_copy(update={"alpha": 0.1}))
